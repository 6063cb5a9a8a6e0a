"""Persons as rows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from models.actor import Actor, Role
from models.people import Person, RoleGrant, Unit
from models.problems import Problem
from models.queries.scope import units_under
from models.visits import Visit


def set_unreachable(session: Session, telegram_user_id: int, *, since: datetime, reason: str) -> None:
    """Remember since when and why; the first reason stands until the person is back."""
    session.execute(
        update(Person)
        .where(Person.telegram_user_id == telegram_user_id, Person.unreachable_since.is_(None))
        .values(unreachable_since=since, unreachable_reason=reason[:200])
    )


def set_reachable(session: Session, telegram_user_id: int) -> None:
    session.execute(
        update(Person)
        .where(Person.telegram_user_id == telegram_user_id, Person.unreachable_since.is_not(None))
        .values(unreachable_since=None, unreachable_reason=None)
    )


def get(session: Session, person_id: int) -> Person | None:
    return session.get(Person, person_id)


def unit_of(session: Session, person_id: int) -> int | None:
    """The unit of an official; members of households have none."""
    return session.scalar(select(Person.unit_id).where(Person.id == person_id))


def by_telegram_id(session: Session, telegram_user_id: int) -> Person | None:
    return session.scalar(select(Person).where(Person.telegram_user_id == telegram_user_id))


def by_code(session: Session, code: str) -> Person | None:
    return session.scalar(select(Person).where(Person.code == code))


def locked(session: Session, person_id: int) -> Person | None:
    """The row as it is now, which nobody else changes before we commit."""
    return session.get(Person, person_id, with_for_update=True, populate_existing=True)


def administered(session: Session, actor: Actor, person_id: int) -> Person | None:
    """A person of a unit that the actor administers, by the own unit or by a role held there."""
    own_units = units_under(actor.paths(Role.ADMIN))
    held = exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None), RoleGrant.unit_id == Unit.id, own_units
    )
    home = exists().where(Unit.id == Person.unit_id, own_units)
    return session.scalar(select(Person).where(Person.id == person_id, or_(held, home)))


def can_be_reached(person: type[Person]) -> ColumnElement[bool]:
    """Active, has agreed to the notice and can be written to."""
    return and_(
        person.is_active,
        person.consented_at.is_not(None),
        person.telegram_user_id.is_not(None),
        person.unreachable_since.is_(None),
    )


def reachable(session: Session, person_ids: Collection[int]) -> tuple[int, ...]:
    """Those of them who can be reached, by id."""
    return tuple(
        session.scalars(select(Person.id).where(Person.id.in_(person_ids), can_be_reached(Person)).order_by(Person.id))
    )


def admin_ids(session: Session, unit_id: int) -> tuple[int, ...]:
    """Everybody who administers this unit, from the unit itself or from above."""
    path = session.scalar(select(Unit.path).where(Unit.id == unit_id)) or ""
    return tuple(
        session.scalars(
            select(RoleGrant.person_id)
            .where(
                RoleGrant.role == Role.ADMIN,
                RoleGrant.revoked_at.is_(None),
                RoleGrant.unit_id.in_([int(part) for part in path.split("/") if part]),
            )
            .distinct()
            .order_by(RoleGrant.person_id)
        )
    )


def count_visits(session: Session, person_id: int) -> int:
    """Visits the person made."""
    return session.scalar(select(func.count()).where(Visit.cadre_id == person_id)) or 0


def count_reports(session: Session, person_id: int) -> int:
    """Problems the person reported."""
    return session.scalar(select(func.count()).where(Problem.reporter_id == person_id)) or 0


def unit_by_code(session: Session, code: str) -> Unit | None:
    return session.scalar(select(Unit).where(Unit.code == code))


def administered_unit(session: Session, actor: Actor, unit_id: int) -> Unit | None:
    return session.scalar(select(Unit).where(Unit.id == unit_id, units_under(actor.paths(Role.ADMIN))))


def unit_names(session: Session, unit_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(unit_ids)))
    return {unit_id: name for unit_id, name in rows}
