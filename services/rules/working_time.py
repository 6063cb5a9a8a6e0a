"""Which days are worked, and when a period of working days ends."""

from datetime import date, datetime, time, timedelta

import chinese_calendar
from chinese_calendar import constants as published

from services.rules.policy import Policy

# Beyond the published calendars only the holidays with a fixed date are certain: New Year, Labour Day (two days)
# and National Day (three days), by 《全国年节及纪念日放假办法》 of the State Council as revised in 2024. Spring
# Festival, Qingming, Dragon Boat, Mid-Autumn and the make-up days are announced each autumn for the next year.
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})  # (month, day)
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)

NIGHT_WORK_FROM = time(2)  # local: few people write then; the sweep and the backup


class WorkCalendar:
    """The site's working days: the published calendar, with the site's own days on top. Holds no state, never ages."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def is_working_day(self, day: date) -> bool:
        """A day that the site names as both is worked."""
        if day in self._policy.workdays:
            return True
        return day not in self._policy.holidays and _is_published_working_day(day)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`, never `day` itself."""
        following = day + _ONE_DAY
        while not self.is_working_day(following):
            following += _ONE_DAY
        return following

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after `day`, counted date to date; n = 0 is `day` itself."""
        for _ in range(n):
            day = self.next_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; undoes `add_working_days`."""
        days = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))

    def deadline(self, reported_at_local: datetime, working_days: int) -> datetime:
        """The end of work on the n-th working day after the report, in the report's zone."""
        last_day = self.add_working_days(reported_at_local.date(), working_days)
        end_of_work = max(end for _, end in self._policy.working_hours)
        return datetime.combine(last_day, end_of_work, tzinfo=reported_at_local.tzinfo)


def last_known_year() -> int:
    """The last year whose holidays and make-up days are published to us; later ones are only approximate."""
    last: date = max(published.holidays)
    return last.year


def _is_published_working_day(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # a year that isn't published yet, or before 2004
        return day.weekday() < _SATURDAY and (day.month, day.day) not in _FIXED_HOLIDAYS
