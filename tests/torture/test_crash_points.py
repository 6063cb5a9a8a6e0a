"""The bot dies at each named moment once, in every run: nothing lost, nothing doubled but a message."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from tests.bot.tasks import until
from tests.torture.bookkeeping import Arrivals, Doubles, check, counts, each_was_reminded_once
from tests.torture.crash_points import CHAINS
from tests.torture.dying import PATIENCE, die, site_clock
from tests.torture.figures import Figures
from tests.torture.forked_bot import ForkedBot
from tests.torture.lives import HandlersFail
from tests.torture.village import Load, build_village, people_at_work

TOKEN = "123456789:a-token-for-tests-only"
CADRES = 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("chain", CHAINS)
async def test_dying_there_loses_nothing(chain: str, database: Database, database_url: str, tmp_path: Path) -> None:
    await survive(CHAINS[chain], database, database_url, tmp_path)


@pytest.mark.torture
@pytest.mark.parametrize("chain", CHAINS)
async def test_dying_there_loses_nothing_on_either_database(
    chain: str, database: Database, database_url: str, tmp_path: Path, figures: Figures
) -> None:
    doubled = await survive(CHAINS[chain], database, database_url, tmp_path)
    about = f"crash points, {database.engine.dialect.name}: {chain}"
    figures.note(about, hit=len(CHAINS[chain]), messages_doubled=doubled, **counts(database))


async def survive(points: Sequence[str], database: Database, database_url: str, folder: Path) -> int:
    """Returns how many messages people got twice."""
    ids, sandbox = build_village(database, CADRES), Sandbox(token=TOKEN)
    doubles = Doubles(Arrivals(sandbox))
    async with serve(sandbox) as url, SandboxClient(url, patience=PATIENCE) as client:
        bot = ForkedBot(folder, token=TOKEN, api_url=url, database_url=database_url)
        load = Load(client, ids)
        async with people_at_work(load, bot, sandbox, database, patience=PATIENCE) as working:
            await until(lambda: len(sandbox.updates) == CADRES, seconds=PATIENCE)  # everybody has said /start
            for number, point in enumerate(points):
                await die(bot, point, folder / f"witness {number}", *faults_for(point))
                await doubles.count(database)
            bot.start(site_clock())
            await one_more_visit_each(load, working)
    check(database, load.confirmed)
    each_was_reminded_once(database, ids)
    return doubles.total(database)


def faults_for(point: str) -> tuple[HandlersFail, ...]:
    return (HandlersFail("记走访"), HandlersFail("/start")) if "postponement" in point else ()


async def one_more_visit_each(load: Load, working: "asyncio.Future[None]") -> None:
    before = dict(load.confirmed)

    def is_done() -> bool:
        return working.done() or all(load.confirmed.get(n, 0) > before.get(n, 0) for n in load.telegram_ids)

    await until(is_done, seconds=PATIENCE)
