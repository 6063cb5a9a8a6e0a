"""Walks the XML of a workbook before the reader does: no document types, no cell far outside.

The reader reserves rows × columns up to the last filled cell and ends the whole process when that is too much.
"""

import re
from collections.abc import Mapping
from xml.parsers import expat

from services.rules.roster.limits import MAX_COLUMNS, MAX_ROWS
from services.rules.roster.values import Unreadable

REFERENCE = re.compile(r"([A-Za-z]{1,4})([0-9]{1,9})")


def scan_part(name: str, content: bytes) -> None:
    """Raises `Unreadable` with `name`, the file the part belongs to."""
    scan = _CellScan(name)
    parser = expat.ParserCreate()
    parser.StartElementHandler = scan.element
    parser.StartDoctypeDeclHandler = scan.document_type  # entities (XXE, billion laughs) need one; workbooks never do
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Unreadable("roster.refused.damaged", {"file": name}) from error


class _CellScan:
    def __init__(self, name: str) -> None:
        self.name = name
        self.row = 0
        self.column = 0

    def element(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "row":
                self.row, self.column = _number(attributes.get("r"), self.row + 1), 0
            case "c":
                self._cell(attributes.get("r"))
            case "v" | "is" if self.column:  # only cells with a value count: formatting reaches down to row 1048576
                self._check()

    def document_type(self, *_: object) -> None:
        raise Unreadable("roster.refused.unsafe", {"file": self.name})

    def _cell(self, reference: str | None) -> None:
        found = REFERENCE.fullmatch(reference or "")
        if found is None:
            self.column += 1
        else:
            self.column, self.row = _column_number(found[1]), int(found[2])

    def _check(self) -> None:
        if self.row > MAX_ROWS:
            raise Unreadable("roster.refused.too_many_rows", {"file": self.name, "most": MAX_ROWS})
        if self.column > MAX_COLUMNS:
            raise Unreadable("roster.refused.too_many_columns", {"file": self.name, "most": MAX_COLUMNS})


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
