"""How a value of `config.toml` is written: counts, times of day, windows, dates, zones; said plainly where it isn't."""

import json
import re
from datetime import date, time
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from services.rules.policy import Window


def _whole(value: object) -> object:
    if isinstance(value, bool | float):
        raise ValueError("a whole number is needed")
    return value


def _split(value: object) -> object:
    """Lists come from the environment as `a, b` or as JSON."""
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.startswith("[") else [part.strip() for part in value.split(",")]


def _clock(value: object) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value.strip()):
        hour, minute = value.strip().split(":")
        return time(int(hour), int(minute))
    raise ValueError('a time of day such as "08:30" is needed')


def _window(value: object) -> object:
    if not isinstance(value, str):
        return value
    start, dash, end = value.partition("-")
    if not dash:
        raise ValueError('a window such as "08:30-11:30" is needed')
    window = (_clock(start), _clock(end))
    if window[0] >= window[1]:
        raise ValueError("impossible window: it ends before it begins")
    return window


def _day(value: object) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]  # what isn't text raises TypeError
    except (TypeError, ValueError):
        raise ValueError("a date such as 2026-10-01 is needed") from None


def _apart(windows: tuple[Window, ...]) -> tuple[Window, ...]:
    ordered = tuple(sorted(windows))
    if not ordered:
        raise ValueError("impossible: without a window nothing would ever leave")
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise ValueError("impossible: the windows overlap")
    return ordered


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError("unknown time zone; one such as Asia/Shanghai is needed") from None
    return name


Count = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=10_000)]
AtLeastOne = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=10_000)]
ClockTime = Annotated[time, BeforeValidator(_clock)]
Span = Annotated[Window, BeforeValidator(_window)]
Spans = Annotated[tuple[Span, ...], NoDecode, BeforeValidator(_split), AfterValidator(_apart)]
Days = Annotated[frozenset[Annotated[date, BeforeValidator(_day)]], NoDecode, BeforeValidator(_split)]
ZoneName = Annotated[str, AfterValidator(_zone)]
