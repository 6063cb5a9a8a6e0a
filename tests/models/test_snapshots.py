"""A backup is one consistent copy, verified; a restore never overwrites."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from models.households import Household
from models.people import Person
from models.schema import Base
from models.session import Database
from models.snapshots import BadSnapshot, NotEmpty, read_snapshot, write_snapshot
from tests.keys import KEYRING
from tests.town import build_town


@pytest.fixture
def town(database: Database) -> Database:
    with database.transaction() as session:
        build_town(session)
    return database


def counted(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}


def emptied(database: Database, tmp_path: Path) -> Database:
    """An empty place of the same kind to restore into."""
    if database.is_sqlite:
        return Database(f"sqlite:///{tmp_path / 'restored.db'}", KEYRING)
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # the audit's triggers would refuse
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(text(f"TRUNCATE {table.name} CASCADE"))
    return database


def test_a_backup_restored_elsewhere_holds_the_same_rows(town: Database, tmp_path: Path) -> None:
    before = counted(town)
    assert write_snapshot(town, tmp_path / "backup") == before
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
    write_snapshot(town, tmp_path / "backup")
    before = counted(town)
    with pytest.raises(NotEmpty):
        read_snapshot(town, tmp_path / "backup")
    assert counted(town) == before


def test_a_backup_never_overwrites_a_file(town: Database, tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("precious")
    with pytest.raises(FileExistsError):
        write_snapshot(town, tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "precious"


def test_a_damaged_backup_is_refused_and_leaves_nothing(town: Database, tmp_path: Path) -> None:
    write_snapshot(town, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    if town.is_sqlite:
        (tmp_path / "damaged").write_bytes(whole[: len(whole) // 2])
    else:
        lines = gzip.decompress(whole).splitlines(keepends=True)
        (tmp_path / "damaged").write_bytes(gzip.compress(b"".join(lines[:-3])))
    place = emptied(town, tmp_path)
    with pytest.raises(BadSnapshot):
        read_snapshot(place, tmp_path / "damaged")
    if town.is_sqlite:
        assert not (tmp_path / "restored.db").exists()
    else:
        assert sum(counted(place).values()) == 0


@pytest.mark.parametrize(
    ("content", "reason"), [(b"[telegram]", "no_backup"), (b"", "no_backup"), (None, "other_kind")]
)
def test_a_file_that_is_no_backup_is_called_so(
    town: Database, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    foreign = gzip.compress(b"{}") if town.is_sqlite else b"SQLite format 3"
    (tmp_path / "file").write_bytes(foreign if content is None else content)
    with pytest.raises(BadSnapshot) as refused:
        read_snapshot(emptied(town, tmp_path), tmp_path / "file")
    assert refused.value.reason == reason


def test_the_file_of_another_program_is_no_backup(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE songs (title)")
    place = Database(f"sqlite:///{tmp_path / 'restored.db'}", KEYRING)
    with pytest.raises(BadSnapshot) as refused:
        read_snapshot(place, tmp_path / "other.db")
    assert refused.value.reason == "no_backup"
    assert not (tmp_path / "restored.db").exists()


def test_a_backup_of_an_older_version_is_restored_as_it_is(tmp_path: Path, sqlite_template: Path) -> None:
    """The operator is told to migrate then."""
    older = tmp_path / "older.db"
    older.write_bytes(sqlite_template.read_bytes())
    with closing(sqlite3.connect(older)) as backup:
        backup.execute("DROP TABLE leases")
    assert "leases" not in read_snapshot(Database(f"sqlite:///{tmp_path / 'restored.db'}", KEYRING), older)
    assert (tmp_path / "restored.db").exists()
