"""How much there is of everything, for the operator: numbers only, nobody's data."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnExpressionArgument, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.actor import Role
from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant
from models.post import InboxLetter, OutboxMessage
from models.problems import Problem
from models.queries.outbox import OPEN as QUEUED
from models.queries.problems import OPEN as OPEN_STAGES
from models.visits import Visit


@dataclass(frozen=True)
class PostCounts:
    letters_waiting: int
    letters_dead: int
    messages_queued: int
    messages_failed: int


@dataclass(frozen=True)
class TownCounts:
    """`households` are those in the roster (active or away); `joined` cadres have opened their invitation."""

    households: int
    households_paired: int
    households_linked: int
    cadres: int
    cadres_joined: int
    visits: int  # since the day asked for
    open_problems: dict[str, int]  # stage → how many, in the order of the course
    unreachable: int


def post_counts(session: Session) -> PostCounts:
    queued = OutboxMessage.state.in_(QUEUED)
    return PostCounts(
        letters_waiting=_count(session, InboxLetter.id, InboxLetter.state == "waiting"),
        letters_dead=_count(session, InboxLetter.id, InboxLetter.state == "dead"),
        messages_queued=_count(session, OutboxMessage.id, queued),
        messages_failed=_count(session, OutboxMessage.id, OutboxMessage.state == "failed"),
    )


def town_counts(session: Session, *, visits_since: date) -> TownCounts:
    """`visits_since` is a local date of the site."""
    in_roster = Household.status.in_(("active", "away"))
    paired = Household.id.in_(select(Pairing.household_id).where(Pairing.kind == "primary", Pairing.ended_on.is_(None)))
    linked = Household.id.in_(select(Membership.household_id).where(Membership.state == "linked"))
    is_cadre = Person.id.in_(
        select(RoleGrant.person_id).where(RoleGrant.role == Role.CADRE, RoleGrant.revoked_at.is_(None))
    )
    return TownCounts(
        households=_count(session, Household.id, in_roster),
        households_paired=_count(session, Household.id, in_roster, paired),
        households_linked=_count(session, Household.id, in_roster, linked),
        cadres=_count(session, Person.id, Person.is_active, is_cadre),
        cadres_joined=_count(session, Person.id, Person.is_active, is_cadre, Person.telegram_user_id.is_not(None)),
        visits=_count(session, Visit.id, Visit.visited_on >= visits_since),
        open_problems=_open_problems(session),
        unreachable=_count(session, Person.id, Person.is_active, Person.unreachable_since.is_not(None)),
    )


def _count(session: Session, column: InstrumentedAttribute[int], *conditions: ColumnExpressionArgument[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0


def _open_problems(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(Problem.stage, func.count()).where(Problem.stage.in_(OPEN_STAGES)).group_by(Problem.stage)
    )
    found = {stage: number for stage, number in rows}
    return {stage: found.get(stage, 0) for stage in OPEN_STAGES}
