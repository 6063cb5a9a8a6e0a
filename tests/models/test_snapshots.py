"""A backup is one consistent copy, sealed and verified; a restore never overwrites."""

import errno
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from models.households import Household
from models.migrating import is_current, migrate
from models.people import Person
from models.schema import Base
from models.sealed_stream import CHUNK
from models.session import Database
from models.snapshots import BadSnapshot, NotEmpty, read_snapshot, write_snapshot
from models.workplace import InTheMaking, workplace
from services import audit
from tests.keys import KEYRING
from tests.source import ROOT
from tests.town import MONDAY_MORNING, build_town, make_office

OFFICE = make_office()
SAID = "我家的事不要外传"


@pytest.fixture
def town(database: Database) -> Database:
    with database.transaction() as session:
        build_town(session).households["H001"].notes = SAID
    return database


def backed_up(database: Database, out: Path) -> dict[str, int]:
    return write_snapshot(database, out, now=MONDAY_MORNING)


def counted(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}


def emptied(database: Database, tmp_path: Path) -> Database:
    """A place of the same kind without any tables to restore into."""
    if database.is_sqlite:
        return Database(f"sqlite:///{tmp_path / 'restored.db'}", KEYRING)
    with database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return database


def no_rows(place: Database) -> bool:
    """Nothing was restored."""
    if place.file is not None:
        return not place.file.exists()
    with place.engine.connect() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
        names = [name for name in tables if name != "alembic_version"]
        return not any(connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in names)


def test_a_backup_restored_elsewhere_holds_the_same_rows(town: Database, tmp_path: Path) -> None:
    before = counted(town)
    assert backed_up(town, tmp_path / "backup") == before
    place = emptied(town, tmp_path)
    assert read_snapshot(place, tmp_path / "backup") == before
    assert counted(place) == before
    with place.transaction() as session:
        household = session.scalars(select(Household).where(Household.code == "H001")).one()
        assert (household.head, household.tier, household.created_at.tzinfo is not None) == ("张大山", "red", True)
        newest = session.scalar(select(func.max(Person.id))) or 0
        fresh = Person(name="新人", created_at=household.created_at)
        session.add(fresh)
        session.flush()
        assert fresh.id > newest, "numbering goes on after the restored rows"


def test_a_restore_refuses_to_overwrite(town: Database, tmp_path: Path) -> None:
    backed_up(town, tmp_path / "backup")
    before = counted(town)
    with pytest.raises(NotEmpty):
        read_snapshot(town, tmp_path / "backup")
    assert counted(town) == before


