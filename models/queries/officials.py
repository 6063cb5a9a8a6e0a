"""The people of an administrator's units and the roles they hold there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.actor import Actor, Role
from models.people import Person, RoleGrant, Unit
from models.queries import people
from models.queries.scope import units_under


@dataclass(frozen=True)
class GrantRow:
    """A role that somebody holds now. `has_joined`: with a Telegram account."""

    id: int
    person_id: int
    name: str
    code: str | None
    post: str | None
    role: str
    unit_id: int
    unit_name: str
    has_joined: bool


@dataclass(frozen=True)
class PersonEntry:
    """As much as a search needs to know."""

    id: int
    name: str
    code: str
    post: str | None


def grants(session: Session, actor: Actor, *roles: Role) -> list[GrantRow]:
    """Roles held in the actor's units by active people, by unit and code."""
    return _grants(session, units_under(actor.paths(Role.ADMIN)), RoleGrant.role.in_(roles))


def waiting(session: Session, actor: Actor, *roles: Role) -> list[GrantRow]:
    """The same of those who haven't joined yet and whom the actor may invite."""
    own, elsewhere = units_under(actor.paths(Role.ADMIN)), _holds_roles_elsewhere(actor, Person.id)
    return _grants(session, own, RoleGrant.role.in_(roles), Person.telegram_user_id.is_(None), ~elsewhere)


def grants_of(session: Session, actor: Actor, person_id: int) -> list[GrantRow]:
    """One person's roles in the actor's units."""
    return _grants(session, units_under(actor.paths(Role.ADMIN)), RoleGrant.person_id == person_id)


def wholly_administered(session: Session, actor: Actor, person_id: int) -> Person | None:
    """A person of the actor's units without a role outside them: whoever comes by the account holds all its roles."""
    person = people.administered(session, actor, person_id)
    if person is None or session.scalar(select(_holds_roles_elsewhere(actor, person.id))):
        return None
    return person


def holds_roles(session: Session, person_id: int) -> bool:
    """Any, anywhere."""
    query = select(exists().where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)))
    return bool(session.scalar(query))


def persons(session: Session, actor: Actor) -> list[PersonEntry]:
    """Everybody of the roster in the actor's units, whoever isn't active any more too."""
    own = units_under(actor.paths(Role.ADMIN))
    held = exists().where(
        and_(RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None), RoleGrant.unit_id == Unit.id, own)
    )
    home = exists().where(Unit.id == Person.unit_id, own)
    rows = session.execute(
        select(Person.id, Person.name, Person.code, Person.post).where(or_(held, home)).order_by(Person.code)
    )
    return [PersonEntry(row.id, row.name, row.code or "", row.post) for row in rows]


def is_last_admin(session: Session, person_id: int) -> bool:
    """Whether only this person administers anything and can act on it. Grants and accounts stay until we commit."""
    query = (
        select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.ADMIN,
            RoleGrant.revoked_at.is_(None),
            Person.is_active,
            Person.consented_at.is_not(None),
            Person.telegram_user_id.is_not(None),
        )
        .order_by(RoleGrant.id)
        .with_for_update(of=(RoleGrant, Person))
    )
    return set(session.scalars(query)) == {person_id}


def was_revoked(session: Session, actor: Actor, person_id: int, grant_id: int) -> bool:
    """Whether the person held this role in the actor's units, and holds it no longer."""
    own = units_under(actor.paths(Role.ADMIN))
    ended = exists().where(
        RoleGrant.id == grant_id,
        RoleGrant.person_id == person_id,
        RoleGrant.revoked_at.is_not(None),
        RoleGrant.unit_id == Unit.id,
        own,
    )
    return bool(session.scalar(select(ended)))


def revoke(session: Session, grant_ids: list[int], *, at: datetime) -> int:
    """How many of them were still held."""
    revoked = session.execute(
        update(RoleGrant)
        .where(RoleGrant.id.in_(grant_ids), RoleGrant.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(RoleGrant.id)
    )
    return len(revoked.all())


def revoke_all(session: Session, person_id: int, *, at: datetime) -> None:
    session.execute(
        update(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)).values(revoked_at=at)
    )


def _holds_roles_elsewhere(actor: Actor, person_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether the person holds a role outside the units that the actor administers."""
    held = aliased(RoleGrant)
    own = select(Unit.id).where(units_under(actor.paths(Role.ADMIN)))
    return exists().where(held.person_id == person_id, held.revoked_at.is_(None), held.unit_id.not_in(own))


def _grants(session: Session, *conditions: ColumnElement[bool]) -> list[GrantRow]:
    query = (
        select(
            RoleGrant.id,
            Person.id,
            Person.name,
            Person.code,
            Person.post,
            RoleGrant.role,
            Unit.id,
            Unit.name,
            Person.telegram_user_id.is_not(None),
        )
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.revoked_at.is_(None), Person.is_active, *conditions)
        .order_by(Unit.code, Person.code, RoleGrant.id)
    )
    return [GrantRow(*row) for row in session.execute(query)]
