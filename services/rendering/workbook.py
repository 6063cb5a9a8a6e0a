"""Workbooks of text and numbers: whatever people wrote stays text, nothing in them is ever calculated."""

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.i18n import clean

Cell = str | int | date | datetime | None

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_NAME_LENGTH = 31  # characters; Excel's limit for the name of a sheet
_CELL_LENGTH = 32_767  # UTF-16 units; Excel's limit for a cell
_EXACT_DIGITS = 15  # Excel keeps no more of a number
_NARROWEST, _WIDEST = 8, 60  # columns' widths in half-width characters
_FIRST_YEAR = 1900  # Excel's calendar begins here
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 — the file's own stamp, fixed so that equal rows give equal bytes


@dataclass(frozen=True)
class Sheet:
    """One table; a `datetime` is shown as it stands, so give it in the site's zone."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class _Formats:
    header: Format
    text: Format
    date: Format
    moment: Format


def render_export(sheets: Sequence[Sheet]) -> bytes:
    """An .xlsx file; equal sheets give equal bytes."""
    file = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(file, {"in_memory": True, **never}) as workbook:
        workbook.set_properties({"created": _MADE})
        formats = _formats(workbook)
        for name, sheet in zip(_sheet_names(sheets), sheets, strict=True):
            _write_sheet(workbook.add_worksheet(name), sheet, formats)
    return file.getvalue()


def _formats(workbook: Workbook) -> _Formats:
    # Text format and quote prefix keep "=1+1" text also after somebody edits the cell and presses Enter.
    text = {"num_format": "@", "quote_prefix": True, "valign": "top", "text_wrap": True}
    return _Formats(
        header=workbook.add_format({**text, "bold": True, "bg_color": "#EEEEEE"}),
        text=workbook.add_format(text),
        date=workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
        moment=workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"}),
    )


def _write_sheet(worksheet: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    worksheet.freeze_panes(1, 0)
    for column, title in enumerate(sheet.columns):
        worksheet.write_string(0, column, _text(title), formats.header)
        worksheet.set_column(column, column, _width(sheet, column))
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(worksheet, number, column, cell, formats)


def _write_cell(worksheet: Worksheet, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    match cell:
        case None:
            pass
        case datetime() if cell.year >= _FIRST_YEAR:
            worksheet.write_datetime(row, column, cell.replace(tzinfo=None), formats.moment)
        case date() if cell.year >= _FIRST_YEAR:
            worksheet.write_datetime(row, column, cell, formats.date)
        case int() if len(str(abs(cell))) <= _EXACT_DIGITS:
            worksheet.write_number(row, column, cell)
        case _:
            if text := _text(str(cell)):
                worksheet.write_string(row, column, text, formats.text)


def _text(text: str) -> str:
    """At most what a cell holds; XlsxWriter would leave a longer one out."""
    encoded = clean(text).encode("utf-16-le")
    if len(encoded) <= 2 * _CELL_LENGTH:
        return clean(text)
    return encoded[: 2 * (_CELL_LENGTH - 1)].decode("utf-16-le", "ignore") + "…"


def _width(sheet: Sheet, column: int) -> int:
    cells = [sheet.columns[column], *(row[column] for row in sheet.rows if column < len(row))]
    widest = max(_cell_width(cell) for cell in cells)
    return min(max(widest + 2, _NARROWEST), _WIDEST)


def _cell_width(cell: Cell) -> int:
    """In half-width characters; a Chinese one counts two."""
    text = "0000-00-00 00:00" if isinstance(cell, date) else str(cell or "")[: 2 * _WIDEST]
    lines = text.splitlines() or [""]
    return max(sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in line) for line in lines)


def _sheet_names(sheets: Sequence[Sheet]) -> list[str]:
    """Names that Excel accepts: short, without []:*?/\\, no two alike."""
    names: list[str] = []
    for sheet in sheets:
        wanted = re.sub(r"[\[\]:*?/\\\t\n]", " ", clean(sheet.name)).strip(" '") or "Sheet"
        names.append(_unlike(names, wanted))
    return names


def _unlike(names: Sequence[str], wanted: str) -> str:
    taken = {name.lower() for name in names} | {"history"}  # Excel keeps "History" for itself
    name, number = _shortened(wanted, ""), 1
    while name.lower() in taken:
        number += 1
        name = _shortened(wanted, f" ({number})")
    return name


def _shortened(name: str, ending: str) -> str:
    units = name.encode("utf-16-le")[: 2 * (_NAME_LENGTH - len(ending))]
    return units.decode("utf-16-le", "ignore").strip(" '") + ending