def test_a_backup_never_overwrites_a_file(town: Database, tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("precious")
    with pytest.raises(FileExistsError):
        backed_up(town, tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "precious"


def test_a_backup_is_for_us_alone_and_shows_nothing_of_what_is_in_it(town: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    backed_up(town, folder / "backup")
    assert list(folder.iterdir()) == [folder / "backup"], "no plain file beside it"
    assert stat.S_IMODE((folder / "backup").stat().st_mode) == 0o600
    content = (folder / "backup").read_bytes()
    for word in (SAID, "张大山", "SQLite format 3", "households"):
        assert word.encode() not in content


def test_what_a_killed_maker_left_is_swept_away_by_the_next(town: Database, tmp_path: Path) -> None:
    with workplace(tmp_path) as own:
        left = own.with_name(own.name + "left")
        left.mkdir()
        (left / "plain").write_text(SAID)
    backed_up(town, tmp_path / "backup")
    assert not left.exists()


def test_a_backup_that_cannot_be_read_back_is_none(
    town: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the disk kept less than it was given."""
    monkeypatch.setattr("models.snapshots.SealedWriter.finish", lambda _: None)
    with pytest.raises(BadSnapshot):
        backed_up(town, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from models import snapshots
from models.keyring import Keyring
from models.session import Database
url, key_file, out = sys.argv[1:]
looks = iter((False, False))  # once before the copy, once after it; the third time it is being sealed
snapshots.write_snapshot(
    Database(url, Keyring(Path(key_file))),
    Path(out),
    now=datetime.now(UTC),
    going_on=lambda: next(looks, True) and os.kill(os.getpid(), signal.SIGKILL),
)
"""


def test_a_maker_that_is_killed_leaves_nothing_readable_for_others_and_nothing_for_long(
    tmp_path: Path, sqlite_template: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    url = f"sqlite:///{sqlite_template}"
    arguments = (url, str(KEYRING.file), str(folder / "first"))
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = folder.iterdir()
    assert stat.S_IMODE(left.stat().st_mode) == 0o700
    assert any(file.stat().st_size for file in left.iterdir()), "it was at it"
    database = Database(url, KEYRING)
    backed_up(database, folder / "second")
    database.dispose()
    assert list(folder.iterdir()) == [folder / "second"]


def test_two_makers_in_one_folder_do_not_sweep_each_others_work(town: Database, tmp_path: Path) -> None:
    with workplace(tmp_path) as own:
        with pytest.raises(InTheMaking):
            write_snapshot(town, tmp_path / "backup", now=MONDAY_MORNING, wait=False)
        assert own.exists()
    assert not (tmp_path / "backup").exists()


def test_a_backup_that_is_given_up_leaves_nothing(town: Database, tmp_path: Path) -> None:
    class GivenUp(Exception):
        pass

    def stop() -> None:
        raise GivenUp

    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(GivenUp):
        write_snapshot(town, folder / "backup", now=MONDAY_MORNING, going_on=stop)
    assert list(folder.iterdir()) == []


def test_a_full_disk_names_the_backup_and_leaves_nothing(
    town: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("models.snapshots.SealedWriter.write", full)
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(OSError, match="No space") as refused:
        backed_up(town, folder / "backup")
    assert refused.value.filename == str(folder / "backup")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("harm", ["cut short", "lengthened", "changed"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(town: Database, tmp_path: Path, harm: str) -> None:
    backed_up(town, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    half = len(whole) // 2
    changed = whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :]
    (tmp_path / "damaged").write_bytes(
        {"cut short": whole[:-20], "lengthened": whole + b"\0" * CHUNK, "changed": changed}[harm]
    )
    place = emptied(town, tmp_path)
    with pytest.raises(BadSnapshot) as refused:
        read_snapshot(place, tmp_path / "damaged")
    assert refused.value.reason == "damaged"
    assert no_rows(place)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[telegram]", "no_backup"),
        (b"", "no_backup"),
        (b"lianxin-backup-1\nno header\n", "damaged"),
        (b"SQLite format 3\0", "plain"),
        (b"\x1f\x8b\x08", "plain"),
    ],
)
def test_a_file_that_is_no_backup_is_called_so(town: Database, tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(BadSnapshot) as refused:
        read_snapshot(emptied(town, tmp_path), tmp_path / "file")
    assert refused.value.reason == reason


def test_a_backup_of_the_other_kind_of_database_is_called_so(
    town: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other:
        other.setattr("models.snapshots.SQLITE", "postgresql")
        other.setattr("models.snapshots.POSTGRESQL", "sqlite")
        backed_up(town, tmp_path / "backup")
    with pytest.raises(BadSnapshot) as refused:
        read_snapshot(emptied(town, tmp_path), tmp_path / "backup")
    assert refused.value.reason == "other_kind"


@pytest.fixture
def older(database: Database, tmp_path: Path) -> Iterator[Database]:
    """The first version's tables with one row."""
    place = emptied(database, tmp_path)
    migrate(place, to="0001")
    with place.engine.begin() as connection:
        connection.execute(text("INSERT INTO units (code, name, kind, path) VALUES ('T', '云溪镇', 'town', '/1/')"))
    yield place
    place.dispose()


def test_a_backup_of_an_older_version_is_restored_as_it_is_and_then_migrated(older: Database, tmp_path: Path) -> None:
    assert backed_up(older, tmp_path / "backup")["units"] == 1
    if older.file is not None:
        older.dispose()
        older.file.unlink()
    place = emptied(older, tmp_path)
    read_snapshot(place, tmp_path / "backup")
    assert not is_current(place), "the operator is told to migrate"
    migrate(place)
    assert counted(place)["units"] == 1


def test_a_backup_of_a_newer_version_is_called_so(town: Database, tmp_path: Path) -> None:
    with town.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadSnapshot) as refused:
        backed_up(town, tmp_path / "backup")
        read_snapshot(emptied(town, tmp_path), tmp_path / "backup")
    assert refused.value.reason == "newer"


def test_tables_of_another_version_in_the_place_are_called_so(older: Database, tmp_path: Path) -> None:
    """A file of SQLite brings its tables along; only PostgreSQL may have some."""
    if older.is_sqlite:
        return
    backed_up(older, tmp_path / "backup")
    place = emptied(older, tmp_path)
    migrate(place)
    with pytest.raises(BadSnapshot) as refused:
        read_snapshot(place, tmp_path / "backup")
    assert refused.value.reason == "other_version"


def test_the_audit_stays_whole_in_a_restored_backup_and_goes_on(town: Database, tmp_path: Path) -> None:
    for number in range(3):
        with town.transaction() as session:
            audit.record(session, OFFICE, None, "backed_up", "database", number)
    with town.reading() as session:
        before = audit.verify(session)
    backed_up(town, tmp_path / "backup")
    place = emptied(town, tmp_path)
    read_snapshot(place, tmp_path / "backup")
    with place.reading() as session:
        assert audit.verify(session, before) == before
    with place.transaction() as session:
        audit.record(session, OFFICE, None, "restored", "database")
    with place.reading() as session:
        assert audit.verify(session, before).position == before.position + 1
    with pytest.raises(DBAPIError, match="append-only"), place.transaction() as session:
        session.execute(text("DELETE FROM audit_entries"))
