"""What waits in inbox and outbox, and since when: counts and ages, nobody's data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.post import InboxLetter, OutboxMessage
from models.queries.due import astray_from, is_due
from models.queries.inbox import WAITING
from models.queries.outbox import OPEN, is_behind_another

IN_VAIN = 20  # attempts, half a minute apart: ten minutes. It isn't a pause that it waits for
BETWEEN_ATTEMPTS = timedelta(seconds=30)


@dataclass(frozen=True)
class Waiting:
    """`oldest` are seconds, of the oldest that could be dealt with at once; 0 where there is none."""

    counts: dict[str, int]
    oldest: dict[str, float]


def look(session: Session, *, open_since: Mapping[str, datetime | None], now: datetime, real_now: datetime) -> Waiting:
    """`open_since`: what may leave at this hour, and since when; `now` is the site's clock, which dates messages."""
    is_waiting, is_open = InboxLetter.state == WAITING, OutboxMessage.state.in_(OPEN)
    untried = session.scalar(select(func.min(InboxLetter.received_at)).where(is_waiting, InboxLetter.attempts == 0))
    return Waiting(
        {
            "letters": _count(session, InboxLetter.id, is_waiting),
            "letters_dead": _count(session, InboxLetter.id, InboxLetter.state == "dead"),
            "messages": _count(session, OutboxMessage.id, is_open),
            "messages_failed": _count(session, OutboxMessage.id, OutboxMessage.state == "failed"),
        },
        {"letter": _age(untried, real_now), "message": _age(_could_leave_since(session, open_since, real_now), now)},
    )


def _could_leave_since(
    session: Session, open_since: Mapping[str, datetime | None], real_now: datetime
) -> datetime | None:
    """The oldest: written, its window open, the pause that was asked for over, nothing of its chat before it."""
    row = OutboxMessage
    was_paused = and_(row.next_attempt_at > row.created_at, row.attempts < IN_VAIN)
    since = case((was_paused, row.next_attempt_at), else_=row.created_at)
    is_tried = is_due(row.next_attempt_at, real_now + BETWEEN_ATTEMPTS, astray_from(real_now))
    is_its_turn = and_(row.state.in_(OPEN), row.speech.in_(open_since), is_tried, ~is_behind_another(row, open_since))
    oldest = session.execute(select(row.speech, func.min(since)).where(is_its_turn).group_by(row.speech)).all()
    return min((max(moment, open_since[speech] or moment) for speech, moment in oldest), default=None)


def _count(session: Session, column: InstrumentedAttribute[int], condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(condition)) or 0


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
