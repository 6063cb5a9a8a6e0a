"""What a supervisor looks at: the households and problems of whole units, in a few statements for a town.

With `paths` the bot asks for its units; with an actor a person asks, and only what they supervise is found.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from models.actor import Actor
from models.households import Household, Membership, Pairing
from models.people import Person, Unit
from models.problems import Problem, ProblemEvent
from models.queries.households import LAST_CONTACT, PAIRED_SINCE
from models.queries.problems import OPEN
from models.queries.scope import supervised_by, units_under
from models.visits import Visit

Paths = tuple[str, ...]

_parent = aliased(Unit)
_primary = aliased(Pairing)  # an alias, because PAIRED_SINCE looks at all pairings
_village_id = case((Unit.kind == "village", Unit.id), (_parent.kind == "village", _parent.id))
_village_name = case((Unit.kind == "village", Unit.name), (_parent.kind == "village", _parent.name), else_=Unit.name)
_village_code = case((Unit.kind == "village", Unit.code), (_parent.kind == "village", _parent.code), else_=Unit.code)
_has_member = exists().where(Membership.household_id == Household.id, Membership.state == "linked")
_taken_up_anew = (
    select(func.max(ProblemEvent.at))
    .where(ProblemEvent.problem_id == Problem.id, ProblemEvent.act == "reopen")
    .scalar_subquery()
)


@dataclass(frozen=True)
class WatchedHousehold:
    id: int
    code: str
    head: str
    unit_name: str
    village_id: int | None
    village_name: str  # the unit's own where it lies in no village
    village_code: str
    tier: str
    status: str
    muted_until: date | None
    last_contact: date | None
    paired_since: date | None
    cadre_name: str | None  # None: no primary cadre
    has_member: bool  # somebody of the household uses the bot


@dataclass(frozen=True)
class WatchedProblem:
    id: int
    number: str
    category: str
    stage: str
    urgency: str
    counted_from: datetime  # when it was reported, or taken up anew
    due_at: datetime
    not_solved_count: int
    owner_name: str | None  # None: nobody in charge
    head: str
    unit_name: str


def lies_under(paths: Paths) -> ColumnElement[bool]:
    """Households in the subtrees of the units."""
    return Household.unit_id.in_(select(Unit.id).where(units_under(paths)))


def households_under(session: Session, paths: Paths) -> list[WatchedHousehold]:
    """All households of the units, by code."""
    return _households(session, lies_under(paths))


def households(session: Session, actor: Actor, ids: Collection[int]) -> list[WatchedHousehold]:
    """Those of `ids` that the actor supervises, by code."""
    return _households(session, supervised_by(actor), Household.id.in_(ids))


def helped_by(session: Session, actor: Actor, cadre_id: int) -> list[int]:
    """A cadre's households of today among those that the actor supervises, by code."""
    theirs = select(Pairing.household_id).where(Pairing.cadre_id == cadre_id, Pairing.ended_on.is_(None))
    query = select(Household.id).where(supervised_by(actor), Household.id.in_(theirs)).order_by(Household.code)
    return list(session.scalars(query))


def open_problems_under(session: Session, paths: Paths) -> list[WatchedProblem]:
    """All problems of the units whose course isn't over, the earliest deadline first."""
    return _problems(session, lies_under(paths), Problem.stage.in_(OPEN))


def problems(session: Session, actor: Actor, ids: Collection[int]) -> list[WatchedProblem]:
    """Those of `ids` that the actor supervises, the earliest deadline first."""
    return _problems(session, supervised_by(actor), Problem.id.in_(ids))


def not_solved_between(session: Session, paths: Paths, start: datetime, end: datetime) -> list[int]:
    """Problems to which a household answered "not solved" from `start` on and before `end`."""
    answered = exists().where(
        ProblemEvent.problem_id == Problem.id,
        ProblemEvent.act == "answer_not_solved",
        ProblemEvent.at >= start,
        ProblemEvent.at < end,
    )
    query = select(Problem.id).join(Household, Household.id == Problem.household_id)
    return list(session.scalars(query.where(lies_under(paths), answered).order_by(Problem.id)))


def confirmed_between(session: Session, paths: Paths, start: datetime, end: datetime) -> int:
    """How many problems a household confirmed as solved in that time, and hasn't taken back."""
    query = (
        select(func.count(Problem.id))
        .join(Household, Household.id == Problem.household_id)
        .where(lies_under(paths), Problem.stage == "confirmed", Problem.closed_at >= start, Problem.closed_at < end)
    )
    return session.scalar(query) or 0


def contacts_between(session: Session, paths: Paths, first: date, last: date) -> tuple[int, int]:
    """How many real contacts there were on these days, both included, and with how many households."""
    query = (
        select(func.count(Visit.id), func.count(Visit.household_id.distinct()))
        .join(Household, Household.id == Visit.household_id)
        .where(lies_under(paths), Visit.method != "not_home", Visit.visited_on.between(first, last))
    )
    contacts, households = session.execute(query).one()
    return contacts, households


def _households(session: Session, *conditions: ColumnElement[bool]) -> list[WatchedHousehold]:
    columns = (Household.id, Household.code, Household.head, Unit.name, _village_id, _village_name, _village_code)
    state = (Household.tier, Household.status, Household.muted_until, LAST_CONTACT, PAIRED_SINCE)
    is_primary = and_(_primary.household_id == Household.id, _primary.kind == "primary", _primary.ended_on.is_(None))
    query = (
        select(*columns, *state, Person.name, _has_member)
        .join(Unit, Unit.id == Household.unit_id)
        .outerjoin(_parent, _parent.id == Unit.parent_id)
        .outerjoin(_primary, is_primary)
        .outerjoin(Person, Person.id == _primary.cadre_id)
        .where(*conditions)
        .order_by(Household.code)
    )
    return [WatchedHousehold(*row) for row in session.execute(query)]


def _problems(session: Session, *conditions: ColumnElement[bool]) -> list[WatchedProblem]:
    query = (
        select(
            Problem.id,
            Problem.number,
            Problem.category,
            Problem.stage,
            Problem.urgency,
            func.coalesce(_taken_up_anew, Problem.reported_at),
            Problem.due_at,
            Problem.not_solved_count,
            Person.name,
            Household.head,
            Unit.name,
        )
        .join(Household, Household.id == Problem.household_id)
        .join(Unit, Unit.id == Household.unit_id)
        .outerjoin(Person, Person.id == Problem.owner_id)
        .where(*conditions)
        .order_by(Problem.due_at, Problem.id)
    )
    return [WatchedProblem(*row) for row in session.execute(query)]
