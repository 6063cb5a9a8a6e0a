"""Dates as people type them."""

from datetime import date

import pytest

from services.visits.dates import parse_day

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3-1", date(2026, 3, 1)),
        ("03-01", date(2026, 3, 1)),
        ("3/1", date(2026, 3, 1)),
        ("3.1", date(2026, 3, 1)),
        ("3月1日", date(2026, 3, 1)),
        ("3月1号", date(2026, 3, 1)),
        ("2026-03-01", date(2026, 3, 1)),
        ("2026年3月1日", date(2026, 3, 1)),
        ("20260301", date(2026, 3, 1)),
        ("２０２６－０３－０１", date(2026, 3, 1)),
        (" 3 - 1 ", date(2026, 3, 1)),
        ("今天", TODAY),
        ("昨天", date(2026, 3, 1)),
        ("前天", date(2026, 2, 28)),
        ("Yesterday", date(2026, 3, 1)),
        ("12-30", date(2025, 12, 30)),
        ("3-9", date(2026, 3, 9)),  # a slip into the future stays one, and is refused as such
    ],
)
def test_a_day_is_understood_as_it_was_meant(typed: str, meant: date) -> None:
    assert parse_day(typed, TODAY) == meant


@pytest.mark.parametrize(
    "typed", ["", "三月一日", "2-30", "13-1", "昨天下午去的", "2026-13-01", "3-1-2", "电话13900001234"]
)
def test_what_is_no_date_is_not_guessed(typed: str) -> None:
    assert parse_day(typed, TODAY) is None
