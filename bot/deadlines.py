"""How soon a process that is ill has ended: from its last sign of life to its end in less than a minute, in all.

Whoever supervises it starts it again; that needs an end, so the last word has a thread that nothing can hold up.
"""

import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog

MOST = 60.0  # seconds, from the last heartbeat to the end of the process: the promise that the others add up to
LOOK_EVERY = 1.0  # seconds between two looks at the heartbeats; the end of a loop is noticed at once
STOP_WITHIN = 4.5  # seconds from the signal, or whatever else ended the run, to the end of the process
STALLED = 53.0  # seconds without a heartbeat of a loop; Telegram's long poll takes 20
LOOP_STUCK = 45.0  # seconds without a beat of the event loop itself, which then can't stop anything any more

FAILED = 1  # exit code

log = structlog.get_logger(__name__)


class LastResort:
    """Leaving its block, or a signal, starts the clock: what hasn't ended by itself within the limit is ended.

    A thread at work on a file or a query can't be cancelled; what it was doing is done again at the next start.
    """

    def __init__(self, *, within: float = STOP_WITHIN, end: Callable[[int], object] = os._exit) -> None:
        self._code = FAILED
        self._end = end
        self._timer = threading.Timer(within, self._end_it)
        self._timer.daemon = True
        self._is_armed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.arm()
        if error is not None:  # said now: the line at the end isn't reached where something hangs
            log.critical("the bot ends because of a failure", error=error)

    def arm(self) -> None:
        if not self._is_armed:
            self._is_armed = True
            self._timer.start()

    def all_is_in_order(self) -> None:
        """Everything has been put away: an end that is forced now is as good as one that isn't."""
        self._code = 0

    def _end_it(self) -> None:
        self._end(self._code)
