"""The clock where clocks are changed twice a year, or stand at half hours: each reminder and digest exactly once."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.services.town_life import DAY, WINDOWS, Life, days, week

LONG = 400  # days, with both changes of the clock
BEGUN = date(2026, 1, 12)  # the pairs of the town are a week old: somebody is overdue every day from now on
CHANGES = {  # a week around each change of the clock
    "Europe/Berlin": (date(2026, 3, 26), date(2026, 10, 22)),
    "America/New_York": (date(2026, 3, 5), date(2026, 10, 29)),
}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what differs is the time


@on_sqlite
@pytest.mark.parametrize(("zone", "first"), [(zone, first) for zone, both in CHANGES.items() for first in both])
def test_a_change_of_the_clock_brings_nothing_twice_and_loses_nothing(
    database_url: str, zone: str, first: date
) -> None:
    assert ZoneInfo(zone).utcoffset(at(first)) != ZoneInfo(zone).utcoffset(at(first + 7 * DAY)), "it is changed"
    each_was_told_exactly_once(database_url, zone, first, first + 7 * DAY)


@pytest.mark.torture
@pytest.mark.timeout(3600)
@on_sqlite
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
def test_four_hundred_days_bring_each_reminder_and_digest_exactly_once(database_url: str, zone: str) -> None:
    each_was_told_exactly_once(database_url, zone, BEGUN, BEGUN + (LONG - 1) * DAY)


def each_was_told_exactly_once(url: str, zone: str, first: date, last: date) -> None:
    life = Life(url, first, ZoneInfo(zone))
    life.live(last)
    worked = [day for day in days(first, last) if life.calendar.is_working_day(day)]
    assert len(worked) > (last - first).days / 2
    assert life.sent("reminder", 101) == [at(day, zone) for day in worked], "overdue each day, and told at its hour"
    for supervisor in (201, 202):
        assert life.sent("digest", supervisor) == [at(day, zone) for day in first_of_each_week(worked)]
        assert told(life.digests(supervisor)) == weeks_before(first, worked[-1])
    assert {one.chat_id for one in life.letters} <= {101, 102, 201, 202}
    assert len({one.key for one in life.letters}) == len(life.letters)
    assert all(any(start <= one.moment.time() < end for start, end in WINDOWS) for one in life.letters)


def at(day: date, zone: str = "UTC") -> datetime:
    """Half past eight, when the office writes."""
    return datetime.combine(day, time(8, 30), tzinfo=ZoneInfo(zone))


def first_of_each_week(worked: list[date]) -> list[date]:
    return [day for n, day in enumerate(worked) if n == 0 or monday(day) != monday(worked[n - 1])]


def told(periods: list[tuple[date, date]]) -> list[tuple[date, date]]:
    """Week by week, though several may be told in one digest."""
    return [week(begun) for first, last in periods for begun in days(first, last) if begun.weekday() == 0]


def weeks_before(first: date, last: date) -> list[tuple[date, date]]:
    """The one before the first day, and each that is over on the last."""
    begun = [day for day in days(monday(first) - 7 * DAY, last) if day.weekday() == 0]
    return [week(one) for one in begun if one + timedelta(weeks=1) <= last]


def monday(day: date) -> date:
    return day - day.weekday() * DAY
