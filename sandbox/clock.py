"""What time it is for everybody in the sandbox."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.errors import PeopleError

MORNING = time(8, 30)

Now = Callable[[], datetime]
OnClock = Callable[[datetime], Awaitable[object]]


class SandboxClock:
    """Shows the wired clock in the sandbox's zone; without wiring the real one, which nobody moves."""

    def __init__(self, zone: ZoneInfo, now: Now | None, on_move: OnClock | None) -> None:
        self.zone = zone
        self._now = now
        self._on_move = on_move
        self._moving = asyncio.Lock()

    @property
    def moves(self) -> bool:
        return self._on_move is not None

    def now(self) -> datetime:
        instant = self._now() if self._now else datetime.now(UTC)
        return instant.astimezone(self.zone)

    def timestamp(self) -> int:
        return int(self.now().timestamp())

    async def move(self, to: str) -> datetime:
        """Ask the wiring to move its clock forward, and wait until it has; one move at a time."""
        if self._on_move is None:
            raise PeopleError("this clock is the real one and can't be moved")
        async with self._moving:
            target = self._target(to)
            if target <= self.now():
                raise PeopleError(f"the clock moves forward only: {target.isoformat()} is not ahead")
            await self._on_move(target)
            return self.now()

    def _target(self, to: str) -> datetime:
        now = self.now()
        match to:
            case "plus_day":
                return (now.astimezone(UTC) + timedelta(hours=24)).astimezone(self.zone)
            case "next_morning":
                return self._morning_in(1)
            case "next_monday":
                today_counts = now.weekday() == 0 and now.time() < MORNING
                return self._morning_in(0 if today_counts else 7 - now.weekday())
            case _:
                return self._parsed(to)

    def _morning_in(self, days: int) -> datetime:
        return datetime.combine(self.now().date() + timedelta(days=days), MORNING, self.zone)

    def _parsed(self, to: str) -> datetime:
        """A naive time is meant in the sandbox's zone."""
        try:
            moment = datetime.fromisoformat(to)
        except ValueError:
            raise PeopleError(f"not a time: {to!r}") from None
        return moment.astimezone(self.zone) if moment.tzinfo else moment.replace(tzinfo=self.zone)
