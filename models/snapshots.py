"""One consistent copy of everything, while the bot goes on: a SQLite file, or a logical dump of PostgreSQL."""

import gzip
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, Table, func, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.types import TypeEngine

from models.base import UtcDateTime
from models.migrating import is_current, migrate
from models.schema import Base
from models.session import Database

FORMAT = "lianxin-dump-1"
ROWS_AT_ONCE = 500
SQLITE_BEGINS = b"SQLite format 3"
GZIP_BEGINS = b"\x1f\x8b"
OURS = {"alembic_version", "households", "persons", "visits", "problems"}  # in every version

Counts = dict[str, int]


class BadSnapshot(Exception):
    """The file can't be used; `reason` is "no_backup", "damaged" or "other_kind" (of database)."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class NotEmpty(Exception):
    """A restore never overwrites: the place it was sent to already holds something."""


def write_snapshot(database: Database, out: Path) -> Counts:
    """Write to a name beside `out`, verify, then rename. Returns the rows of each table.

    Errors: FileExistsError, OSError, BadSnapshot where the copy doesn't verify.
    """
    if out.exists():
        raise FileExistsError(str(out))
    part = out.with_name(out.name + ".part")
    part.unlink(missing_ok=True)
    try:
        counts = _copy_sqlite(database, part) if database.is_sqlite else _dump(database, part)
        part.rename(out)
    finally:
        part.unlink(missing_ok=True)
    return counts


def read_snapshot(database: Database, file: Path) -> Counts:
    """Restore into an empty place. Errors: NotEmpty, BadSnapshot, FileNotFoundError."""
    with file.open("rb") as opened:
        beginning = opened.read(len(SQLITE_BEGINS))
    if beginning != SQLITE_BEGINS and not beginning.startswith(GZIP_BEGINS):
        raise BadSnapshot("no_backup")
    if (beginning == SQLITE_BEGINS) != database.is_sqlite:
        raise BadSnapshot("other_kind")
    return _restore_sqlite(database, file) if database.is_sqlite else _load(database, file)


def _copy_sqlite(database: Database, part: Path) -> Counts:
    with closing(sqlite3.connect(make_url(database.url).database or "")) as connection:
        connection.execute("VACUUM INTO ?", (str(part),))
    return _verified(part)


def _verified(file: Path) -> Counts:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
            tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if verdict != "ok":
                raise BadSnapshot("damaged", str(verdict))
            if not tables >= OURS:
                raise BadSnapshot("no_backup")
            names = tables & Base.metadata.tables.keys()  # of an older version some are still missing
            return {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608  # our own table names
    except sqlite3.DatabaseError as error:
        raise BadSnapshot("damaged", str(error)) from error


def _restore_sqlite(database: Database, file: Path) -> Counts:
    target = Path(make_url(database.url).database or "")
    if target.exists() and target.stat().st_size:
        raise NotEmpty(str(target))
    counts = _verified(file)
    part = target.with_name(target.name + ".part")
    part.write_bytes(file.read_bytes())
    part.rename(target)
    return counts


def _dump(database: Database, part: Path) -> Counts:
    counts: Counts = {}
    with (
        database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        gzip.open(part, "wt", encoding="utf-8") as out,
    ):
        out.write(json.dumps({"format": FORMAT, "revision": _revision(connection)}) + "\n")
        for table in Base.metadata.sorted_tables:
            counts[table.name] = 0
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
                out.write(json.dumps([table.name, {key: _plain(value) for key, value in row.items()}]) + "\n")
                counts[table.name] += 1
        out.write(json.dumps({"counts": counts}) + "\n")
    return counts


def _load(database: Database, file: Path) -> Counts:
    if not is_current(database):
        migrate(database)
    with database.schema_change() as connection:
        tables = Base.metadata.sorted_tables
        if any(connection.scalar(select(func.count()).select_from(table)) for table in tables):
            raise NotEmpty("the database already holds rows")
        counts = _insert(connection, _lines(file))
        for table in tables:
            _go_on_numbering(connection, table)
    return counts


def _lines(file: Path) -> Iterator[Any]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as dump:
            head = json.loads(next(dump))
            if head.get("format") != FORMAT:
                raise BadSnapshot("no_backup")
            yield from map(json.loads, dump)
    except (OSError, EOFError, ValueError, StopIteration) as error:
        raise BadSnapshot("damaged", str(error)) from error


def _insert(connection: Connection, lines: Iterator[Any]) -> Counts:
    tables, counts, present = Base.metadata.tables, dict.fromkeys(Base.metadata.tables, 0), ""
    batch: list[dict[str, Any]] = []
    for line in lines:
        name, row = line if isinstance(line, list) else ("", line)
        if batch and (name != present or len(batch) == ROWS_AT_ONCE):
            connection.execute(insert(tables[present]), batch)
            batch = []
        present = name
        if not name:
            if row["counts"] != counts:
                raise BadSnapshot("damaged", "rows are missing")
            return counts
        counts[name] += 1
        batch.append(_typed(tables[name], row))
    raise BadSnapshot("damaged", "it ends too early")


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table.columns[name].type, value) for name, value in row.items()}


def _value(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None or not isinstance(kind, UtcDateTime | Date):
        return value
    return datetime.fromisoformat(value) if isinstance(kind, UtcDateTime) else date.fromisoformat(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _go_on_numbering(connection: Connection, table: Table) -> None:
    """The next row gets a number after the restored ones."""
    column = table.autoincrement_column
    if column is not None:
        name = f"'{table.name}', '{column.name}'"
        largest = f'(SELECT coalesce(max("{column.name}"), 0) + 1 FROM "{table.name}")'  # noqa: S608  # our own names
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence({name}), {largest}, false)"))


def _revision(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))
