"""A thread that watches the event loop: what blocks the loop also blocks every task that could notice."""

import os
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog

from bot.deadlines import LOOK_EVERY, LOOP_STUCK

EXIT_STUCK = 70  # EX_SOFTWARE

log = structlog.get_logger(__name__)


class LoopGuard:
    """Entered in the loop's thread, and given a `beat` by a task of the loop; silence ends the process.

    Silence is counted in looks of its own, so that a machine that was asleep isn't taken for a loop that hangs.
    """

    def __init__(
        self,
        *,
        stuck: float = LOOP_STUCK,
        look_every: float = LOOK_EVERY,
        end: Callable[[int], object] = os._exit,  # nothing gentler gets past a loop that hangs
    ) -> None:
        self._most_looks = max(1, round(stuck / look_every))
        self._look_every = look_every
        self._end = end
        self._silent_looks = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="loop-guard", daemon=True)
        self._watched = threading.get_ident()

    def __enter__(self) -> Self:
        self._watched = threading.get_ident()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()

    def beat(self) -> None:
        self._silent_looks = 0

    def _watch(self) -> None:
        while not self._is_over.wait(self._look_every):
            self._silent_looks += 1
            if self._silent_looks > self._most_looks:
                log.critical("the event loop is stuck, ending the process", where=self._where())
                self._end(EXIT_STUCK)
                return

    def _where(self) -> str:
        """File, line and function at which the loop hangs; no values."""
        frame = sys._current_frames().get(self._watched)
        innermost = traceback.extract_stack(frame)[-1] if frame else None
        return f"{innermost.filename}:{innermost.lineno} {innermost.name}" if innermost else "?"
