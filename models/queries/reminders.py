"""What the morning's reminders are about: the households of all cadres at once, and the problems that come due."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from models.actor import Actor, Role
from models.households import Household, Pairing
from models.people import Person, RoleGrant
from models.problems import Problem
from models.queries.households import LAST_CONTACT, PAIRED_SINCE
from models.queries.scope import problem_visible_to

RUNNING = ("reported", "accepted", "in_progress")  # stages in which the clock runs against the owner

_pairing = aliased(Pairing)  # an alias, because PAIRED_SINCE looks at all pairings


@dataclass(frozen=True)
class HelpedHousehold:
    """As much of a cadre's household as decides whether a visit is welcome."""

    cadre_id: int
    tier: str
    status: str
    muted_until: date | None
    last_contact: date | None
    paired_since: date


@dataclass(frozen=True)
class DueProblem:
    id: int
    number: str
    category: str
    head: str
    due_at: datetime


def helped_households(session: Session, *, today: date) -> list[HelpedHousehold]:
    """Every household of every cadre who may be reminded on that day, in any kind of pairing, in one statement."""
    query = (
        select(_pairing.cadre_id, Household.tier, Household.status, Household.muted_until, LAST_CONTACT, PAIRED_SINCE)
        .join(Household, Household.id == _pairing.household_id)
        .join(Person, Person.id == _pairing.cadre_id)
        .where(_pairing.ended_on.is_(None), _may_be_reminded(today))
    )
    return [HelpedHousehold(*row) for row in session.execute(query)]


def owners_with_problems_due(session: Session, *, before: datetime, today: date) -> list[int]:
    """Cadres who may be reminded and own a problem with a deadline before that moment."""
    query = select(Problem.owner_id).join(Person, Person.id == Problem.owner_id).where(_is_due(before))
    return [person_id for person_id in session.scalars(query.where(_may_be_reminded(today)).distinct()) if person_id]


def problems_due(session: Session, actor: Actor, *, before: datetime) -> list[DueProblem]:
    """The actor's own ones, the earliest deadline first."""
    query = (
        select(Problem.id, Problem.number, Problem.category, Household.head, Problem.due_at)
        .join(Household, Household.id == Problem.household_id)
        .where(problem_visible_to(actor), Problem.owner_id == actor.person_id, _is_due(before))
        .order_by(Problem.due_at, Problem.id)
    )
    return [DueProblem(*row) for row in session.execute(query)]


def _is_due(before: datetime) -> ColumnElement[bool]:
    return and_(Problem.stage.in_(RUNNING), Problem.due_at < before)


def _may_be_reminded(today: date) -> ColumnElement[bool]:
    is_cadre = exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.role == Role.CADRE, RoleGrant.revoked_at.is_(None)
    )
    return and_(
        Person.is_active,
        Person.telegram_user_id.is_not(None),
        Person.consented_at.is_not(None),
        Person.unreachable_since.is_(None),
        or_(Person.away_until.is_(None), Person.away_until < today),
        is_cadre,
    )
