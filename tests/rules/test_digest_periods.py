from datetime import date, datetime, time, timedelta

import pytest

from services.rules.digest import digest_day, digest_period, due_periods
from services.rules.policy import Policy
from services.rules.working_time import WorkCalendar

CALENDAR = WorkCalendar(Policy())
HALF_PAST_EIGHT = time(8, 30)


@pytest.mark.parametrize(
    ("today", "monday", "sunday"),
    [
        (date(2026, 3, 2), date(2026, 2, 23), date(2026, 3, 1)),  # a Monday: the week just over
        (date(2026, 3, 7), date(2026, 2, 23), date(2026, 3, 1)),
        (date(2026, 3, 8), date(2026, 2, 23), date(2026, 3, 1)),  # a Sunday: its week isn't over
        (date(2026, 3, 9), date(2026, 3, 2), date(2026, 3, 8)),
        (date(2024, 3, 4), date(2024, 2, 26), date(2024, 3, 3)),  # with a leap day
        (date(2027, 1, 1), date(2026, 12, 21), date(2026, 12, 27)),
    ],
)
def test_a_digest_covers_the_last_complete_week(today: date, monday: date, sunday: date) -> None:
    assert digest_period(today) == (monday, sunday)


@pytest.mark.parametrize(
    ("sunday", "day"),
    [
        (date(2026, 3, 1), date(2026, 3, 2)),
        (date(2026, 4, 5), date(2026, 4, 7)),  # Monday is free for Qingming
        (date(2026, 2, 15), date(2026, 2, 24)),  # Spring Festival
        (date(2026, 2, 22), date(2026, 2, 24)),
        (date(2026, 10, 4), date(2026, 10, 8)),  # National Day
    ],
)
def test_a_digest_is_sent_on_the_first_working_day_after_its_week(sunday: date, day: date) -> None:
    assert digest_day(sunday, CALENDAR) == day


def week(sunday: str) -> tuple[date, date]:
    end = date.fromisoformat(sunday)
    return end - timedelta(days=6), end


@pytest.mark.parametrize(
    ("last_sent", "now", "due"),
    [
        ("2026-02-22", "2026-03-02T08:29:59", []),
        ("2026-02-22", "2026-03-02T08:30", ["2026-03-01"]),
        ("2026-03-01", "2026-03-02T08:30", []),  # already sent
        ("2026-02-22", "2026-03-08T23:59", ["2026-03-01"]),  # missed on Monday, still sent once
        ("2026-02-22", "2026-03-09T00:00", ["2026-03-01"]),  # the next isn't due before its hour
        ("2026-02-22", "2026-03-09T08:30", ["2026-03-01", "2026-03-08"]),
        ("2026-02-08", "2026-02-23T12:00", []),  # the whole festival is free
        ("2026-02-08", "2026-02-24T08:30", ["2026-02-15", "2026-02-22"]),  # two due together
        (None, "2026-03-02T08:29", []),
        (None, "2026-03-02T08:30", ["2026-03-01"]),
        (None, "2026-02-24T08:30", ["2026-02-22"]),  # a new subscriber gets no past
        ("2026-03-08", "2026-03-02T08:30", []),  # sent ahead, the clock was set back
    ],
)
def test_what_is_due_is_what_was_not_sent_and_whose_hour_has_come(
    last_sent: str | None, now: str, due: list[str]
) -> None:
    last_sunday = date.fromisoformat(last_sent) if last_sent else None
    periods = due_periods(last_sunday, datetime.fromisoformat(now), HALF_PAST_EIGHT, CALENDAR)
    assert periods == [week(sunday) for sunday in due]


@pytest.mark.parametrize("hours_between_ticks", [1, 5, 24, 200])
def test_over_a_year_every_week_is_sent_once_however_rarely_the_clock_ticks(hours_between_ticks: int) -> None:
    now, last, sent = datetime(2026, 1, 5, 8, 30), date(2025, 12, 28), []
    while now < datetime(2027, 1, 31):
        for period in due_periods(last, now, HALF_PAST_EIGHT, CALENDAR):
            sent.append(period)
            last = period[1]
        now += timedelta(hours=hours_between_ticks)
    assert sent[:52] == [week(str(date(2026, 1, 4) + timedelta(weeks=n))) for n in range(52)]
