"""The database's disk is full, read-only, locked or damaged: said in words, and nothing lost."""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from models import session as sessions
from models.session import Database
from sandbox import Person, Sandbox, serve
from sandbox.people import say_text
from tests.bot.commandline import Operator, operator_in
from tests.bot.tasks import until
from tests.keys import KEYRING
from tests.torture.figures import Figures
from tests.torture.forked_bot import ForkedBot
from tests.torture.small_disk import SmallDisk, mounted
from tests.torture.town_at_work import PATIENCE, TOKEN, at_work

PAGE = 4096  # bytes


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with mounted(tmp_path / "disk") as disk:
        yield disk


@contextmanager
def database_in(folder: Path, template: Path) -> Iterator[tuple[Database, str]]:
    shutil.copy(template, folder / "lianxin.db")
    url = f"sqlite:///{folder / 'lianxin.db'}"
    database = Database(url, KEYRING)
    yield database, url
    database.dispose()


def operator_of(folder: Path, url: str) -> Operator:
    return operator_in(
        folder,
        telegram={"token": TOKEN, "api_url": "http://127.0.0.1:9"},
        database={"url": url},
        security={"key_file": str(KEYRING.file)},
    )


async def test_a_full_disk_confirms_nothing_and_goes_on_when_there_is_room(
    disk: SmallDisk, sqlite_template: Path, tmp_path: Path
) -> None:
    with database_in(disk.folder, sqlite_template) as (database, url):
        async with at_work(database, tmp_path, database_url=url) as town:
            disk.fill()
            await until(lambda: "full" in town.bot.log(), seconds=PATIENCE)
            await until(lambda: len(town.sandbox.updates) > 0, seconds=PATIENCE)
            assert town.bot.is_alive
            disk.make_room()
            await town.one_more_visit_each()


async def test_a_read_only_disk_is_said_at_the_start_and_loses_nothing(
    disk: SmallDisk, sqlite_template: Path, tmp_path: Path
) -> None:
    with database_in(disk.folder, sqlite_template) as (database, url):
        async with at_work(database, tmp_path, database_url=url) as town:
            assert await town.bot.end() == 0
            database.dispose()
            disk.make_read_only(read_only=True)
            ran = await operator_of(tmp_path, url).runs("run")
            assert ran.code == 1
            assert "只读" in ran.only_line
            disk.make_read_only(read_only=False)
            town.bot.start()
            await town.one_more_visit_each()


@dataclass(frozen=True)
class ShortPatience:
    """The product waits ten seconds for a lock; so long a test needn't take."""

    milliseconds: int = 300

    def __call__(self) -> None:
        sessions.LOCK_TIMEOUT = self.milliseconds


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_database_held_by_another_program_only_makes_it_late(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with at_work(database, tmp_path, database_url=database_url, first_life=ShortPatience()) as town:
        await town.one_more_visit_each()
        with held(database):
            await until(lambda: "locked" in town.bot.log() or "busy" in town.bot.log().lower(), seconds=PATIENCE)
        await town.one_more_visit_each()


@pytest.mark.torture
@pytest.mark.parametrize("seconds", [10, 12])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_database_held_for_ten_seconds_and_longer_loses_nothing(
    seconds: int, database: Database, database_url: str, tmp_path: Path, figures: Figures
) -> None:
    async with at_work(database, tmp_path, database_url=database_url) as town:
        with held(database):
            await asyncio.sleep(seconds)  # the fault itself, not a condition
        begun = asyncio.get_running_loop().time()
        await town.one_more_visit_each()
        took = asyncio.get_running_loop().time() - begun
    figures.note(f"database locked for {seconds} s", seconds_to_recover=round(took, 1))


@contextmanager
def held(database: Database) -> Iterator[None]:
    with closing(sqlite3.connect(str(database.file), isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("command", [("run",), ("backup", "copy"), ("doctor",)])
async def test_a_damaged_database_is_refused_with_what_to_do(
    command: tuple[str, ...], database: Database, database_url: str, tmp_path: Path
) -> None:
    database.dispose()
    # A backup copies what can be read; run and doctor notice three pages that nobody has read yet.
    damage(Path(str(database.file)), last_pages=None if command[0] == "backup" else 3)
    ran = await operator_of(tmp_path, database_url).runs(*command)
    assert ran.code == 1
    said = ran.out if command == ("doctor",) else ran.only_line
    assert "损坏" in said
    assert "恢复" in said
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_database_that_is_damaged_under_the_bot_ends_it_with_what_to_do(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    sandbox = Sandbox(token=TOKEN)
    async with serve(sandbox) as url:
        bot = ForkedBot(tmp_path, token=TOKEN, api_url=url, database_url=database_url)
        bot.start()
        try:
            await until(lambda: sandbox.updates.polling, seconds=PATIENCE)
            database.dispose()
            damage(Path(str(database.file)))
            say_text(sandbox, sandbox.add_person(Person(5, "来客")), "/help")
            assert await bot.ended(seconds=PATIENCE) == 1
        finally:
            bot.clear_away()
    assert "损坏" in bot.log().splitlines()[-1]
    assert len(sandbox.updates) == 1, "what couldn't be stored is still Telegram's"


def damage(file: Path, *, last_pages: int | None = None) -> None:
    """Every page but the first is overwritten, or so many of the last; nothing is left in the write-ahead log."""
    chance = random.Random(1)
    with closing(sqlite3.connect(str(file))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as pages:
        size = file.stat().st_size
        for offset in range(PAGE if last_pages is None else size - last_pages * PAGE, size, PAGE):
            pages.seek(offset)
            pages.write(chance.randbytes(PAGE))
