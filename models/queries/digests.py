"""Digests as rows: who is owed one, and those that were issued."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.actor import Actor, Role
from models.people import Person, RoleGrant, Unit
from models.queries.scope import units_under
from models.supervision import Digest


@dataclass(frozen=True)
class Subscriber:
    """A supervisor of one unit who can be reached now, and the last Sunday that was reported to them."""

    person_id: int
    unit_id: int
    unit_path: str
    last_period_end: date | None


@dataclass(frozen=True)
class Issued:
    """A digest with the unit that it speaks of."""

    id: int
    unit_id: int
    unit_name: str
    unit_path: str
    period_start: date
    period_end: date
    findings: dict[str, Any]


@dataclass(frozen=True)
class SupervisedUnit:
    id: int
    name: str
    path: str


def subscribers(session: Session) -> list[Subscriber]:
    """One for each grant of a supervisor who has consented and can be reached."""
    last = (
        select(func.max(Digest.period_end))
        .where(Digest.person_id == RoleGrant.person_id, Digest.unit_id == RoleGrant.unit_id)
        .scalar_subquery()
    )
    query = (
        select(RoleGrant.person_id, RoleGrant.unit_id, Unit.path, last)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            RoleGrant.role == Role.SUPERVISOR,
            RoleGrant.revoked_at.is_(None),
            Person.is_active,
            Person.telegram_user_id.is_not(None),
            Person.consented_at.is_not(None),
            Person.unreachable_since.is_(None),
        )
        .order_by(RoleGrant.id)
    )
    return [Subscriber(*row) for row in session.execute(query)]


def issued(session: Session, actor: Actor, digest_id: int) -> Issued | None:
    """One of the actor's own digests, as long as they supervise its unit."""
    return next(iter(_issued(session, actor, Digest.id == digest_id)), None)


def latest(session: Session, actor: Actor) -> list[Issued]:
    """The newest digest of each unit that the actor supervises, where there is one."""
    newest = select(func.max(Digest.id)).where(Digest.person_id == actor.person_id).group_by(Digest.unit_id)
    return _issued(session, actor, Digest.id.in_(newest))


def supervised_units(session: Session, actor: Actor) -> list[SupervisedUnit]:
    """The units that the actor was made supervisor of, the widest first."""
    ids = [grant.unit_id for grant in actor.grants if grant.role is Role.SUPERVISOR]
    query = select(Unit.id, Unit.name, Unit.path).where(Unit.id.in_(ids)).order_by(Unit.path)
    return [SupervisedUnit(*row) for row in session.execute(query)]


def _issued(session: Session, actor: Actor, condition: ColumnElement[bool]) -> list[Issued]:
    query = (
        select(Digest.id, Unit.id, Unit.name, Unit.path, Digest.period_start, Digest.period_end, Digest.findings)
        .join(Unit, Unit.id == Digest.unit_id)
        .where(Digest.person_id == actor.person_id, units_under(actor.paths(Role.SUPERVISOR)), condition)
        .order_by(Unit.path)
    )
    return [Issued(*row) for row in session.execute(query)]
