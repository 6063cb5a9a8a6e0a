"""Everything that is sealed in a database, as it lies there: which keys it needs, and sealing it anew."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    Text,
    bindparam,
    cast,
    exists,
    inspect,
    or_,
    select,
    type_coerce,
    update,
)

from models.envelope import VERSION, BadSeal, Envelope, beginning, is_sealed, seal, unseal
from models.keyring import Keyring, UnknownKey, WrongKey
from models.schema import Base
from models.sealing import Columns, sealed_columns
from models.session import Database, Session

AT_EACH_END = 20  # rows of each table that are looked at when the bot starts
AT_ONCE = 200  # rows resealed in one transaction, so that a bot beside doesn't wait long


def holds_sealed(database: Database) -> bool:
    """Whether anything in it needs a key to be read; a database without tables holds nothing."""
    with database.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        stored = [cast(t.c[name], Text) for t in sealed_tables() if t.name in there for name, _ in sealed_columns(t)]
        return any(connection.scalar(select(exists().where(one.like(f"{VERSION}.%")))) for one in stored)


def require_keys(database: Database) -> None:
    """The file must hold the keys of the oldest and the newest rows: a foreign one is noticed before anything runs.

    One value opened under each of them is enough, so that a single damaged one stops nobody.
    Errors: KeyFileError, of these UnknownKey where another key is needed, WrongKey where one opens nothing.
    """
    database.keyring.require()
    known, opens = set(database.keyring.key_ids), dict[str, bool]()
    with database.reading() as session:
        for place, row_id, stored in _at_both_ends(session):
            key_id = _key_of(stored)
            if key_id not in known:
                raise UnknownKey(database.keyring.file, key_id)
            if not opens.get(key_id):
                opens[key_id] = _opens(database.keyring, place, row_id, stored)
    for key_id, is_right in opens.items():
        if not is_right:
            raise WrongKey(database.keyring.file, key_id)


def require_all_keys(database: Database) -> None:
    """The same for every row, however long that takes. Errors: as `require_keys`."""
    require_keys(database)
    ours = [beginning(key_id) for key_id in database.keyring.key_ids]
    with database.reading() as session:
        for table in sealed_tables():
            for stored in (_stored(table, name) for name, _ in sealed_columns(table)):
                foreign = stored.like(f"{VERSION}.%") & ~or_(*(stored.like(f"{one}%") for one in ours))
                found = session.scalar(select(stored).where(foreign).limit(1))
                if found is not None and is_sealed(found):
                    raise UnknownKey(database.keyring.file, _key_of(found))


def is_all_current(database: Database) -> bool:
    """Whether everything is sealed with the current key."""
    with database.reading() as session:
        current = database.keyring.current
        return not any(session.scalar(select(exists().where(_is_older(t, current)))) for t in sealed_tables())


def reseal(database: Database, table: Table) -> int:
    """Seal with the current key what an older one sealed, a commit for each batch; returns how many rows."""
    count, last_id = 0, 0
    while True:
        with database.transaction() as session:
            rows = _older_rows(session, table, database.keyring.current, last_id)
            _write(session, database, table, rows)
        if not rows:
            return count
        count, last_id = count + len(rows), rows[-1].id


def sealed_tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if sealed_columns(table)]


def _older_rows(session: Session, table: Table, current: str, last_id: int) -> list[Row[Any]]:
    columns = (_stored(table, name).label(name) for name, _ in sealed_columns(table))
    query = select(table.c.id, *columns).where(table.c.id > last_id, _is_older(table, current))
    return list(session.execute(query.order_by(table.c.id).limit(AT_ONCE).with_for_update()))


def _write(session: Session, database: Database, table: Table, rows: list[Row[Any]]) -> None:
    columns = sealed_columns(table)
    change = (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values({name: bindparam(f"new_{name}") for name, _ in columns})
    )
    if rows:
        session.connection().execute(change, [_resealed(database, columns, row) for row in rows])


def _resealed(database: Database, columns: Columns, row: Row[Any]) -> dict[str, Any]:
    def anew(place: str, stored: str | None) -> Envelope | None:
        if stored is None or not is_sealed(stored):
            return stored if stored is None else Envelope(stored)
        return seal(database.keyring, place, row.id, unseal(database.keyring, place, row.id, stored))

    return {"row_id": row.id} | {f"new_{name}": anew(kind.place, getattr(row, name)) for name, kind in columns}


def _at_both_ends(session: Session) -> Iterator[tuple[str, int, str]]:
    """Place, row and value."""
    for table in sealed_tables():
        places = [kind.place for _, kind in sealed_columns(table)]
        columns = [_stored(table, name).label(name) for name, _ in sealed_columns(table)]
        for order in (table.c.id, table.c.id.desc()):
            for row_id, *row in session.execute(select(table.c.id, *columns).order_by(order).limit(AT_EACH_END)):
                found = zip(places, row, strict=True)
                yield from ((place, row_id, stored) for place, stored in found if stored and is_sealed(stored))


def _key_of(stored: str) -> str:
    return stored.split(".")[1]


def _opens(keyring: Keyring, place: str, row_id: int, stored: str) -> bool:
    try:
        unseal(keyring, place, row_id, stored)
    except BadSeal:
        return False
    return True


def _is_older(table: Table, current: str) -> ColumnElement[bool]:
    stored = [_stored(table, name) for name, _ in sealed_columns(table)]
    return or_(*((one.like(f"{VERSION}.%")) & one.not_like(f"{beginning(current)}%") for one in stored))


def _stored(table: Table, name: str) -> ColumnElement[Any]:
    return type_coerce(table.c[name], Text)
