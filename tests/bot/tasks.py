"""What the loops are given instead of the process around them: a place for child tasks, and a real-time clock."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from models.session import Session


class Tasks:
    """Starts child tasks and, at the end, demands that none failed, in the order in which they were started."""

    def __init__(self) -> None:
        self._running: list[asyncio.Task[Any]] = []

    def spawn(self, _name: str, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._running.append(asyncio.ensure_future(coroutine))

    async def done(self) -> None:
        while self._running:
            await self._running.pop(0)

    async def abandon(self) -> None:
        """Whatever they come to: nobody asks for what they would have said."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()


class Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def nothing(*_: object) -> None:
    """A heartbeat, or news, that nobody listens to."""


class Alone:
    """The right of one that nobody competes with."""

    is_held = True

    def require(self, session: Session) -> None:
        pass


def real_now() -> datetime:
    return datetime.now(UTC)


async def until(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait for a condition of this process; fails loudly instead of hanging."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # the condition is often a row, which sets no event
            await asyncio.sleep(0.005)
