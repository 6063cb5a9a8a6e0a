"""The bot is killed at random under load: no update lost, no visit doubled, every confirmation delivered."""

import asyncio
import random
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.people import Person
from models.post import InboxLetter, OutboxMessage
from models.session import Database
from models.visits import Visit
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from tests.bot.tasks import until
from tests.torture.bot_process import BotProcess
from tests.torture.village import Load, build_village

TOKEN = "123456789:a-token-for-tests-only"
CADRES = 12
PATIENCE = 60.0  # seconds; people wait while the bot is down


@dataclass
class Tally:
    kills: int = 0
    in_flight: int = 0  # kills with work in flight: unconfirmed updates, waiting letters or open messages


def in_flight(sandbox: Sandbox, database: Database) -> bool:
    with database.reading() as session:
        letters = session.scalar(select(func.count()).where(InboxLetter.state == "waiting"))
        messages = session.scalar(select(func.count()).where(OutboxMessage.state.in_(("waiting", "claimed"))))
    return bool(len(sandbox.updates) or letters or messages)


async def kill_again_and_again(bot: BotProcess, sandbox: Sandbox, database: Database, kills: int) -> Tally:
    tally = Tally()
    chance = random.Random(kills)
    while tally.kills < kills:
        seen = len(sandbox.calls.after(0))
        await until(lambda seen=seen: len(sandbox.calls.after(0)) > seen, seconds=30)  # type: ignore[misc]  # it is at work
        await asyncio.sleep(chance.uniform(0, 0.6))  # the random moment itself, not a condition
        tally.in_flight += in_flight(sandbox, database)
        bot.kill()
        tally.kills += 1
        bot.start()
    return tally


async def play(database: Database, database_url: str, folder: Path, kills: int) -> Tally:
    telegram_ids = build_village(database, CADRES)
    sandbox = Sandbox(token=TOKEN)
    async with serve(sandbox) as url, SandboxClient(url, patience=PATIENCE) as client:
        bot = BotProcess(folder, token=TOKEN, api_url=url, database_url=database_url)
        load = Load(client, telegram_ids)
        bot.start()
        working = asyncio.ensure_future(load.run())
        try:
            tally = await kill_again_and_again(bot, sandbox, database, kills)
            load.over.set()
            await working
            await until(lambda: not in_flight(sandbox, database), seconds=30)
            assert await bot.end() == 0
        except BaseException:
            working.cancel()
            bot.kill()
            print(bot.log()[-5000:])  # noqa: T201  # why it failed
            raise
    check(database, load)
    return tally


def check(database: Database, load: Load) -> None:
    with database.reading() as session:
        assert Counter(session.scalars(select(InboxLetter.state))).keys() == {"done"}, "every update was handled"
        logged = Counter(session.scalars(select(Person.telegram_user_id).join(Visit, Visit.cadre_id == Person.id)))
        assert logged == Counter(load.confirmed), "each visit once, each confirmation delivered"
        states = Counter(session.scalars(select(OutboxMessage.state)))
    assert states["waiting"] == states["claimed"] == 0
    assert sum(load.confirmed.values()) >= CADRES
    if database.is_sqlite:
        with sqlite3.connect(str(database.engine.url.database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL is killed in the long run
async def test_thirty_kills_under_load_lose_and_double_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    tally = await play(database, database_url, tmp_path, kills=30)
    assert tally.kills == 30
    assert tally.in_flight >= 20


@pytest.mark.torture
async def test_two_hundred_kills(database: Database, database_url: str, tmp_path: Path) -> None:
    tally = await play(database, database_url, tmp_path, kills=200)
    print(f"kills survived: {tally.kills}, of them with work in flight: {tally.in_flight}")  # noqa: T201  # the figures
    assert tally.in_flight >= 130
