"""Requests for corrections as rows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from models.actor import Actor, Role
from models.corrections import CorrectionRequest
from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant, Unit
from models.queries.people import can_be_reached
from models.queries.scope import managed_by, units_under
from models.sealing import of_row


@dataclass(frozen=True)
class Home:
    """A household that somebody belongs to or waits for; `cadre_id` of its primary cadre who can be reached."""

    unit_path: str
    cadre_id: int | None


@dataclass(frozen=True)
class OpenRequest:
    """`unit_path` of an official's own unit."""

    id: int
    person_id: int
    unit_path: str | None
    is_official: bool
    homes: tuple[Home, ...]


def add(session: Session, person_id: int, wanted: str, *, at: datetime) -> int:
    request = CorrectionRequest(person_id=person_id, wanted=wanted, asked_at=at)
    session.add(request)
    session.flush()
    return request.id


def of_person(session: Session, person_id: int) -> list[CorrectionRequest]:
    """Oldest first."""
    query = select(CorrectionRequest).where(CorrectionRequest.person_id == person_id)
    return list(session.scalars(query.order_by(CorrectionRequest.id)))


def count_open(session: Session, person_id: int) -> int:
    query = select(func.count()).where(CorrectionRequest.person_id == person_id, CorrectionRequest.outcome.is_(None))
    return session.scalar(query) or 0


def get(session: Session, request_id: int) -> CorrectionRequest | None:
    """Not scoped: for the person themselves."""
    return session.get(CorrectionRequest, request_id)


def open_requests(session: Session, person_id: int | None = None) -> list[OpenRequest]:
    """Those that nobody has answered, of one person or of all, oldest first. Not scoped: the bot asks."""
    found = session.execute(_open() if person_id is None else _open().where(Person.id == person_id))
    homes: dict[tuple[int, int, str | None, bool], list[Home]] = defaultdict(list)
    for request_id, owner_id, unit_path, official, home_path, cadre_id in found:
        homes[(request_id, owner_id, unit_path, official)] += [Home(home_path, cadre_id)] if home_path else []
    return [OpenRequest(*request, tuple(of_it)) for request, of_it in homes.items()]


@cache  # the clock asks twice a minute, and building it takes longer than its answer
def _open() -> Select[int, int, str, bool, str, int]:
    """Request, its person, their own unit, whether they are an official; each home's unit and cadre."""
    own, home, cadre = aliased(Unit), aliased(Unit), aliased(Person)
    is_official = exists().where(RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None))
    is_cadre = exists().where(
        RoleGrant.person_id == cadre.id, RoleGrant.role == Role.CADRE, RoleGrant.revoked_at.is_(None)
    )
    is_member = and_(Membership.person_id == Person.id, Membership.state != "ended")
    is_theirs = and_(Pairing.household_id == Household.id, Pairing.kind == "primary", Pairing.ended_on.is_(None))
    return (
        select(CorrectionRequest.id, Person.id, own.path, is_official, home.path, cadre.id)
        .join(Person, Person.id == CorrectionRequest.person_id)
        .outerjoin(own, own.id == Person.unit_id)
        .outerjoin(Membership, is_member)
        .outerjoin(Household, Household.id == Membership.household_id)
        .outerjoin(home, home.id == Household.unit_id)
        .outerjoin(Pairing, is_theirs)
        .outerjoin(cadre, and_(cadre.id == Pairing.cadre_id, can_be_reached(cadre), is_cadre))
        .where(CorrectionRequest.outcome.is_(None))
        .order_by(CorrectionRequest.id)
    )


def homes_in_charge(session: Session, actor: Actor, person_id: int) -> list[tuple[str, str, str]]:
    """Code, head and unit of the households in the actor's charge that the person belongs to or waits for."""
    query = (
        select(Household.code, Household.head, Unit.name)
        .join(Membership, Membership.household_id == Household.id)
        .join(Unit, Unit.id == Household.unit_id)
        .where(Membership.person_id == person_id, Membership.state != "ended", managed_by(actor))
        .order_by(Household.code)
    )
    return [(code, head, unit) for code, head, unit in session.execute(query)]


def to_decide(session: Session, actor: Actor, request_id: int) -> tuple[CorrectionRequest, Person] | None:
    """Of a person in a household that the actor manages, or of a unit that they administer; never their own."""
    row = session.execute(
        select(CorrectionRequest, Person)
        .join(Person, Person.id == CorrectionRequest.person_id)
        .where(CorrectionRequest.id == request_id, Person.id != actor.person_id, _in_charge(actor))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def decide(session: Session, request_id: int, *, outcome: str, answer: str | None, by_id: int, at: datetime) -> bool:
    """False: it was decided before."""
    values = {"outcome": outcome, "answer": answer, "decided_by_id": by_id, "decided_at": at}
    decided = session.execute(
        update(CorrectionRequest)
        .where(CorrectionRequest.id == request_id, CorrectionRequest.outcome.is_(None))
        .values(of_row(session, CorrectionRequest, request_id, values))
        .returning(CorrectionRequest.id)
    )
    return len(decided.all()) == 1


def _in_charge(actor: Actor) -> ColumnElement[bool]:
    own_units = units_under(actor.paths(Role.ADMIN))
    home = exists().where(
        Membership.person_id == Person.id,
        Membership.state != "ended",
        Membership.household_id == Household.id,
        managed_by(actor),
    )
    unit = exists().where(Unit.id == Person.unit_id, own_units)
    held = exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None), RoleGrant.unit_id == Unit.id, own_units
    )
    return or_(home, unit, held)
