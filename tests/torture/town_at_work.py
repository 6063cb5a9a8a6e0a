"""A bot as a process of its own, people who log one visit after the other, and the books at the end."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from tests.bot.tasks import until
from tests.forks import Prepare, as_it_is
from tests.torture.bookkeeping import Arrivals, check, in_flight
from tests.torture.fault_proxy import FaultProxy, between
from tests.torture.forked_bot import ForkedBot
from tests.torture.village import Load, build_village

TOKEN = "123456789:a-token-for-tests-only"
CADRES = 3
PATIENCE = 90.0  # seconds


@dataclass
class Town:
    bot: ForkedBot
    line: FaultProxy
    sandbox: Sandbox
    arrivals: Arrivals
    load: Load
    working: "asyncio.Future[None]"
    ending: dict[str, float] = field(default_factory=dict)  # the figure of its end

    async def one_more_visit_each(self) -> None:
        before = dict(self.load.confirmed)
        await until(
            lambda: (
                self.working.done()
                or all(self.load.confirmed.get(n, 0) > before.get(n, 0) for n in self.load.telegram_ids)
            ),
            seconds=PATIENCE,
        )


@asynccontextmanager
async def at_work(
    database: Database, folder: Path, *, database_url: str, first_life: Prepare = as_it_is
) -> AsyncIterator[Town]:
    """Everybody has logged a visit, except in a `first_life` of its own; leaving it ends all and checks the books."""
    ids, sandbox = build_village(database, CADRES), Sandbox(token=TOKEN)
    async with (
        serve(sandbox) as direct,
        between(direct) as (line, url),
        SandboxClient(direct, patience=PATIENCE) as client,
    ):
        bot = ForkedBot(folder, token=TOKEN, api_url=url, database_url=database_url)
        load = Load(client, ids)
        bot.start(first_life)
        town = Town(bot, line, sandbox, Arrivals(sandbox), load, asyncio.ensure_future(load.run()))
        try:
            if first_life is as_it_is:
                await town.one_more_visit_each()
            yield town
            load.over.set()
            await town.working
            await until(lambda: not in_flight(sandbox, database), seconds=PATIENCE)
            begun = time.monotonic()
            assert await bot.end() == 0
            town.ending["seconds_from_SIGTERM_to_exit"] = round(time.monotonic() - begun, 2)
        except BaseException:
            town.working.cancel()
            bot.clear_away()
            print(bot.log()[-5000:])  # noqa: T201  # why it failed
            raise
    check(database, load.confirmed)
