""".csv files: which encoding, which separator, and never half a file taken for a whole one."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice
from pathlib import PurePath

from services.rules.roster.limits import MAX_COLUMNS, MAX_ROWS
from services.rules.roster.values import Table, Unreadable

SEPARATORS = ",;\t"
SAMPLE_ROWS = 30


def read_delimited(name: str, data: bytes) -> Table:
    """The sheet's name is the file's without its ending. Raises `Unreadable`."""
    text = _decoded(name, data)
    try:
        rows = list(_within_limits(name, _parsed(text, _separator(text))))
    except csv.Error as error:
        raise Unreadable("roster.refused.broken_csv", {"file": name}) from error
    return Table(PurePath(name).stem, rows)


def _decoded(name: str, data: bytes) -> str:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable("roster.refused.not_text", {"file": name})


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)  # what spreadsheets call "Unicode text"
    return ("utf-8-sig", "gb18030")


def _separator(text: str) -> str:
    """The one that cuts the first rows into the most pieces: a title row has none, a remark has few."""
    return max(SEPARATORS, key=lambda separator: _pieces(text, separator))


def _pieces(text: str, separator: str) -> int:
    try:
        return sum(len(row) for row in islice(csv.reader(_lines(text), delimiter=separator), SAMPLE_ROWS))
    except csv.Error:  # uncut, a long line is one field that is too long
        return 0


def _parsed(text: str, separator: str) -> Iterator[list[str]]:
    # strict: a forgotten quotation mark would otherwise swallow the rest of the file in silence
    return csv.reader(_lines(text), delimiter=separator, strict=True)


def _lines(text: str) -> Iterable[str]:
    return StringIO(text, newline="")


def _within_limits(name: str, rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Without the empty cells at the end of a row and the empty rows behind the limit, which spreadsheets leave."""
    for number, row in enumerate(map(_without_empty_end, rows), start=1):
        if row and number > MAX_ROWS:
            raise Unreadable("roster.refused.too_many_rows", {"file": name, "most": MAX_ROWS})
        if len(row) > MAX_COLUMNS:
            raise Unreadable("roster.refused.too_many_columns", {"file": name, "most": MAX_COLUMNS})
        if number <= MAX_ROWS:
            yield row


def _without_empty_end(row: list[str]) -> list[str]:
    while row and not row[-1].strip():
        row.pop()
    return row
