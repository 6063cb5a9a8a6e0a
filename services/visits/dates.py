"""Dates as people type them on a phone: 3-1, 三月一号, 2026-03-01, 昨天, 上周三, 1 Mar."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

_DAYS_AGO = {"今天": 0, "today": 0, "昨天": 1, "yesterday": 1, "前天": 2}
_EXAMPLE_DAYS_AGO = 3  # a day that has no button of its own, and isn't too long ago on any day of the year

_NUMERAL = "[二三]?十[一二三四五六七八九]?|[一二三四五六七八九]"  # up to 39
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})[日号]?",
        rf"(?:(?P<year>\d{{4}})年)?(?P<month>{_NUMERAL})月(?P<day>{_NUMERAL})[日号]?",
        r"(?P<day>\d{1,2})(?P<month>[a-z]{3,9})(?P<year>\d{4})?",
        r"(?P<month>[a-z]{3,9})(?P<day>\d{1,2})(?:,(?P<year>\d{4}))?",
    )
)

_WEEKDAY = re.compile("(?P<last_week>上个?)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def parse_day(text: str, today: date) -> date | None:
    """The day that was meant, or None. Without a year it is the last such day: 12-30 typed in January is past."""
    typed = unicodedata.normalize("NFKC", text).strip().lower().replace(" ", "")
    if typed in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[typed])
    found = next((match for form in _FORMS if (match := form.fullmatch(typed))), None)
    if found is None:
        return _weekday(typed, today)
    month, day = _number(found["month"]), _number(found["day"])
    return _day(int(found["year"]), month, day) if found["year"] else _without_year(month, day, today)


def example_day(today: date) -> str:
    """What somebody might type, so that an example is never one that would be refused."""
    day = today - timedelta(days=_EXAMPLE_DAYS_AGO)
    return f"{day.month}-{day.day}"


def _weekday(typed: str, today: date) -> date | None:
    """周三 is the last Wednesday before today, 上周三 the Wednesday of the week before this one."""
    found = _WEEKDAY.fullmatch(typed)
    weekday = "一二三四五六日".index(found["day"].replace("天", "日")) if found else _place_of(typed, _WEEKDAYS)
    if weekday is None:
        return None
    if found and found["last_week"]:
        return today - timedelta(days=today.weekday() + 7 - weekday)
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def _number(word: str) -> int:
    """3, 三, 二十三, mar; 0 for a word that names no month."""
    if word.isdecimal():
        return int(word)
    if word.isascii():
        month = _place_of(word, _MONTHS)
        return 0 if month is None else month + 1
    tens, ten, ones = word.rpartition("十")
    digits = "〇一二三四五六七八九"
    return (digits.index(tens or "一") * 10 if ten else 0) + digits.index(ones or "〇")


def _place_of(word: str, names: Sequence[str]) -> int | None:
    """Sat, Saturday and what lies between."""
    return next((n for n, name in enumerate(names) if len(word) > 2 and name.startswith(word)), None)


def _without_year(month: int, day: int, today: date) -> date | None:
    this_year = _day(today.year, month, day)
    if this_year is not None and this_year <= today:
        return this_year
    return _day(today.year - 1, month, day) if _is_past(today, month) else this_year


def _is_past(today: date, month: int) -> bool:
    """Half a year decides: 12-30 typed in January was last year, 3-9 typed on 2 March is a slip into the future."""
    return month - today.month > 6


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
