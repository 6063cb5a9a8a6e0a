"""What stands on a love-contact card, on screen and in print."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session

from models.actor import Actor, Role
from models.households import Household, Pairing
from models.people import Person, Unit
from models.post import OutboxMessage
from models.problems import Problem
from models.queries.problems import OPEN
from models.queries.scope import household_visible_to, paired_with, problem_visible_to, supervised_by, units_under
from models.visits import Visit, VisitCorrection


@dataclass(frozen=True)
class Helper:
    """Somebody who is paired with a household today."""

    household_id: int
    kind: str  # primary, second, temporary
    person_id: int
    name: str
    post: str | None
    phone: str | None
    unit_name: str | None
    away_until: date | None


@dataclass(frozen=True)
class VisitLine:
    id: int
    visited_on: date
    method: str
    condition: str
    said: str | None
    by: str
    corrected: bool


@dataclass(frozen=True)
class PrintedRow:
    id: int
    code: str
    head: str
    unit_id: int
    card_code: str


def visible(session: Session, actor: Actor, household_id: int) -> Household | None:
    return session.scalar(select(Household).where(Household.id == household_id, household_visible_to(actor)))


def visible_for_change(session: Session, actor: Actor, household_id: int) -> Household | None:
    query = select(Household).where(Household.id == household_id, household_visible_to(actor))
    return session.scalar(query.with_for_update(of=Household).execution_options(populate_existing=True))


def oversees(session: Session, actor: Actor, household_id: int) -> bool:
    return session.scalar(select(Household.id).where(Household.id == household_id, _overseen_by(actor))) is not None


def overseen_for_change(session: Session, actor: Actor, household_id: int) -> Household | None:
    query = select(Household).where(Household.id == household_id, _overseen_by(actor))
    return session.scalar(query.with_for_update(of=Household).execution_options(populate_existing=True))


def is_paired(session: Session, actor: Actor, household_id: int) -> bool:
    return session.scalar(select(Household.id).where(Household.id == household_id, paired_with(actor))) is not None


def helpers(session: Session, household_ids: Collection[int] | None = None) -> dict[int, list[Helper]]:
    """Who helps each household, the longest paired first; of all households where none are named."""
    query = (
        select(
            Pairing.household_id,
            Pairing.kind,
            Person.id,
            Person.name,
            Person.post,
            Person.phone,
            Unit.name,
            Person.away_until,
        )
        .join(Person, Person.id == Pairing.cadre_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(Pairing.ended_on.is_(None))
        .order_by(Pairing.id)
    )
    if household_ids is not None:
        query = query.where(Pairing.household_id.in_(household_ids))
    found: dict[int, list[Helper]] = {}
    for row in session.execute(query):
        found.setdefault(row[0], []).append(Helper(*row))
    return found


def secretaries(session: Session, unit_ids: Collection[int] | None = None) -> dict[int, Helper]:
    """By unit: its secretary, whom a household may call too; the first by code."""
    query = (
        select(Person.unit_id, Person.id, Person.name, Person.post, Person.phone, Unit.name, Person.away_until)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.is_active, Person.code.is_not(None), Person.post.like("%书记%"), Person.post.not_like("%副书记%"))
        .order_by(Person.code.desc())
    )
    if unit_ids is not None:
        query = query.where(Person.unit_id.in_(unit_ids))
    rows = session.execute(query)
    return {row[0]: Helper(0, "secretary", *row[1:]) for row in rows if row[0] is not None}


def open_problems(session: Session, actor: Actor, household_id: int) -> list[Problem]:
    """Those that the actor may see, the next due first."""
    query = (
        select(Problem)
        .join(Household, Household.id == Problem.household_id)
        .where(Problem.household_id == household_id, Problem.stage.in_(OPEN), problem_visible_to(actor))
        .order_by(Problem.due_at, Problem.id)
    )
    return list(session.scalars(query))


def last_visits(session: Session, household_id: int, *, limit: int) -> list[VisitLine]:
    """The newest first, attempts included. Not scoped: ask `visible` first."""
    corrected = exists().where(VisitCorrection.visit_id == Visit.id)
    query = (
        select(Visit.id, Visit.visited_on, Visit.method, Visit.condition, Visit.said, Person.name, corrected)
        .join(Person, Person.id == Visit.cadre_id)
        .where(Visit.household_id == household_id)
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .limit(limit)
    )
    return [VisitLine(*row) for row in session.execute(query)]


def present_under(session: Session, path: str, actor: Actor | None) -> list[PrintedRow]:
    """Households of the unit and its subtree that still live there, by code; without an actor the operator asks."""
    return _printed(session, actor, units_under((path,)))


def present(session: Session, household_ids: Collection[int], actor: Actor | None) -> list[PrintedRow]:
    return _printed(session, actor, Household.id.in_(household_ids))


def counts_by_unit(session: Session) -> dict[int, int]:
    """How many households that still live there lie directly in each unit."""
    query = select(Household.unit_id, func.count()).where(_STILL_THERE).group_by(Household.unit_id)
    return {unit_id: count for unit_id, count in session.execute(query)}


def call_backs(session: Session, person_ids: Collection[int], *, since: datetime) -> list[dict[str, Any]]:
    """The requests that these people were sent, as their notices' parameters, the newest first.

    Those that went to an account which was unlinked meanwhile are blank and left out.
    """
    query = (
        select(OutboxMessage.body)
        .where(
            OutboxMessage.person_id.in_(person_ids),
            OutboxMessage.kind == "cards.call_back",
            OutboxMessage.created_at >= since,
        )
        .order_by(OutboxMessage.id.desc())
    )
    return [body for body in session.scalars(query) if body]


def _overseen_by(actor: Actor) -> ColumnElement[bool]:
    return supervised_by(actor, Role.SUPERVISOR, Role.ADMIN)


_STILL_THERE = Household.status.in_(("active", "away"))


def _printed(session: Session, actor: Actor | None, condition: ColumnElement[bool]) -> list[PrintedRow]:
    query = (
        select(Household.id, Household.code, Household.head, Household.unit_id, Household.card_code)
        .join(Unit, Unit.id == Household.unit_id)
        .where(condition, _STILL_THERE, true() if actor is None else household_visible_to(actor))
        .order_by(Household.code)
    )
    return [PrintedRow(*row) for row in session.execute(query)]
