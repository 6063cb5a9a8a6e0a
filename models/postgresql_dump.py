"""All rows of a PostgreSQL database as one stream of lines, as they are stored: what is sealed stays sealed.

A line of JSON says which table comes and how many rows; they follow in the text form of COPY, ended by `\\.`.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from sqlalchemy import Connection, MetaData, Table, func, select, text

from models.bad_snapshot import BadSnapshot, NotEmpty
from models.migrating import is_known, migrate, present_revisions
from models.schema import Base
from models.session import Database

FORMAT = "lianxin-dump-2"
END = b"\\.\n"  # no row can look like it: COPY doubles every backslash
BLOCK = 1 << 16  # bytes of rows handed over at once

Counts = dict[str, int]


def dump(database: Database, out: BinaryIO, going_on: Callable[[], None]) -> Counts:
    """Everything as of one moment, while others write. Returns the rows of each table as PostgreSQL counts them."""
    snapshot = {"isolation_level": "REPEATABLE READ"}
    with database.engine.connect().execution_options(**snapshot) as connection:
        tables = _tables(connection)
        counts = {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        _say(out, {"format": FORMAT, "revision": revision})
        for table in tables:
            _say(out, {"table": table.name, "columns": list(table.columns.keys()), "rows": counts[table.name]})
            with _cursor(connection).copy(f"COPY {_named(table.name, table.columns.keys())} TO STDOUT") as rows:
                for block in rows:
                    out.write(block)
                    going_on()
            out.write(END)
    return counts


def load(database: Database, dumped: BinaryIO) -> Counts:
    """Into a database without rows, all or nothing. Errors: NotEmpty, BadSnapshot."""
    _prepare(database, _head(dumped))
    with database.schema_change() as connection:
        tables = _empty_tables(connection)
        counts: Counts = {}
        for part in _parts(dumped):
            with _cursor(connection).copy(f"COPY {_named(part.table, part.columns)} FROM STDIN") as copy:
                _feed(copy, part.rows())
            counts[part.table] = part.taken
        for table in tables:
            _go_on_numbering(connection, table)
    return counts


def counted(dumped: BinaryIO) -> Counts:
    """The rows that are really in it. Errors: BadSnapshot."""
    _head(dumped)
    return {part.table: sum(1 for _ in part.rows()) for part in _parts(dumped)}


def _head(dumped: BinaryIO) -> str:
    head = json.loads(dumped.readline())
    if head.get("format") != FORMAT:
        raise BadSnapshot("newer", str(head.get("format")))
    return str(head["revision"])


def _prepare(database: Database, revision: str) -> None:
    """The tables as they were when the dump was made; upgrading them with their rows comes later."""
    if not is_known(revision):
        raise BadSnapshot("newer", revision)
    with database.engine.connect() as connection:
        _empty_tables(connection)
    present = present_revisions(database)
    if not present:
        migrate(database, to=revision)
    elif present != {revision}:
        raise BadSnapshot("other_version", revision)


@dataclass
class _Part:
    """One table of a dump; its rows are to be taken before the next part is."""

    table: str
    columns: list[str]
    promised: int
    _dumped: BinaryIO
    taken: int = 0

    def rows(self) -> Iterator[bytes]:
        while (row := self._dumped.readline()) != END:
            if not row:
                raise BadSnapshot("damaged", "it ends too early")
            self.taken += 1
            yield row
        if self.taken != self.promised:
            raise BadSnapshot("damaged", f"rows are missing in {self.table}")


def _parts(dumped: BinaryIO) -> Iterator[_Part]:
    while line := dumped.readline():
        told = json.loads(line)
        yield _Part(told["table"], told["columns"], told["rows"], dumped)


def _feed(copy: Any, rows: Iterator[bytes]) -> None:
    """Many rows with each call."""
    waiting = bytearray()
    for row in rows:
        waiting += row
        if len(waiting) > BLOCK:
            copy.write(bytes(waiting))
            waiting.clear()
    copy.write(bytes(waiting))


def _tables(connection: Connection) -> list[Table]:
    """Ours, as they are there, each after those it refers to."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in Base.metadata.tables)
    return found.sorted_tables


def _empty_tables(connection: Connection) -> list[Table]:
    """Errors: NotEmpty."""
    tables = _tables(connection)
    if any(connection.scalar(select(func.count()).select_from(table)) for table in tables):
        raise NotEmpty("the database already holds rows")
    return tables


def _go_on_numbering(connection: Connection, table: Table) -> None:
    """The next row gets a number after the restored ones."""
    column = table.autoincrement_column
    if column is not None:
        name = f"'{table.name}', '{column.name}'"
        largest = f'(SELECT coalesce(max("{column.name}"), 0) + 1 FROM "{table.name}")'  # noqa: S608  # our own names
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence({name}), {largest}, false)"))


def _named(table: str, columns: Iterable[str]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'"{table}" ({names})'


def _cursor(connection: Connection) -> Any:
    """psycopg's own: SQLAlchemy has no word for COPY."""
    return connection.connection.cursor()


def _say(out: BinaryIO, told: dict[str, Any]) -> None:
    out.write(json.dumps(told).encode() + b"\n")
