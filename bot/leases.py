"""What only one process may do at a time: polling, delivering, the clock. Whoever holds the lease does it.

It lasts a few seconds and is renewed; its epoch is checked inside every transaction of what only the holder may do,
so that a process that slept through the loss of it changes nothing when it wakes up.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Protocol

import structlog

from bot.backroom import BackRoom
from bot.process_name import is_gone
from models.queries import leases as rows
from models.session import Session

LASTS = 5.0  # seconds
LASTS_ALONE = 30.0  # seconds, on SQLite: a file lock keeps other bots away, and each renewal is a write to the disk
RENEW_BELOW = 0.65  # of what it lasts
LOOK_EVERY = 1.0  # seconds
HAND_OVER = 10.0  # seconds that a busy holder may need to notice that it is asked
FORMER_FIRST = 5.0  # seconds after the database was away: who did it before knows what it has in hand

log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another process does this now; nothing of this transaction may stand."""


class NotHandedOver(Exception):
    """Whoever holds it didn't let go of it in time."""


class Right(Protocol):
    """To be the only one."""

    @property
    def is_held(self) -> bool: ...

    def require(self, session: Session) -> None:
        """Errors: LeaseLost."""


class Lease:
    """One right as this process knows it. Times are the event loop's."""

    def __init__(self, name: str, holder: str) -> None:
        self.name = name
        self.holder = holder
        self.epoch = 0
        self.taken = asyncio.Event()
        self._until = 0.0
        self._work: asyncio.Timeout | None = None

    @property
    def is_held(self) -> bool:
        return asyncio.get_running_loop().time() < self._until

    def require(self, session: Session) -> None:
        if not rows.is_held(session, self.name, self.holder, self.epoch):
            raise LeaseLost(self.name)

    def hold(self, until: float) -> None:
        self._until = until
        self.taken.set()
        if self._work is not None:
            with suppress(RuntimeError):  # the work is being ended at this moment
                self._work.reschedule(until)

    def lose(self) -> None:
        self.taken.clear()
        self._until = 0.0
        if self._work is not None:
            with suppress(RuntimeError):  # it is being ended already
                self._work.reschedule(asyncio.get_running_loop().time())

    async def until_taken(self, seconds: float) -> None:
        """For so long at most."""
        self.taken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.taken.wait()

    async def while_held(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do it until it ends by itself (True) or the lease does: then it is cancelled, whether or not we heard why."""
        try:
            async with asyncio.timeout_at(self._until) as self._work:
                await work()
        except TimeoutError:
            if not (self._work and self._work.expired()):
                raise
            log.warning("another may do this now", lease=self.name)
            return False
        else:
            return True
        finally:
            self._work = None


class Leases:
    """All rights that this process wants; `run` is the loop that takes and renews them."""

    def __init__(self, backroom: BackRoom, holder: str, *, lasts: float, beat: Callable[[], None]) -> None:
        self._backroom = backroom
        self._holder = holder
        self._lasts = lasts
        self._beat = beat
        self._leases: dict[str, Lease] = {}
        self._wanted: set[str] = set()
        self._urgent: set[str] = set()
        self._former_first_until = 0.0
        self._woken = asyncio.Event()

    def lease(self, name: str) -> Lease:
        return self._leases.setdefault(name, Lease(name, self._holder))

    @property
    def holder(self) -> str:
        return self._holder

    def state(self) -> dict[str, bool]:
        """Those that this process wants, and whether it holds them."""
        return {name: self.lease(name).is_held for name in sorted(self._wanted)}

    def held(self) -> list[str]:
        return sorted(name for name, lease in self._leases.items() if lease.is_held)

    async def run(self) -> None:
        while True:
            self._beat()
            self._woken.clear()
            for name in sorted(self._wanted):
                await self._look_after(self.lease(name))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._woken.wait()

    async def whenever_held(self, name: str, work: Callable[[], Awaitable[None]], beat: Callable[[], None]) -> None:
        """A loop: stand by until the right is ours, do the work while it is, stand by again."""
        lease = self.lease(name)
        self._want(name)
        is_over = False
        while not is_over:
            beat()
            if lease.is_held:
                log.info("this process does it now", lease=name, epoch=lease.epoch)
                is_over = await lease.while_held(work)
            else:
                await lease.until_taken(LOOK_EVERY)

    @asynccontextmanager
    async def borrowed(self, name: str) -> AsyncIterator[Lease]:
        """Have it handed over by whoever holds it, and give it back. `run` must be running. Errors: NotHandedOver."""
        lease = self.lease(name)
        self._urgent.add(name)
        self._want(name)
        try:
            await lease.until_taken(2 * self._lasts + HAND_OVER)
            if not lease.is_held:
                raise NotHandedOver(name)
            yield lease
        finally:
            self._wanted.discard(name)
            self._urgent.discard(name)
            await self._give_back(lease)

    async def release(self) -> None:
        """At a clean end, when nothing is in hand any more: others need not wait."""
        self._wanted.clear()
        for lease in self._leases.values():
            await self._give_back(lease)

    def _want(self, name: str) -> None:
        self._wanted.add(name)
        self._woken.set()

    async def _look_after(self, lease: Lease) -> None:
        try:
            await (self._renew(lease) if lease.taken.is_set() else self._try_to_take(lease))
        except Exception as error:  # the database is away: the lease runs out by itself
            self._former_first_until = asyncio.get_running_loop().time() + FORMER_FIRST
            log.warning("a lease could not be looked after", lease=lease.name, error=error)

    async def _renew(self, lease: Lease) -> None:
        about = (lease.name, self._holder, lease.epoch)
        left = await self._backroom.read(lambda session: rows.time_left(session, *about))
        if left > RENEW_BELOW * self._lasts:
            return
        asked = asyncio.get_running_loop().time()
        keep = partial(rows.keep, seconds=self._lasts)
        if await self._backroom.run(lambda session: keep(session, *about), alone=True):
            lease.hold(asked + self._lasts)
        else:
            lease.lose()
            await self._give_back(lease)

    async def _try_to_take(self, lease: Lease) -> None:
        about = (lease.name, self._holder)
        if lease.name in self._urgent:
            await self._backroom.run(lambda session: rows.ask(session, *about, seconds=self._lasts), alone=True)
        former_first = asyncio.get_running_loop().time() < self._former_first_until
        is_to_be_had = partial(rows.is_to_be_had, is_gone=is_gone, after_the_former=former_first)
        if not await self._backroom.read(lambda session: is_to_be_had(session, *about)):
            return
        asked = asyncio.get_running_loop().time()
        take = partial(rows.take, seconds=self._lasts, is_gone=is_gone)
        epoch = await self._backroom.run(lambda session: take(session, *about), alone=True)
        if epoch is not None:
            lease.epoch = epoch
            lease.hold(asked + self._lasts)

    async def _give_back(self, lease: Lease) -> None:
        lease.lose()
        try:
            await self._backroom.run(lambda session: rows.release(session, lease.name, self._holder), alone=True)
        except Exception as error:  # the database is away: it runs out by itself
            log.warning("a lease could not be given back", lease=lease.name, error=error)
