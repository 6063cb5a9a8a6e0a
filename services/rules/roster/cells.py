"""What a cell says, once fonts, spaces and the spreadsheet's own ideas are taken away."""

import re
import unicodedata
from datetime import date, time, timedelta

from services.rules.roster.values import Cell

MOST_EXACT = 1e15  # a spreadsheet's numbers hold 15 digits; longer codes come back with wrong last ones
SPACES = re.compile(r"\s+")
HAN = r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
SPACE_IN_CHINESE = re.compile(f"(?<={HAN}) (?={HAN})")
WHOLE_WITH_POINT = re.compile(r"(-?[0-9]+)\.0+")
POWER_OF_TEN = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]+")
INVISIBLE = {"Cc", "Cf"}  # control characters and zero-width or direction marks


def plain(cell: Cell) -> str:
    """Its text, trimmed, lines kept; 12.0 is "12"."""
    if isinstance(cell, str):
        return _visible(cell).strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def one_line(cell: Cell) -> str:
    """For names: "张　三" is "张三", "Anna  Li" is "Anna Li"."""
    return SPACE_IN_CHINESE.sub("", SPACES.sub(" ", plain(cell)))


def compact(cell: Cell) -> str:
    """For codes, numbers and headers: half-width, without any space."""
    return SPACES.sub("", unicodedata.normalize("NFKC", plain(cell)))


def code_text(cell: Cell) -> str:
    text = compact(cell)
    whole = WHOLE_WITH_POINT.fullmatch(text)
    return whole[1] if whole else text


def is_spoilt_code(cell: Cell) -> bool:
    """The spreadsheet made a date or a rounded number of it; the code can't be told any more."""
    if isinstance(cell, bool | date | time | timedelta):
        return True
    if isinstance(cell, float):
        return abs(cell) >= MOST_EXACT
    return isinstance(cell, str) and POWER_OF_TEN.fullmatch(cell.strip()) is not None


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        character for character in text if character in "\n\t" or unicodedata.category(character) not in INVISIBLE
    )
