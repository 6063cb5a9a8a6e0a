"""The whole bot on SQLite: how soon it polls, how soon one person is answered, how fast a backlog is worked off."""

import statistics
import tempfile
import time
from pathlib import Path

from models.migrating import migrate
from models.session import Database
from sandbox import Person, Sandbox, serve
from sandbox.people import say_text
from tests.bot.tasks import until
from tests.keys import KEYRING
from tests.torture.bot_process import BotProcess
from tests.torture.village import CADRE, build_village

TOKEN = "123456789:a-token-for-measuring-only"  # opens nothing but the sandbox
PEOPLE = 100
BACKLOG = 2000  # updates that wait when the bot comes
ALONE = 200  # updates of one person, each after the answer to the one before
PATIENCE = 300.0  # seconds


async def measure() -> None:
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as name:
        url = f"sqlite:///{Path(name) / 'lianxin.db'}"
        database = Database(url, KEYRING)
        migrate(database)
        ids = build_village(database, PEOPLE)
        database.dispose()
        sandbox = Sandbox(token=TOKEN)
        people = [sandbox.add_person(Person(ids[n], f"{CADRE}{n}")) for n in range(PEOPLE)]
        async with serve(sandbox) as api_url:
            bot = BotProcess(Path(name), token=TOKEN, api_url=api_url, database_url=url)
            await _start(sandbox, bot)
            await _backlog(sandbox, people, bot)
            await _alone(sandbox, people[0])
            await bot.end()


async def _start(sandbox: Sandbox, bot: BotProcess) -> None:
    begun = time.perf_counter()
    bot.start()
    await until(lambda: sandbox.updates.polling, seconds=PATIENCE)
    print(f"from the start of the process to its first poll: {time.perf_counter() - begun:.1f} s")
    await bot.end()


async def _backlog(sandbox: Sandbox, people: list[Person], bot: BotProcess) -> None:
    for n in range(BACKLOG):
        say_text(sandbox, people[n % len(people)], "/cancel")
    bot.start()
    await until(lambda: _said(sandbox) > BACKLOG, seconds=PATIENCE)
    begun, left = time.perf_counter(), 2 * BACKLOG - _said(sandbox)
    await until(lambda: _said(sandbox) >= 2 * BACKLOG, seconds=PATIENCE)
    rate = left / (time.perf_counter() - begun)
    print(f"a backlog of {BACKLOG} updates of {len(people)} people: {rate:,.0f} answers a second")


async def _alone(sandbox: Sandbox, person: Person) -> None:
    waits = []
    for _ in range(ALONE):
        begun = time.perf_counter()
        say_text(sandbox, person, "/cancel")
        asked = _said(sandbox)
        await until(lambda asked=asked: _said(sandbox) > asked, seconds=PATIENCE)  # type: ignore[misc]  # its type is plain
        waits.append((time.perf_counter() - begun) * 1000)
    median, slow = statistics.median(waits), statistics.quantiles(waits, n=100)[98]
    print(f"one person alone: answered after {median:.0f} ms, 99 of 100 within {slow:.0f} ms")


def _said(sandbox: Sandbox) -> int:
    """Messages on all phones, of people and of the bot."""
    return sum(len(chat.messages) for chat in sandbox.chats.values())
