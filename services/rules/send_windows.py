"""When the bot may speak, judged at the moment of sending."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from services.rules.policy import Policy, Window
from services.rules.working_time import WorkCalendar


class Speech(StrEnum):
    """Why the bot speaks."""

    ANSWER = "answer"  # to the person's own act
    NOTICE = "notice"  # news of somebody else's act
    SCHEDULED = "scheduled"  # because the clock says so
    EMERGENCY = "emergency"  # life or property at risk


_AT_ANY_HOUR = frozenset({Speech.ANSWER, Speech.EMERGENCY})


def may_leave(speech: Speech | str, local_now: datetime, policy: Policy, calendar: WorkCalendar) -> bool:
    if speech in _AT_ANY_HOUR:
        return True
    now = local_now.time()
    return any(start <= now < end for start, end in _windows(speech, local_now.date(), policy, calendar))


def open_speeches(local_now: datetime, policy: Policy, calendar: WorkCalendar) -> frozenset[Speech]:
    return frozenset(speech for speech in Speech if may_leave(speech, local_now, policy, calendar))


def open_since(local_now: datetime, policy: Policy, calendar: WorkCalendar) -> Mapping[str, datetime | None]:
    """What may leave now, and when its window opened; None for what leaves at any hour."""
    return {
        speech: _opened(speech, local_now, policy, calendar) for speech in open_speeches(local_now, policy, calendar)
    }


def next_opening(speech: Speech | str, local_now: datetime, policy: Policy, calendar: WorkCalendar) -> datetime:
    """The first moment from now on at which it may leave: now itself, or the start of a window, in now's zone."""
    if may_leave(speech, local_now, policy, calendar):
        return local_now
    day, from_time = local_now.date(), local_now.time()
    while (start := _first_start(_windows(speech, day, policy, calendar), from_time)) is None:
        day, from_time = day + timedelta(days=1), time.min
    return datetime.combine(day, start, tzinfo=local_now.tzinfo)


def _opened(speech: Speech, local_now: datetime, policy: Policy, calendar: WorkCalendar) -> datetime | None:
    if speech in _AT_ANY_HOUR:
        return None
    day, now = local_now.date(), local_now.time()
    start = max(start for start, end in _windows(speech, day, policy, calendar) if start <= now < end)
    return datetime.combine(day, start, tzinfo=local_now.tzinfo)


def _windows(speech: Speech | str, day: date, policy: Policy, calendar: WorkCalendar) -> tuple[Window, ...]:
    if speech == Speech.NOTICE:
        return (policy.notice_window,)
    return policy.send_windows if calendar.is_working_day(day) else ()


def _first_start(windows: Iterable[Window], from_time: time) -> time | None:
    return min((start for start, _ in windows if start >= from_time), default=None)
