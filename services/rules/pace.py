"""How fast one chat may speak: as a bucket that every message fills by one, and that empties by the limit in a minute.

Whoever keeps to so many messages in any minute never fills it. Whoever doesn't is told once; then there is silence, in
which messages go on filling it, until it is half empty: a minute after the last of them at most.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

MINUTE = 60  # seconds
BRIM = 1.5  # times the limit: how full silence can make it
HALF = 0.5
PUT_BACK = timedelta(minutes=10)  # so much earlier than the last message: the clock that dates them was put back


class Verdict(StrEnum):
    TAKEN = "taken"
    TOLD = "told"  # too fast, and this is when it is said
    SILENT = "silent"


@dataclass(frozen=True)
class Pace:
    """What is remembered of a chat."""

    level: float
    at: datetime  # of the newest message
    silent: bool = False
    album: str | None = None  # to which the last message that was taken belongs


def judge(pace: Pace | None, at: datetime, limit: int, album: str | None = None) -> tuple[Verdict, Pace]:
    """Whether a message dated `at` is taken, and the pace with it. The pictures of one album count as one message."""
    if pace is None or pace.at - at > PUT_BACK:
        pace = Pace(0.0, at)
    seconds = max(0.0, (at - pace.at).total_seconds())
    level = max(0.0, pace.level - seconds * limit / MINUTE)
    is_of_the_album = album is not None and album == pace.album
    filled = level if is_of_the_album else level + 1
    is_over = level > limit * HALF if pace.silent else filled > limit
    now = replace(pace, level=min(filled, limit * BRIM), at=max(pace.at, at), silent=is_over)
    if not is_over:
        return Verdict.TAKEN, replace(now, album=album)
    return Verdict.SILENT if pace.silent else Verdict.TOLD, now
