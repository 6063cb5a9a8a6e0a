"""The only place that asks what time it is; everything else is handed a Clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """Runs like the real clock, ahead (or behind) by a shift that only grows: the demo's and `tick --at`'s clock."""

    def __init__(self, start: datetime | None = None) -> None:
        self._shift = (start - datetime.now(UTC)) if start else timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def move_to(self, moment: datetime) -> None:
        """Go forward to `moment` (aware); an earlier moment is ignored, time doesn't run backwards."""
        self._shift += max(moment - self.now(), timedelta())
