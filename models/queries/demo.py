"""Who gets a phone in the demonstration, and what its rows say afterwards. Unscoped: nobody's data is shown by it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from models.actor import Role
from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant, Unit
from models.post import InboxLetter
from models.problems import Problem, ProblemEvent
from models.supervision import Digest
from models.visits import Visit


@dataclass(frozen=True)
class Official:
    id: int
    code: str
    name: str
    phone: str | None
    post: str | None
    unit_code: str
    unit_name: str
    role: Role


@dataclass(frozen=True)
class Head:
    head: str
    code: str
    phone: str | None
    village: str


@dataclass(frozen=True)
class Home:
    id: int
    code: str
    head: str
    phone: str | None
    unit_code: str


@dataclass(frozen=True)
class Leads:
    """The leading parts of the scripted week: a household, its cadre, and the town's supervisor."""

    household: Home
    cadre: Official
    supervisor: Official


@dataclass(frozen=True)
class Counted:
    cadres: int
    households: int
    paired: int


def officials(session: Session) -> list[Official]:
    """Everybody of the roster with a role, one line for each role, in the roster's order."""
    query = (
        select(Person.id, Person.code, Person.name, Person.phone, Person.post, Unit.code, Unit.name, RoleGrant.role)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.revoked_at.is_(None), Person.code.is_not(None))
        .order_by(Person.id)
    )
    return [
        Official(person_id, code or "", name, phone, post, unit_code, unit_name, Role(role))
        for person_id, code, name, phone, post, unit_code, unit_name, role in session.execute(query)
    ]


def some_heads(session: Session, most: int) -> list[Head]:
    """Heads of households with a phone; those whom the first cadre of the roster helps come first, then by code."""
    village = aliased(Unit)
    first_cadre = select(func.min(RoleGrant.person_id)).where(RoleGrant.role == Role.CADRE).scalar_subquery()
    query = (
        select(Household.head, Household.code, Household.phone, village.name)
        .join(Unit, Unit.id == Household.unit_id)
        .join(village, village.id == Unit.parent_id)
        .outerjoin(Pairing, (Pairing.household_id == Household.id) & Pairing.ended_on.is_(None))
        .where(Household.phone.is_not(None))
        .order_by((Pairing.cadre_id == first_cadre).desc(), Household.code)
        .limit(most)
    )
    return [Head(*row) for row in session.execute(query)]


def leads(session: Session) -> Leads:
    """The first household, by code, that has a phone and a primary cadre from a village."""
    everybody = {(one.id, one.role): one for one in officials(session)}
    query = (
        select(Household.id, Household.code, Household.head, Household.phone, Unit.code, Pairing.cadre_id)
        .join(Pairing, (Pairing.household_id == Household.id) & Pairing.ended_on.is_(None))
        .join(Unit, Unit.id == Household.unit_id)
        .where(Household.phone.is_not(None), Pairing.kind == "primary", Household.tier == "red")
        .order_by(Household.code)
        .limit(1)
    )
    home_id, code, head, phone, unit_code, cadre_id = session.execute(query).one()
    supervisor = next(one for one in everybody.values() if one.role == Role.SUPERVISOR)
    return Leads(Home(home_id, code, head, phone, unit_code), everybody[cadre_id, Role.CADRE], supervisor)


def counted(session: Session) -> Counted:
    active = (Pairing.kind == "primary", Pairing.ended_on.is_(None))
    return Counted(
        _count(session, RoleGrant.id, RoleGrant.role == "cadre"),
        _count(session, Household.id),
        _count(session, Pairing.id, *active),
    )


def visits_of(session: Session, household_id: int) -> list[tuple[str, str, int]]:
    """Method, condition and cadre of each visit."""
    query = select(Visit.method, Visit.condition, Visit.cadre_id).where(Visit.household_id == household_id)
    return [(method, condition, cadre_id) for method, condition, cadre_id in session.execute(query)]


def problems_of(session: Session, household_id: int) -> list[tuple[str, str | None, list[str]]]:
    """Stage, rating and the acts of the course of each problem."""
    found = session.scalars(select(Problem).where(Problem.household_id == household_id)).all()
    acts = select(ProblemEvent.act).order_by(ProblemEvent.id)
    return [
        (one.stage, one.rating, list(session.scalars(acts.where(ProblemEvent.problem_id == one.id)))) for one in found
    ]


def linked(session: Session, household_id: int) -> int:
    return _count(session, Membership.id, Membership.household_id == household_id, Membership.state == "linked")


def digests_of(session: Session, person_id: int, start: date, end: date) -> int:
    """For exactly that period."""
    period = (Digest.period_start == start, Digest.period_end == end)
    return _count(session, Digest.id, Digest.person_id == person_id, *period)


def letters_left(session: Session) -> int:
    return _count(session, InboxLetter.id, InboxLetter.state != "done")


def _count(session: Session, column: Any, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0
