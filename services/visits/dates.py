"""Dates as people type them on a phone: 3-1, 3月1日, 2026-03-01, 昨天."""

import re
import unicodedata
from datetime import date, timedelta

_DAYS_AGO = {"今天": 0, "today": 0, "昨天": 1, "yesterday": 1, "前天": 2}
_MONTH_AND_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})[日号]?")
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")


def parse_day(text: str, today: date) -> date | None:
    """The day that was meant, or None. Without a year it is the last such day: 12-30 typed in January is past."""
    typed = unicodedata.normalize("NFKC", text).strip().lower().replace(" ", "")
    if typed in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[typed])
    found = _EIGHT_DIGITS.fullmatch(typed) or _MONTH_AND_DAY.fullmatch(typed)
    if found is None:
        return None
    year, month, day = found.groups()
    if year is not None:
        return _day(int(year), int(month), int(day))
    this_year = _day(today.year, int(month), int(day))
    if this_year is not None and this_year <= today:
        return this_year
    return _day(today.year - 1, int(month), int(day)) if _is_past(today, int(month)) else this_year


def _is_past(today: date, month: int) -> bool:
    """Half a year decides: 12-30 typed in January was last year, 3-9 typed on 2 March is a slip into the future."""
    return month - today.month > 6


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
