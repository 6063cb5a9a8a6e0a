"""Column types whose values are sealed in the database and plain in Python.

Reading: every SELECT brings the row's own id along, so a value opens only for the row it was found in, whoever asks.
Writing: sealing needs the row's id too; `models.sealing` sees to that, and a value that isn't sealed is refused here.
NULL stays NULL, and what is empty is stored as empty text: neither says anything.
"""

import json
from typing import Any

from sqlalchemy import ColumnElement, Dialect, String, Text, cast, literal_column, type_coerce
from sqlalchemy.types import TypeDecorator

from models.envelope import BadSeal, Envelope, seal, unseal
from models.keyring import Keyring

BEFORE_ID = "@"  # stands in no envelope


class Unsealed(Exception):
    """A plain value came to a sealed column: it was written past `models.sealing`."""


class SealedText(TypeDecorator[str]):
    """A text."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        """`place`, as table.column, is part of every seal: it stays as it is where a column is renamed."""
        super().__init__()
        self.place = place

    def seal(self, keyring: Keyring, row_id: int, value: Any) -> Envelope | None:
        """What is stored for it in the row with this id. Errors: KeyFileError."""
        if value is None or isinstance(value, Envelope):
            return value
        text = self.spelled(value)
        return seal(keyring, self.place, row_id, text) if text else Envelope()

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        found_in = cast(column.table.c.id, String)
        return type_coerce(column.concat(literal_column(f"'{BEFORE_ID}'")).concat(found_in), self)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None or isinstance(value, Envelope):
            return value
        if value in ("", {}):
            return ""
        raise Unsealed(self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        envelope, _, row_id = value.rpartition(BEFORE_ID)
        if not row_id.isdigit():
            raise BadSeal(self.place, 0)
        return self.read(unseal(dialect.keyring, self.place, int(row_id), envelope) if envelope else "")  # type: ignore[attr-defined]  # set by Database

    def spelled(self, value: Any) -> str:
        return str(value)

    def read(self, text: str) -> Any:
        return text


class SealedJson(SealedText):
    """Anything that JSON can say; where it is empty, an empty object."""

    cache_ok = True

    def spelled(self, value: Any) -> str:
        return "" if value == {} else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def read(self, text: str) -> Any:
        return json.loads(text) if text else {}
