"""Dates as people type them."""

from datetime import date, timedelta

import pytest

from services.visits.dates import example_day, parse_day

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
        ("三月一日", date(2026, 3, 1)),
        ("二月三号", date(2026, 2, 3)),
        ("二月十号", date(2026, 2, 10)),
        ("二月十九", date(2026, 2, 19)),
        ("二月二十八号", date(2026, 2, 28)),
        ("十二月三十一日", date(2025, 12, 31)),
        ("2026年一月三十日", date(2026, 1, 30)),
        ("1 Mar", date(2026, 3, 1)),
        ("Feb 28", date(2026, 2, 28)),
        ("28 February", date(2026, 2, 28)),
        ("30 Dec 2025", date(2025, 12, 30)),
        ("Dec 30, 2025", date(2025, 12, 30)),
        ("3 Sept", date(2026, 9, 3)),  # half a year ahead: refused as the future, not taken for last year's
        ("3-9", date(2026, 3, 9)),  # a slip into the future stays one, and is refused as such
    ],
)
def test_a_day_is_understood_as_it_was_meant(typed: str, meant: date) -> None:
    assert parse_day(typed, TODAY) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "周",
        "周八",
        "s",
        "su",
        "sunny",
        "二月三十号",
        "一二月三号",
        "十三月一号",
        "32 Mar",
        "1 Mai",
        "Mary 5",
        "2-30",
        "13-1",
        "昨天下午去的",
        "2026-13-01",
        "3-1-2",
        "电话13900001234",
    ],
)
def test_what_is_no_date_is_not_guessed(typed: str) -> None:
    assert parse_day(typed, TODAY) is None


WEDNESDAY, SUNDAY = date(2026, 3, 4), date(2026, 3, 8)


@pytest.mark.parametrize(
    ("typed", "today", "meant"),
    [
        ("周六", TODAY, date(2026, 2, 28)),
        ("星期六", TODAY, date(2026, 2, 28)),
        ("礼拜天", TODAY, date(2026, 3, 1)),
        ("周日", TODAY, date(2026, 3, 1)),
        ("Sat", TODAY, date(2026, 2, 28)),
        ("saturday", TODAY, date(2026, 2, 28)),
        ("Thurs", TODAY, date(2026, 2, 26)),
        ("周一", TODAY, date(2026, 2, 23)),  # today has a word of its own
        ("周二", WEDNESDAY, date(2026, 3, 3)),
        ("周三", SUNDAY, date(2026, 3, 4)),
        ("上周三", TODAY, date(2026, 2, 25)),
        ("上周三", SUNDAY, date(2026, 2, 25)),  # not the 4th: that is this week's
        ("上个星期一", WEDNESDAY, date(2026, 2, 23)),
        ("上周日", WEDNESDAY, date(2026, 3, 1)),
    ],
)
def test_a_day_of_the_week_is_the_last_one_before_today(typed: str, today: date, meant: date) -> None:
    assert parse_day(typed, today) == meant


def test_the_example_is_a_date_that_would_be_taken_on_every_day_of_the_year() -> None:
    for n in range(366 * 4):
        today = TODAY + timedelta(days=n)
        assert parse_day(example_day(today), today) == today - timedelta(days=3)
