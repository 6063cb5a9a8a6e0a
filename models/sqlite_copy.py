"""A consistent copy of a SQLite database while others write to it, and whether a copy is sound."""

import errno
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from models.bad_snapshot import BadSnapshot
from models.migrating import is_known
from models.schema import Base

PAGES_AT_ONCE = 2000  # between two looks at whether the copy is still wanted
OURS = {"alembic_version", "households", "persons", "visits", "problems"}  # in every version

Counts = dict[str, int]


def copy_sqlite(source: Path, copy: Path, going_on: Callable[[], None]) -> Counts:
    """All of one moment: the rows are counted in the snapshot that is copied. Errors: OSError (no room)."""
    try:
        with closing(_opened(source, "rw")) as live, closing(sqlite3.connect(copy)) as copied:
            live.execute("BEGIN")
            counts = _counts(live, _tables(live))
            going_on()
            live.backup(copied, pages=PAGES_AT_ONCE, progress=lambda *_: going_on())
            copied.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, str(error), str(copy)) from error
        raise
    return counts


def sound_counts(file: Path) -> Counts:
    """The rows of each table, once everything is looked through. Errors: BadSnapshot."""
    try:
        with closing(_opened(file, "ro")) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                raise BadSnapshot("damaged", str(verdict))
            if copy.execute("PRAGMA foreign_key_check").fetchone():
                raise BadSnapshot("damaged", "a row refers to one that isn't there")
            tables = _tables(copy)
            if not tables >= OURS:
                raise BadSnapshot("no_backup")
            for (revision,) in copy.execute("SELECT version_num FROM alembic_version"):
                if not is_known(revision):
                    raise BadSnapshot("newer", revision)
            return _counts(copy, tables)
    except sqlite3.DatabaseError as error:
        raise BadSnapshot("damaged", str(error)) from error


def _opened(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file))}?mode={mode}", uri=True, isolation_level=None)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _counts(connection: sqlite3.Connection, tables: set[str]) -> Counts:
    """Of an older version some tables are still missing."""
    names = tables & Base.metadata.tables.keys()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608  # our own table names
