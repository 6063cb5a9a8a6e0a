"""When the next attempt is due, also where the machine's clock was ahead when it was written down."""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

LONGEST_DELAY = timedelta(minutes=5)  # that is ever written; what must wait for longer is put off piece by piece
MARGIN = timedelta(minutes=1)

Moment = datetime | BindParameter[datetime]


def astray_from(now: datetime) -> datetime:
    """Nobody who knew what time it is has put anything off for so long."""
    return now + LONGEST_DELAY + MARGIN


def is_due(next_attempt_at: InstrumentedAttribute[datetime | None], now: Moment, astray: Moment) -> ColumnElement[bool]:
    """`astray`: `astray_from` that moment, by real time."""
    return or_(next_attempt_at.is_(None), next_attempt_at <= now, next_attempt_at > astray)
