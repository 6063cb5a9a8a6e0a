"""The line to Telegram fails in every way we know while people act: afterwards everything is answered, once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from tests.bot.tasks import until
from tests.torture.bookkeeping import Arrivals, check, in_flight
from tests.torture.fault_proxy import FAULTS, POLL, Fault, FaultProxy, between
from tests.torture.figures import Figures
from tests.torture.forked_bot import ForkedBot
from tests.torture.village import Load, build_village

TOKEN = "123456789:a-token-for-tests-only"
CADRES = 3
PATIENCE = 90.0  # seconds
SILENCE = 30.0  # seconds: two attempts of the bot are over by then
BY_NAME = {fault.name: fault for kind in FAULTS.values() for fault in kind}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database has no part in it


@dataclass
class Town:
    """A bot behind a faulty line, and people who log one visit after the other."""

    bot: ForkedBot
    proxy: FaultProxy
    load: Load
    working: "asyncio.Future[None]"

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
async def at_work(database: Database, database_url: str, folder: Path) -> AsyncIterator[tuple[Town, Arrivals]]:
    """Leaving it ends work and bot, and checks the books."""
    ids, sandbox = build_village(database, CADRES), Sandbox(token=TOKEN)
    async with (
        serve(sandbox) as direct,
        between(direct) as (proxy, url),
        SandboxClient(direct, patience=PATIENCE) as client,
    ):
        bot = ForkedBot(folder, token=TOKEN, api_url=url, database_url=database_url)
        load = Load(client, ids)
        bot.start()
        town = Town(bot, proxy, load, asyncio.ensure_future(load.run()))
        try:
            await town.one_more_visit_each()
            yield town, Arrivals(sandbox)
            load.over.set()
            await town.working
            await until(lambda: not in_flight(sandbox, database), seconds=PATIENCE)
            assert await bot.end() == 0
        except BaseException:
            town.working.cancel()
            bot.clear_away()
            print(bot.log()[-5000:])  # noqa: T201  # why it failed
            raise
    check(database, load.confirmed)


@pytest.mark.parametrize("kind", FAULTS)
async def test_after_each_of_them_everything_is_answered_once(
    kind: str, database: Database, database_url: str, tmp_path: Path
) -> None:
    async with at_work(database, database_url, tmp_path) as (town, arrivals):
        for fault in FAULTS[kind]:
            town.proxy.put_on(fault)
            await until(partial(is_felt, town.proxy, fault), seconds=PATIENCE)
            town.proxy.lift()
            await town.one_more_visit_each()
    only_lost_answers_are_repeated(FAULTS[kind], arrivals, database)


@pytest.mark.torture
@pytest.mark.parametrize("name", ["silence", "stall", "answer lost after the effect", "502 page"])
async def test_half_a_minute_of_it_loses_nothing(
    name: str, database: Database, database_url: str, tmp_path: Path, figures: Figures
) -> None:
    fault = BY_NAME[name]
    async with at_work(database, database_url, tmp_path) as (town, arrivals):
        town.proxy.put_on(fault)
        await asyncio.sleep(SILENCE)  # the fault itself, not a condition
        met = town.proxy.met.total()
        town.proxy.lift()
        begun = asyncio.get_running_loop().time()
        await town.one_more_visit_each()
        took = asyncio.get_running_loop().time() - begun
    assert met
    only_lost_answers_are_repeated([fault], arrivals, database)
    doubled = arrivals.doubled(database).total()
    figures.note(
        f"{SILENCE:.0f} s of {name}", calls_hit=met, seconds_to_recover=round(took, 1), messages_doubled=doubled
    )


def is_felt(proxy: FaultProxy, fault: Fault) -> bool:
    """Calls of both kinds have met it, or all three people wait for what it holds up."""
    met = proxy.met
    said = met.total() - met[POLL]
    if fault.methods:
        return met[fault.methods[0]] >= 2 if fault.methods == (POLL,) else said >= CADRES
    return met[POLL] >= 1 and (said >= 1 or met[POLL] >= 2)


def only_lost_answers_are_repeated(faults: Sequence[Fault], arrivals: Arrivals, database: Database) -> None:
    doubled = arrivals.doubled(database)
    assert max(doubled.values(), default=0) <= sum(fault.has_effect for fault in faults)
