"""One backup a local night, whatever restarts; the old ones go; a failure harms nothing and is seen."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.backroom import BackRoom
from bot.backup_folder import BackupFolder
from bot.commands.health.backups import check_backups
from bot.commands.health.database import check_database
from bot.commands.health.verdict import Mark
from bot.config import Settings
from bot.config.tables import Backup
from bot.config.tables import Database as DatabaseTable
from bot.nightly import TROUBLE, NightlyBackup
from bot.scheduler import Scheduler
from models.audit import AuditEntry
from models.post import Note
from models.queries import inbox
from models.session import Database
from models.snapshots import read_snapshot, write_snapshot
from services.i18n import translator
from tests.bot.tasks import Tasks, nothing, until
from tests.models.test_snapshots import counted, emptied
from tests.town import ZONE, FrozenClock, build_town, make_office

NIGHT = datetime(2026, 3, 2, 2, 0, tzinfo=ZONE)
TODAY = "lianxin-2026-03-02.backup"


class Nights:
    """A bot's nightly backup, beside a clock that is moved by hand."""

    def __init__(self, database: Database, folder: Path, keep_days: int = 14) -> None:
        self.database = database
        self.clock = FrozenClock(NIGHT)
        self.backroom = BackRoom(database)
        self.folder = BackupFolder(folder, keep_days)
        self.tasks = Tasks()
        self.nightly = self.bot()

    def bot(self) -> NightlyBackup:
        office = make_office(self.clock)
        return NightlyBackup(self.database, self.backroom, office, self.folder, spawn=self.tasks.spawn)

    async def look(self, *bots: NightlyBackup) -> list[str]:
        """What lies in the folder once everybody has looked and is done."""
        for bot in bots or (self.nightly,):
            bot.look()
        await self.tasks.done()
        return sorted(file.name for file in self.folder.path.iterdir()) if self.folder.path.is_dir() else []

    def trouble(self) -> str | None:
        with self.database.reading() as session:
            return inbox.read_note(session, TROUBLE)


@pytest.fixture
def nights(database: Database, tmp_path: Path) -> Iterator[Nights]:
    with database.transaction() as session:
        build_town(session)
    nights = Nights(database, tmp_path / "backups")
    yield nights
    nights.backroom.close()


@pytest.fixture
def kept(tmp_path: Path) -> BackupFolder:
    (tmp_path / "backups").mkdir()
    return BackupFolder(tmp_path / "backups", 14)


async def test_the_first_look_after_two_in_the_morning_makes_it(nights: Nights, tmp_path: Path) -> None:
    nights.clock.moment = NIGHT - timedelta(seconds=1)
    assert await nights.look() == []
    nights.clock.forward(seconds=1)
    before = counted(nights.database)
    assert await nights.look() == [TODAY]
    with nights.database.reading() as session:
        (entry,) = session.scalars(select(AuditEntry))
        assert (entry.act, entry.facts["by"]) == ("backed_up", "clock")
    nights.backroom.close()
    place = emptied(nights.database, tmp_path)
    assert read_snapshot(place, nights.folder.path / TODAY) == before
    place.dispose()


async def test_one_a_night_whatever_restarts(nights: Nights) -> None:
    for hour in range(2, 24):
        nights.clock.moment = NIGHT.replace(hour=hour)
        assert await nights.look(nights.bot()) == [TODAY]
    with nights.database.reading() as session:
        assert len(session.scalars(select(AuditEntry)).all()) == 1
    nights.clock.moment = NIGHT + timedelta(days=1, hours=9)
    assert await nights.look() == [TODAY, "lianxin-2026-03-03.backup"], "late is fine"


async def test_two_processes_make_one(nights: Nights) -> None:
    assert await nights.look(nights.bot(), nights.bot(), nights.bot()) == [TODAY]
    with nights.database.reading() as session:
        assert len(session.scalars(select(AuditEntry)).all()) == 1
    assert not nights.trouble()


async def test_looking_again_while_it_is_made_begins_no_second(nights: Nights) -> None:
    for _ in range(5):
        nights.nightly.look()
    assert len(nights.tasks._running) == 1
    assert await nights.look() == [TODAY]


async def test_the_loop_goes_on_while_it_is_made(nights: Nights) -> None:
    """It beats, and whoever writes isn't kept waiting."""
    nights.nightly.look()
    beats = 0
    while nights.tasks._running and not all(task.done() for task in nights.tasks._running):
        await nights.backroom.run(lambda session: inbox.write_note(session, "beat", "x", now=datetime.now(UTC)))
        beats += 1
    assert beats > 3
    assert await nights.look() == [TODAY]


