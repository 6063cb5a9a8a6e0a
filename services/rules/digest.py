"""Which weeks a digest covers, and when each is due. Site-local dates."""

from datetime import date, datetime, time, timedelta

from services.rules.working_time import WorkCalendar

Period = tuple[date, date]  # Monday and Sunday, both included

_ONE_WEEK = timedelta(days=7)


def digest_period(today: date) -> Period:
    """The last week that is over: on a Sunday still the one before."""
    sunday = today - timedelta(days=today.weekday() + 1)
    return _week_ending(sunday)


def digest_day(period_end: date, calendar: WorkCalendar) -> date:
    return calendar.next_working_day(period_end)


def due_periods(
    last_sent_sunday: date | None, local_now: datetime, digest_time: time, calendar: WorkCalendar
) -> list[Period]:
    """The weeks not yet sent whose hour has come, oldest first; several together go as one message.

    A subscriber who never got one starts with the last week, without the past.
    """
    last_sunday = digest_period(local_now.date())[1]
    sunday = last_sent_sunday + _ONE_WEEK if last_sent_sunday else last_sunday
    due = []
    while sunday <= last_sunday and _hour_has_come(sunday, local_now, digest_time, calendar):
        due.append(_week_ending(sunday))
        sunday += _ONE_WEEK
    return due


def _week_ending(sunday: date) -> Period:
    return sunday - timedelta(days=6), sunday


def _hour_has_come(sunday: date, local_now: datetime, digest_time: time, calendar: WorkCalendar) -> bool:
    return (digest_day(sunday, calendar), digest_time) <= (local_now.date(), local_now.time())
