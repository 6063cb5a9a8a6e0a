"""The nursery: every task of the process is started, watched and ended here."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

import structlog

STALLED = 60.0  # seconds without a heartbeat; Telegram's long poll takes 25
LOOK_EVERY = 1.0  # seconds
LAST_WORDS = 2.0  # seconds for cancelled tasks to end

log = structlog.get_logger(__name__)


class LoopDied(Exception):
    """A loop that must run for ever ended or stalled: the process must end too."""


class Nursery:
    """Lives as long as its `async with` block; leaving it cancels whatever still runs."""

    def __init__(self, *, stalled: float = STALLED, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._loops: dict[str, asyncio.Task[None]] = {}
        self._children: set[asyncio.Task[Any]] = set()
        self._beats: dict[str, float] = {}
        self._stalled = stalled
        self._monotonic = monotonic

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def start(self, name: str, loop: Coroutine[Any, Any, None]) -> None:
        """A loop that must never end by itself."""
        self.heartbeat(name)
        self._loops[name] = asyncio.create_task(loop, name=name)

    def spawn(self, name: str, child: Coroutine[Any, Any, Any]) -> None:
        """A short task of a loop; an exception in it is logged and harms nothing else."""
        task = asyncio.create_task(child, name=name)
        self._children.add(task)
        task.add_done_callback(self._over)

    def heartbeat(self, name: str) -> None:
        self._beats[name] = self._monotonic()

    def ages(self) -> dict[str, float]:
        """Seconds since each loop's last heartbeat."""
        now = self._monotonic()
        return {name: now - beat for name, beat in self._beats.items()}

    async def run_until(self, stop: asyncio.Event) -> None:
        """Wait for `stop`. Errors: LoopDied, naming the loop that ended or stalled."""
        while not stop.is_set():
            self._look()
            try:
                await asyncio.wait_for(stop.wait(), LOOK_EVERY)
            except TimeoutError:
                continue

    async def stop_loops(self) -> None:
        """Cancel the loops; what they spawned goes on."""
        await _cancelled(self._loops.values())

    async def stop(self) -> None:
        await _cancelled([*self._loops.values(), *self._children])

    def _look(self) -> None:
        for name, task in self._loops.items():
            if task.done():
                raise LoopDied(f"{name} ended") from (None if task.cancelled() else task.exception())
            if self.ages()[name] > self._stalled:
                raise LoopDied(f"{name} stalled")

    def _over(self, task: asyncio.Task[Any]) -> None:
        self._children.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("task failed", task=task.get_name(), exc_info=task.exception())


async def _cancelled(tasks: Any) -> None:
    waiting = [task for task in tasks if not task.done()]
    for task in waiting:
        task.cancel()
    if waiting:
        await asyncio.wait(waiting, timeout=LAST_WORDS)
