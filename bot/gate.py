"""How many messages are on their way at once: as many as it takes to use the budget, and no more.

What is sent and not yet recorded is doubled by a kill. Messages a second, times the seconds that each of them takes, is
how many must be on their way (Little's law): one alone on a quick line, a handful on a slow one.
"""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

RESERVE = 1.1  # so that it isn't the gate that holds the line up
SLOW = 1.0  # seconds; whoever takes longer holds nobody back
WEIGHT = 0.2  # of the newest, in the time that one takes
TELEGRAMS_OWN = 30  # messages a second, where the site sets no limit
LOOK_AGAIN = 0.25  # seconds: for those that have become slow meanwhile


class Shut(Exception):
    """There was no room in time."""


class Gate:
    """`messages_per_second` as in the settings, 0 for no limit of ours."""

    def __init__(self, messages_per_second: int) -> None:
        self._rate = messages_per_second or TELEGRAMS_OWN
        self._takes = 0.0  # seconds
        self._inside: dict[int, float] = {}  # since when
        self._number = 0
        self._someone_left = asyncio.Event()

    @property
    def room(self) -> int:
        """For how many at once."""
        return max(1, math.ceil(self._rate * self._takes * RESERVE))

    @asynccontextmanager
    async def passed(self, *, patience: float) -> AsyncIterator[None]:
        """From before the call until its outcome is recorded. Errors: Shut, after `patience` seconds."""
        await self._until_room(patience)
        loop = asyncio.get_running_loop()
        self._number += 1
        number, begun = self._number, loop.time()
        self._inside[number] = begun
        try:
            yield
        finally:
            del self._inside[number]
            self._takes += WEIGHT * (min(loop.time() - begun, SLOW) - self._takes)
            self._someone_left.set()

    async def _until_room(self, patience: float) -> None:
        try:
            async with asyncio.timeout(patience):
                while not self._has_room():
                    self._someone_left.clear()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_AGAIN):
                            await self._someone_left.wait()
        except TimeoutError:
            raise Shut from None

    def _has_room(self) -> bool:
        now = asyncio.get_running_loop().time()
        return sum(now - since < SLOW for since in self._inside.values()) < self.room
