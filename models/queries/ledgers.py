"""A unit's ledger: what was visited and what became of the problems, in numbers and row by row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from models.households import Household
from models.people import Person, Unit
from models.problems import Problem, ProblemEvent
from models.queries.problems import OPEN
from models.queries.supervision import Paths, lies_under
from models.visits import Visit


@dataclass(frozen=True)
class VisitRow:
    visited_on: date
    recorded_at: datetime
    household_code: str
    head: str
    unit_name: str
    cadre_name: str
    method: str
    condition: str
    said: str | None


@dataclass(frozen=True)
class ProblemRow:
    number: str
    reported_at: datetime
    household_code: str
    head: str
    unit_name: str
    source: str
    category: str
    summary: str
    urgency: str
    is_confidential: bool
    owner_name: str | None
    stage: str
    due_at: datetime
    outcome: str | None  # what was written at the last of the closing acts


_closing = aliased(ProblemEvent)
_PROBLEM_COLUMNS: tuple[Any, ...] = (  # more of them than `select` has types for
    Problem.number,
    Problem.reported_at,
    Household.code,
    Household.head,
    Unit.name,
    Problem.source,
    Problem.category,
    Problem.summary,
    Problem.urgency,
    Problem.confidential,
    Person.name,
    Problem.stage,
    Problem.due_at,
    _closing.note,
)


def unit_path(session: Session, unit_id: int) -> str | None:
    return session.scalar(select(Unit.path).where(Unit.id == unit_id))


def households_by_status(session: Session, paths: Paths) -> dict[str, int]:
    query = select(Household.status, func.count()).where(lies_under(paths)).group_by(Household.status)
    return {status: count for status, count in session.execute(query)}


def attempts_between(session: Session, paths: Paths, first: date, last: date) -> int:
    """How often nobody was met on these days, both included."""
    query = (
        select(func.count(Visit.id))
        .join(Household, Household.id == Visit.household_id)
        .where(lies_under(paths), Visit.method == "not_home", Visit.visited_on.between(first, last))
    )
    return session.scalar(query) or 0


def reported_between(session: Session, paths: Paths, start: datetime, end: datetime) -> int:
    return _count(session, paths, Problem.reported_at >= start, Problem.reported_at < end)


def ended_between(session: Session, paths: Paths, start: datetime, end: datetime) -> dict[str, int]:
    """How many problems came to each end from `start` on and before `end`."""
    query = (
        select(Problem.stage, func.count())
        .join(Household, Household.id == Problem.household_id)
        .where(lies_under(paths), Problem.stage.not_in(OPEN), Problem.closed_at >= start, Problem.closed_at < end)
        .group_by(Problem.stage)
    )
    return {stage: count for stage, count in session.execute(query)}


def open_now(session: Session, paths: Paths) -> int:
    return _count(session, paths, Problem.stage.in_(OPEN))


def past_due_now(session: Session, paths: Paths, *, now: datetime, running: Collection[str]) -> int:
    """Those in the stages `running` whose deadline is over."""
    return _count(session, paths, Problem.stage.in_(running), Problem.due_at <= now)


def visits(session: Session, paths: Paths) -> list[VisitRow]:
    """All visit records of the units, in the order of their dates."""
    query = (
        select(
            Visit.visited_on,
            Visit.recorded_at,
            Household.code,
            Household.head,
            Unit.name,
            Person.name,
            Visit.method,
            Visit.condition,
            Visit.said,
        )
        .join(Household, Household.id == Visit.household_id)
        .join(Unit, Unit.id == Household.unit_id)
        .join(Person, Person.id == Visit.cadre_id)
        .where(lies_under(paths))
        .order_by(Visit.visited_on, Visit.id)
    )
    return [VisitRow(*row) for row in session.execute(query)]


def problems(session: Session, paths: Paths, *, closing_acts: Collection[str]) -> list[ProblemRow]:
    """All problems of the units, by number."""
    last_closing = (
        select(ProblemEvent.id)
        .where(ProblemEvent.problem_id == Problem.id, ProblemEvent.act.in_(closing_acts))
        .order_by(ProblemEvent.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(*_PROBLEM_COLUMNS)
        .join(Household, Household.id == Problem.household_id)
        .join(Unit, Unit.id == Household.unit_id)
        .outerjoin(Person, Person.id == Problem.owner_id)
        .outerjoin(_closing, _closing.id == last_closing)
        .where(lies_under(paths))
        .order_by(Problem.number)
    )
    return [ProblemRow(*row) for row in session.execute(query)]


def _count(session: Session, paths: Paths, *conditions: ColumnElement[bool]) -> int:
    query = select(func.count(Problem.id)).join(Household, Household.id == Problem.household_id)
    return session.scalar(query.where(lies_under(paths), *conditions)) or 0
