"""One data row, read column by column; what is wrong with a cell is remarked where it is read."""

import re
import unicodedata
from collections.abc import Sequence

from services.rules.phones import normalise_phone
from services.rules.roster.cells import code_text, compact, is_spoilt_code, one_line, plain
from services.rules.roster.codes import CodeBook
from services.rules.roster.findings import Findings
from services.rules.roster.headers import Sheet
from services.rules.roster.values import Cell, Param

NO_VALUE = {"-", "--", "—", "——", "/", "无", "暂无"}  # how people leave a cell empty
FOOTERS = ("合计", "总计", "小计", "填表人", "填报人", "制表人", "审核人", "注:", "备注:", "说明:")
FORMULA_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")
WHOLE_NUMBER = re.compile(r"(-?[0-9]{1,6})(?:\.0+)?[人口户名]?")
PHONE_BORDER = re.compile(r"[、,;/|\n]+")
ID_NUMBER = re.compile(r"(?<!\d)\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])")
MOST_CODES_SHOWN = 5
MOST_OF_CODE = 40  # characters, as the following
MOST_OF_NAME = 60
MOST_OF_PHONE = 40
MOST_OF_TEXT = 2_000


class Row:
    """`sound` until an error is remarked; `own_code` is "" until it has been told (and where it is missing)."""

    def __init__(self, sheet: Sheet, number: int, cells: Sequence[Cell], findings: Findings) -> None:
        self.sheet = sheet
        self.number = number
        self.sound = True
        self.own_code = ""
        self._cells = cells
        self._findings = findings
        self._spoilt: set[str] = set()

    def error(self, field: str | None, problem: str, **params: Param) -> None:
        self.sound = False
        self._findings.error(self.sheet, self.number, field, problem, **params)

    def doubt(self, field: str | None, problem: str, **params: Param) -> None:
        self._findings.doubt(self.sheet, self.number, field, problem, **params)

    def name(self, field: str) -> str:
        """Required; "" with an error where it is missing."""
        text = self._without_id_number(field, one_line(self._cell(field)))
        if not text:
            self._missing(field)
        if _has_doubtful_character(text):
            self.doubt(field, "odd_character", value=text)
        return self._within(field, text, MOST_OF_NAME) or ""

    def text(self, field: str, most: int = MOST_OF_TEXT) -> str | None:
        return self._within(field, self._without_id_number(field, plain(self._cell(field))), most)

    def required_code(self, field: str) -> str:
        """ "" with an error where it is missing."""
        code = self.code(field)
        if code is None:
            self._missing(field)
        return code or ""

    def code(self, field: str) -> str | None:
        cell = self._cell(field)
        text = code_text(cell)
        if not text or text in NO_VALUE:
            return None
        if is_spoilt_code(cell):
            self.error(field, "spoilt_code", value=text)
        elif ID_NUMBER.search(text):
            self.error(field, "id_number_as_code")
        return self._within(field, text, MOST_OF_CODE)

    def reference(self, field: str, book: CodeBook, unknown: str) -> str | None:
        """None for an empty cell; the code as written, with an error, where no single known code fits."""
        written = self.code(field)
        if written is None:
            return None
        fitting = book.fitting(written)
        if len(fitting) > 1:
            self.error(field, "ambiguous_code", value=written, codes="、".join(fitting[:MOST_CODES_SHOWN]))
        elif not fitting:
            self.error(field, unknown, value=written)
        return fitting[0] if len(fitting) == 1 else written

    def required_reference(self, field: str, book: CodeBook, unknown: str) -> str:
        code = self.reference(field, book, unknown)
        if code is None:
            self._missing(field)
        return code or ""

    def words(self, field: str, border: str) -> list[str]:
        """Its parts in comparable form; none for an empty cell."""
        text = plain(self._cell(field)).casefold()
        parts = [compact(part) for part in re.split(border, text)]
        return [part for part in parts if part and part not in NO_VALUE]

    def count(self, field: str, usual: range) -> int | None:
        text = compact(self._cell(field))
        if not text or text in NO_VALUE:
            return None
        whole = WHOLE_NUMBER.fullmatch(text)
        if whole is None:
            self.error(field, "not_a_number", value=text[:MOST_OF_CODE])
            return None
        number = int(whole[1])
        if number < 0:
            self.error(field, "negative", value=number)
        elif number not in usual:
            self.doubt(field, "unusual_size", value=number)
        return number

    def phone(self, field: str) -> str | None:
        """Normalised where that is possible, else as written and doubted; the first one of several."""
        written = unicodedata.normalize("NFKC", plain(self._cell(field)))
        if not written or written in NO_VALUE:
            return None
        parts = [part.strip() for part in PHONE_BORDER.split(written) if part.strip()] or [written]
        if len(parts) > 1:
            self.doubt(field, "only_first_phone")
        return normalise_phone(parts[0]) or self._odd_phone(field, parts[0])

    @property
    def is_blank(self) -> bool:
        """Also for the lines under a table: sums, signatures, remarks."""
        filled = [text for text in map(compact, self._cells) if text]
        return not filled or filled[0].startswith(FOOTERS)

    def remark_formula_errors(self) -> None:
        for field in self.sheet.columns:
            text = plain(self._cell(field))
            if FORMULA_ERROR.fullmatch(text):
                self.error(field, "formula_error", value=text)
                self._spoilt.add(field)

    def _cell(self, field: str) -> Cell:
        column = self.sheet.columns.get(field)
        there = column and column.index < len(self._cells) and field not in self._spoilt
        return self._cells[column.index] if column and there else ""

    def _missing(self, field: str) -> None:
        if field not in self._spoilt:
            self.error(field, "missing")

    def _odd_phone(self, field: str, written: str) -> str | None:
        kept = self._within(field, self._without_id_number(field, written), MOST_OF_PHONE)
        self.doubt(field, "odd_phone")
        return kept

    def _within(self, field: str, text: str, most: int) -> str | None:
        if len(text) > most:
            self.error(field, "too_long", most=most)
        return text[:most] or None

    def _without_id_number(self, field: str, text: str) -> str:
        """Full ID numbers aren't kept (domain, section 4): all but the last four characters are struck out."""
        hidden = ID_NUMBER.sub(lambda found: "*" * 14 + found[0][-4:], text)
        if hidden != text:
            self.doubt(field, "id_number")
        return hidden


def _has_doubtful_character(text: str) -> bool:
    """A question mark or a private character stands where a rare one was lost on the way."""
    return any(character in "?？\ufffd" or unicodedata.category(character) == "Co" for character in text)
