"""The clock: APScheduler only wakes; the ticks look at the rows and decide."""

import asyncio
from collections.abc import Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.backroom import BackRoom
from bot.nightly import NightlyBackup
from services import ticks
from services.office import Office

EVERY = 30  # seconds; what is due is a matter of rows, not of having been awake at the moment

log = structlog.get_logger(__name__)


class Scheduler:
    """Wakes the ticks every half minute. They are idempotent: late, twice, or in two processes changes nothing."""

    def __init__(
        self,
        backroom: BackRoom,
        office: Office,
        *,
        queued: Callable[[], None],
        beat: Callable[[], None],
        nightly: NightlyBackup | None = None,
    ) -> None:
        self._backroom = backroom
        self._office = office
        self._queued = queued
        self._beat = beat
        self._nightly = nightly

    async def run(self) -> None:
        """Wake the ticks at once and then regularly, until cancelled."""
        scheduler = AsyncIOScheduler(job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
        scheduler.add_job(self._wake, "interval", seconds=EVERY, id="ticks")
        scheduler.start()
        try:
            await self._wake()
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)
            if self._nightly:
                self._nightly.give_up()

    async def _wake(self) -> None:
        await self.tick()
        await self.keep_house()
        if self._nightly:
            self._nightly.look()

    async def tick(self) -> None:
        """Do what is due by the office's clock and not yet done."""
        for name, act in ticks.TICKS:
            await self._do(name, act, self._office)
        self._beat()
        self._queued()

    async def keep_house(self) -> None:
        """Take away what had its time, in real time, wherever the office's clock was moved to."""
        for name, act in ticks.HOUSEKEEPING:
            await self._do(name, act, self._office.in_real_time())

    async def _do(self, name: str, act: ticks.Tick, office: Office) -> None:
        """In a transaction of its own, so that none stops another."""
        try:
            await self._backroom.run(lambda session: act(session, office))
        except Exception as error:  # it is tried again in half a minute
            log.error("tick failed", tick=name, error=error)
