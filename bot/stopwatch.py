"""How long something has been going on, whatever the clock on the wall does."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopwatch:
    """Stands still until it is started."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._started_at: float | None = None

    @property
    def seconds(self) -> float | None:
        """Since it was last started; None: it stands still."""
        return None if self._started_at is None else self._monotonic() - self._started_at

    def start(self) -> None:
        self._started_at = self._monotonic()

    @contextmanager
    def running(self) -> Iterator[None]:
        self.start()
        try:
            yield
        finally:
            self._started_at = None
