from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.policy import Policy
from services.rules.working_time import WorkCalendar, last_known_year

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(Policy())


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 3, 2), True),  # an ordinary Monday
        (date(2026, 3, 7), False),  # an ordinary Saturday
        (date(2026, 2, 14), True),  # a Saturday made up for Spring Festival
        (date(2026, 2, 16), False),  # New Year's Eve, a Monday
        (date(2026, 2, 28), True),  # Saturday, made up
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),  # a Wednesday in National Day week
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # Saturday, made up
        (date(2026, 10, 11), False),
        (date(2024, 2, 29), True),  # leap day, a Thursday
    ],
)
def test_statutory_holidays_and_make_up_days_are_known(day: date, worked: bool) -> None:
    assert CALENDAR.is_working_day(day) is worked


@pytest.mark.parametrize(
    ("month", "day", "worked"),
    [
        (1, 1, False),
        (5, 1, False),
        (5, 2, False),
        (5, 3, True),
        (10, 1, False),
        (10, 3, False),
        (10, 4, True),
    ],
)
def test_beyond_the_published_years_only_fixed_date_holidays_are_free(month: int, day: int, worked: bool) -> None:
    unknown = [date(year, month, day) for year in range(last_known_year() + 1, last_known_year() + 8)]
    weekdays = [d for d in unknown if d.weekday() < 5]
    assert weekdays
    assert all(CALENDAR.is_working_day(d) is worked for d in weekdays)
    assert not any(CALENDAR.is_working_day(d) for d in unknown if d.weekday() >= 5)


def test_the_last_known_year_has_a_published_spring_festival_and_the_next_has_not() -> None:
    def free_weekdays(year: int) -> int:
        winter = [date(year, month, day) for month in (1, 2) for day in range(5, 29)]
        return sum(1 for day in winter if day.weekday() < 5 and not CALENDAR.is_working_day(day))

    assert last_known_year() >= 2026
    assert free_weekdays(last_known_year()) >= 4
    assert free_weekdays(last_known_year() + 1) == 0


def test_the_site_may_add_and_remove_days() -> None:
    fair, flood = date(2026, 3, 3), date(2026, 3, 7)
    site = WorkCalendar(Policy(holidays=frozenset({fair}), workdays=frozenset({flood})))
    assert not site.is_working_day(fair)
    assert site.is_working_day(flood)
    both = WorkCalendar(Policy(holidays=frozenset({flood}), workdays=frozenset({flood})))
    assert both.is_working_day(flood)


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 3, 5), 0, date(2026, 3, 5)),
        (date(2026, 3, 7), 0, date(2026, 3, 7)),
        (date(2026, 3, 5), 1, date(2026, 3, 6)),  # Thursday → Friday
        (date(2026, 3, 6), 1, date(2026, 3, 9)),  # Friday → Monday
        (date(2026, 3, 7), 1, date(2026, 3, 9)),  # Saturday → Monday
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # Friday → made-up Saturday
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # over Spring Festival
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # over National Day week
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
    ],
)
def test_working_days_are_counted_date_to_date(day: date, n: int, expected: date) -> None:
    assert CALENDAR.add_working_days(day, n) == expected


@pytest.mark.parametrize(
    ("reported_at", "working_days", "deadline"),
    [
        (datetime(2026, 3, 5, 9, 0), 1, datetime(2026, 3, 6, 18, 0)),  # Thursday → Friday 18:00
        (datetime(2026, 3, 5, 0, 0), 1, datetime(2026, 3, 6, 18, 0)),
        (datetime(2026, 3, 5, 23, 59, 59), 1, datetime(2026, 3, 6, 18, 0)),
        (datetime(2026, 3, 6, 17, 59), 1, datetime(2026, 3, 9, 18, 0)),
        (datetime(2026, 3, 7, 3, 0), 1, datetime(2026, 3, 9, 18, 0)),
        (datetime(2026, 9, 25, 10, 0), 5, datetime(2026, 10, 9, 18, 0)),
        (datetime(2026, 3, 5, 9, 0), 0, datetime(2026, 3, 5, 18, 0)),
    ],
)
def test_a_deadline_is_the_end_of_work_on_its_last_day(
    reported_at: datetime, working_days: int, deadline: datetime
) -> None:
    local = reported_at.replace(tzinfo=SHANGHAI)
    assert CALENDAR.deadline(local, working_days) == deadline.replace(tzinfo=SHANGHAI)


def test_a_deadline_follows_the_sites_hours_and_zone_over_a_clock_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    site = WorkCalendar(Policy(working_hours=((time(13), time(16, 30)), (time(8), time(12)))))
    deadline = site.deadline(datetime(2026, 3, 27, 12, 0, tzinfo=berlin), 1)  # the Friday before summer time
    assert deadline == datetime(2026, 3, 30, 16, 30, tzinfo=berlin)
    assert deadline.isoformat().endswith("+02:00")


DAYS = st.dates(date(2003, 6, 1), date(2035, 1, 1))


@given(day=DAYS, n=st.integers(0, 30))
def test_adding_working_days_lands_on_working_days_and_can_be_undone(day: date, n: int) -> None:
    end = CALENDAR.add_working_days(day, n)
    assert n == 0 or CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(day, end) == n


@given(day=DAYS, later=st.integers(0, 20), n=st.integers(1, 20), more=st.integers(0, 20))
def test_a_later_start_or_more_days_never_end_earlier(day: date, later: int, n: int, more: int) -> None:
    later_day = date.fromordinal(day.toordinal() + later)
    assert CALENDAR.add_working_days(day, n) <= CALENDAR.add_working_days(later_day, n + more)


@given(day=DAYS)
def test_the_next_working_day_skips_nothing_but_free_days(day: date) -> None:
    following = CALENDAR.next_working_day(day)
    between = range(day.toordinal() + 1, following.toordinal())
    assert not any(CALENDAR.is_working_day(date.fromordinal(n)) for n in between)
