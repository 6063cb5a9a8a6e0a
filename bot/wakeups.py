"""What other processes have committed wakes the loops of this one; without it they would look again by themselves."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

import structlog

from models.announcements import Listener
from models.session import Database

SHOW_LIFE = 10.0  # seconds
AGAIN = 5.0  # seconds until a lost connection is tried anew; the loops look at the rows by themselves meanwhile

log = structlog.get_logger(__name__)


class Wakeups:
    """One listening connection; `wake` says what to call when something is announced."""

    def __init__(self, database: Database, wake: Mapping[str, Callable[[], None]], *, beat: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake
        self._beat = beat

    async def run(self) -> None:
        while True:
            self._beat()
            try:
                await self._listen_until_it_breaks()
            except Exception as error:  # the database is away
                log.warning("other processes aren't heard", error=error)
            await asyncio.sleep(AGAIN)

    async def _listen_until_it_breaks(self) -> None:
        listener = await asyncio.to_thread(self._database.listen)
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        handle = listener.fileno()
        loop.add_reader(handle, readable.set)
        try:
            self._wake_for(self._wake.keys())  # what was said while nobody listened
            while True:
                await self._hear(listener, readable)
        finally:
            loop.remove_reader(handle)
            listener.close()

    async def _hear(self, listener: Listener, readable: asyncio.Event) -> None:
        self._beat()
        with suppress(TimeoutError):
            async with asyncio.timeout(SHOW_LIFE):
                await readable.wait()
        readable.clear()
        self._wake_for(listener.heard() & self._wake.keys())

    def _wake_for(self, announced: Iterable[str]) -> None:
        for what in announced:
            self._wake[what]()
