"""The bot is killed at random under load: no update lost, no visit doubled, every confirmation delivered."""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from tests.bot.tasks import until
from tests.torture.bookkeeping import Arrivals, Doubles, check, counts, in_flight
from tests.torture.figures import Figures
from tests.torture.forked_bot import ForkedBot
from tests.torture.village import Load, build_village, people_at_work

TOKEN = "123456789:a-token-for-tests-only"
CADRES = 12
PATIENCE = 900.0  # seconds; people wait while the bot is down again and again, on a busy machine for long


@dataclass
class Tally:
    kills: int = 0
    in_flight: int = 0  # kills with work in flight
    doubled: int = 0  # messages that people got twice
    most_doubled: int = 0  # by one kill


async def kill_again_and_again(bot: ForkedBot, doubles: Doubles, database: Database, kills: int) -> Tally:
    tally = Tally()
    chance = random.Random(kills)
    while tally.kills < kills:
        await at_work(doubles.arrivals, until_it_speaks=chance.random() < 0.8)
        await asyncio.sleep(chance.uniform(0, 0.6))  # the random moment itself, not a condition
        tally.in_flight += in_flight(doubles.arrivals.sandbox, database)
        bot.kill()
        tally.kills += 1
        await doubles.count(database)
        bot.start()
    tally.most_doubled = max(doubles.by_kill)
    return tally


async def at_work(arrivals: Arrivals, *, until_it_speaks: bool) -> None:
    """Until the bot calls Telegram, or until it says something to somebody."""
    arrivals.look()
    calls, messages = arrivals.calls, arrivals.messages.total()

    def is_at_work() -> bool:
        arrivals.look()
        return arrivals.messages.total() > messages if until_it_speaks else arrivals.calls > calls

    await until(is_at_work, seconds=PATIENCE)


async def play(database: Database, database_url: str, folder: Path, kills: int) -> Tally:
    telegram_ids = build_village(database, CADRES)
    sandbox = Sandbox(token=TOKEN)
    doubles = Doubles(Arrivals(sandbox))
    async with serve(sandbox) as url, SandboxClient(url, patience=PATIENCE) as client:
        bot = ForkedBot(folder, token=TOKEN, api_url=url, database_url=database_url)
        load = Load(client, telegram_ids)
        bot.start()
        async with people_at_work(load, bot, sandbox, database, patience=PATIENCE):
            tally = await kill_again_and_again(bot, doubles, database, kills)
    check(database, load.confirmed)
    assert min(load.confirmed.values()) >= 1
    tally.doubled = doubles.total(database)
    return tally


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL is killed in the long run
async def test_thirty_kills_under_load_lose_and_double_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    tally = await play(database, database_url, tmp_path, kills=30)
    print(tally)  # noqa: T201  # the figures
    assert tally.kills == 30
    assert tally.in_flight >= 20
    assert tally.doubled <= tally.kills


@pytest.mark.torture
@pytest.mark.timeout(7200)
async def test_five_hundred_kills(
    database: Database, database_url: str, tmp_path: Path, figures: Figures, kills: int
) -> None:
    tally = await play(database, database_url, tmp_path, kills=kills)
    figures.note(
        f"kills, {database.engine.dialect.name}",
        survived=tally.kills,
        with_work_in_flight=tally.in_flight,
        messages_doubled=tally.doubled,
        most_doubled_by_one_kill=tally.most_doubled,
        **counts(database),
    )
    assert tally.in_flight >= 0.65 * kills
    assert tally.doubled <= tally.kills
