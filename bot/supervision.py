"""The nursery: every task is started, watched and ended here; nobody would miss one from a bare `create_task`."""

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine
from types import TracebackType
from typing import Any, Protocol, Self

import structlog

from bot.deadlines import LOOK_EVERY, STALLED

GRACE = 0.5  # seconds that children have to finish when the process ends
LAST_WORDS = 2.0  # seconds that cancelled tasks have to end

log = structlog.get_logger(__name__)


class Spawn(Protocol):
    """How a loop starts a short task of its own: `Nursery.spawn`, or a test's."""

    def __call__(self, name: str, coroutine: Any, /) -> object: ...


class LoopDied(Exception):
    """A loop that must run for ever ended or stalled: the process must end too."""

    def __init__(self, name: str, how: str) -> None:
        super().__init__(f"{name} {how}")
        self.name = name


class Nursery:
    """Lives as long as its `async with` block; leaving it ends whatever still runs. Times are seconds."""

    def __init__(
        self,
        *,
        stalled: float = STALLED,
        grace: float = GRACE,
        look_every: float = LOOK_EVERY,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loops: dict[str, asyncio.Task[None]] = {}
        self._children: set[asyncio.Task[Any]] = set()
        self._beats: dict[str, float] = {}
        self._limits: dict[str, float] = {}
        self._stalled = stalled
        self._grace = grace
        self._look_every = look_every
        self._monotonic = monotonic
        self._is_closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def start(self, name: str, loop: Coroutine[Any, Any, None], *, stalled: float | None = None) -> None:
        """A loop that must never end by itself. `stalled`: a limit of its own, `math.inf` if it never beats."""
        task = self._run(name, loop)
        self._loops[name] = task
        self._limits[name] = self._stalled if stalled is None else stalled
        self.heartbeat(name)

    def spawn(self, name: str, child: Coroutine[Any, Any, Any]) -> None:
        """A short task of a loop; an exception in it is logged and harms nothing else."""
        task = self._run(name, child)
        self._children.add(task)
        task.add_done_callback(self._children.discard)

    def heartbeat(self, name: str) -> None:
        """May be called from any thread."""
        self._beats[name] = self._monotonic()

    def ages(self) -> dict[str, float]:
        """Since each loop's last heartbeat."""
        now = self._monotonic()
        return {name: now - beat for name, beat in self._beats.copy().items()}

    async def run_until(self, stop: asyncio.Event) -> None:
        """Wait for `stop`. Errors: LoopDied, naming the loop that ended or stalled."""
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            while not stop.is_set():
                self._look()
                await asyncio.wait(
                    [stopping, *self._loops.values()],
                    timeout=self._look_every,
                    return_when=asyncio.FIRST_COMPLETED,
                )
        finally:
            stopping.cancel()

    async def stop_loops(self) -> None:
        """Cancel the loops; what they spawned goes on."""
        await _cancel(self._loops.values())

    async def stop(self) -> None:
        """Cancel the loops, let the children finish, cancel those that don't."""
        await self.stop_loops()
        if self._children:
            await asyncio.wait(self._children.copy(), timeout=self._grace)
        self._is_closed = True
        await _cancel(self._children)

    def _run(self, name: str, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        if self._is_closed:
            coroutine.close()
            raise RuntimeError(f"{name} was started after the end")
        task = asyncio.create_task(coroutine, name=name)
        task.add_done_callback(_log_failure)
        return task

    def _look(self) -> None:
        ages = self.ages()
        for name, task in self._loops.items():
            if task.done():
                error = None if task.cancelled() else task.exception()
                raise LoopDied(name, "ended") from error
            if ages[name] > self._limits[name]:
                raise LoopDied(name, f"stalled: no sign of life for {ages[name]:.0f} s")


async def _cancel(tasks: Collection[asyncio.Task[Any]]) -> None:
    running = [task for task in tasks if not task.done()]
    for task in running:
        task.cancel()
    if running:
        _, left = await asyncio.wait(running, timeout=LAST_WORDS)
        for task in left:
            log.error("a task refuses to end", task=task.get_name())


def _log_failure(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("task failed", task=task.get_name(), exc_info=error)
