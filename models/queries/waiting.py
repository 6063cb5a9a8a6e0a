"""What waits in inbox and outbox, and since when: counts and ages, nobody's data."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.post import InboxLetter, OutboxMessage
from models.queries.inbox import WAITING
from models.queries.outbox import OPEN


@dataclass(frozen=True)
class Waiting:
    """`oldest` are seconds, of the oldest that could be dealt with at once; 0 where there is none."""

    counts: dict[str, int]
    oldest: dict[str, float]


def look(session: Session, *, speeches: Collection[str], now: datetime, real_now: datetime) -> Waiting:
    """`speeches` may leave at this hour; `now` is the site's clock, by which messages are dated."""
    is_waiting, is_open = InboxLetter.state == WAITING, OutboxMessage.state.in_(OPEN)
    is_due = or_(OutboxMessage.next_attempt_at.is_(None), OutboxMessage.next_attempt_at <= real_now)
    untried = session.scalar(select(func.min(InboxLetter.received_at)).where(is_waiting, InboxLetter.attempts == 0))
    ready = select(func.min(OutboxMessage.created_at)).where(is_open, is_due, OutboxMessage.speech.in_(speeches))
    return Waiting(
        {
            "letters": _count(session, InboxLetter.id, is_waiting),
            "letters_dead": _count(session, InboxLetter.id, InboxLetter.state == "dead"),
            "messages": _count(session, OutboxMessage.id, is_open),
            "messages_failed": _count(session, OutboxMessage.id, OutboxMessage.state == "failed"),
        },
        {"letter": _age(untried, real_now), "message": _age(session.scalar(ready), now)},
    )


def _count(session: Session, column: InstrumentedAttribute[int], condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(condition)) or 0


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