async def test_the_end_of_the_clock_gives_it_up_nothing_stays_and_the_next_makes_it(nights: Nights) -> None:
    nights.nightly.look()
    nights.nightly.give_up()
    await nights.tasks.done()
    assert list(nights.folder.path.iterdir()) == []
    assert not nights.trouble(), "that is no failure"
    assert await nights.look() == [TODAY], "also in this process, where the clock comes back to it"


class Remembering:
    """Stands in for the nightly backup and writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def look(self) -> None:
        self.told.append("look")

    def give_up(self) -> None:
        self.told.append("give up")


async def test_the_clock_looks_and_gives_it_up_when_it_ends(nights: Nights) -> None:
    nightly = Remembering()
    clock = Scheduler(nights.backroom, make_office(nights.clock), queued=nothing, beat=nothing, nightly=nightly)
    loop = asyncio.ensure_future(clock.run())
    await until(lambda: nightly.told == ["look"], seconds=30)
    loop.cancel()
    await asyncio.wait([loop])
    assert nightly.told == ["look", "give up"]


async def test_a_folder_that_cannot_be_written_is_logged_noted_and_tried_again_an_hour_later(nights: Nights) -> None:
    nights.folder.path.write_text("a file where the folder should be")
    await nights.look()
    assert nights.trouble() == "File exists"
    nights.folder.path.unlink()
    nights.clock.forward(minutes=59)
    assert await nights.look() == [], "not twice a minute"
    nights.clock.forward(minutes=1)
    assert await nights.look() == [TODAY]
    assert nights.trouble() == ""


async def test_a_folder_that_cannot_be_looked_into_is_noted_and_ends_nothing(nights: Nights, tmp_path: Path) -> None:
    nights.folder = BackupFolder(tmp_path / ("x" * 300), 14)  # the system refuses to say what is there
    nightly = nights.bot()
    clock = Scheduler(nights.backroom, make_office(nights.clock), queued=nothing, beat=nothing, nightly=nightly)
    loop = asyncio.ensure_future(clock.run())
    await until(lambda: loop.done() or nights.trouble() == "File name too long", seconds=30)
    assert not loop.done()
    loop.cancel()
    await asyncio.wait([loop])


async def test_a_full_disk_leaves_nothing_and_is_noted(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("models.sealed_stream.SealedWriter.write", full)
        assert await nights.look() == []
    assert nights.trouble() == "No space left on device"


def test_pruning_keeps_the_last_days_and_always_the_newest_three(kept: BackupFolder) -> None:
    today = date(2026, 3, 20)
    for age in (0, 1, 13, 14, 15, 40):
        kept.file(today - timedelta(days=age)).touch()
    for foreign in ("lianxin-before-upgrade.backup", "lianxin-2026-01-01.backup.old", "lianxin-2026-02-31.backup"):
        (kept.path / foreign).touch()
    assert {file.name for file in kept.prune(today)} == {
        kept.file(today - timedelta(days=age)).name for age in (14, 15, 40)
    }
    assert len(kept.by_day()) == 3
    assert len(list(kept.path.iterdir())) == 6, "files of other names are somebody's own"
    assert kept.prune(today + timedelta(days=365)) == [], "the newest three stay, however old"


async def test_each_night_prunes(nights: Nights) -> None:
    nights.folder = BackupFolder(nights.folder.path, keep_days=4)
    bot = nights.bot()
    for night in range(6):
        nights.clock.moment = NIGHT + timedelta(days=night)
        files = await nights.look(bot)
        assert len(files) == min(night + 1, 4)
    assert files[0] == "lianxin-2026-03-04.backup"


def test_the_doctor_says_when_the_last_good_one_was_made(database: Database, kept: BackupFolder) -> None:
    settings = Settings(backup=Backup(folder=str(kept.path)))
    clock = FrozenClock(NIGHT)

    def verdict() -> tuple[Mark, str]:
        (found,) = check_backups(settings, clock)
        return found.mark, found.finding

    assert verdict() == (Mark.DOUBT, "none")
    write_snapshot(database, kept.file(NIGHT.date()), now=NIGHT)
    kept.file(NIGHT.date() + timedelta(days=1)).write_text("no backup at all")
    clock.forward(hours=47)
    assert verdict() == (Mark.FINE, "last")
    clock.forward(hours=2)
    assert verdict() == (Mark.WRONG, "old")
    assert check_backups(Settings(backup=Backup(folder="")), clock)[0].finding == "off"


def test_a_failure_is_seen_by_the_doctor(database: Database, database_url: str, tmp_path: Path) -> None:
    with database.transaction() as session:
        session.add(Note(name=TROUBLE, value="No space left on device", written_at=NIGHT))
    settings = Settings(database=DatabaseTable(url=database_url), backup=Backup(folder=str(tmp_path)))
    (failing,) = [one for one in check_database(settings, FrozenClock(), translator("en")) if one.check == "backup"]
    assert (failing.mark, failing.params["why"]) == (Mark.DOUBT, "No space left on device")
