"""Writing what is sealed: the row's id comes first, then the seal, then one INSERT or UPDATE.

Objects of a session are sealed while it flushes them, and are plain before and after. Statements that write sealed
columns by themselves take their values from `of_row` and the ids of new rows from `take_ids`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import FromClause, event, inspect, text
from sqlalchemy.orm import Session

from models.base import Base
from models.keyring import Keyring
from models.sealed import SealedText

Columns = tuple[tuple[str, SealedText], ...]  # name and type

_PLAIN = "plain"  # in a session's `info`: what its objects held before they were sealed for a flush
_NEXT_IDS = {
    # one writer at a time, so nobody takes them meanwhile
    "sqlite": (
        "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0),"
        " coalesce((SELECT max(id) FROM {table}), 0)) + 1"
    ),
    "postgresql": "SELECT nextval(pg_get_serial_sequence('{table}', 'id')) FROM generate_series(1, {count})",
}


@cache
def sealed_columns(table: FromClause) -> Columns:
    return tuple((c.name, c.type) for c in table.columns if isinstance(c.type, SealedText))


def of_row(session: Session, model: type[Base], row_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, sealed for that row where their column is. Errors: KeyFileError."""
    keyring = _keyring(session)
    named = [(name, kind) for name, kind in sealed_columns(model.__table__) if name in values]
    return {**values, **{name: kind.seal(keyring, row_id, values[name]) for name, kind in named}}


def take_ids(session: Session, model: type[Base], count: int) -> list[int]:
    """Ids for so many new rows, in a write transaction and right before they are inserted."""
    connection = session.connection()
    statement = _NEXT_IDS[connection.dialect.name].format(table=model.__table__, count=count)
    found = list(connection.scalars(text(statement)))
    return found if len(found) == count else list(range(found[0], found[0] + count))


def _seal_objects(session: Session, *_: object) -> None:
    _number(session)
    plain = session.info.setdefault(_PLAIN, [])
    for one in (*session.new, *session.dirty):
        for name, kind in sealed_columns(one.__table__):
            state = inspect(one)
            if state.attrs[name].history.has_changes():
                plain.append((state.dict, name, state.dict[name]))
                state.dict[name] = kind.seal(_keyring(session), one.id, state.dict[name])


def _number(session: Session) -> None:
    """Give new objects the ids that the database would give them."""
    waiting: dict[type[Base], list[Any]] = {}
    for one in session.new:
        if sealed_columns(one.__table__) and one.id is None:
            waiting.setdefault(type(one), []).append(one)
    for model, objects in waiting.items():
        for one, row_id in zip(objects, take_ids(session, model, len(objects)), strict=True):
            one.id = row_id


def _make_plain(session: Session, *_: object) -> None:
    for state, name, value in session.info.pop(_PLAIN, ()):
        state[name] = value


def _keyring(session: Session) -> Keyring:
    keyring: Keyring = session.get_bind().dialect.keyring  # type: ignore[attr-defined]  # set by Database
    return keyring


event.listen(Session, "before_flush", _seal_objects)
event.listen(Session, "after_flush", _make_plain)
event.listen(Session, "after_soft_rollback", _make_plain)  # the flush failed
