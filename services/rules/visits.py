"""What a visit record may say, and which records count as a contact."""

from datetime import date, datetime, timedelta
from enum import StrEnum


class HouseholdStatus(StrEnum):
    """状态: only households in the register (`active`) are owed visits; nothing is ever deleted."""

    ACTIVE = "active"
    AWAY = "away"
    MOVED = "moved"
    CLOSED = "closed"


GONE = frozenset({HouseholdStatus.MOVED, HouseholdStatus.CLOSED})  # off the register: nobody visits it any more


class VisitMethod(StrEnum):
    """How the contact came about, in the order in which people are offered it."""

    HOME = "home"
    PHONE = "phone"
    VIDEO = "video"
    ELSEWHERE = "elsewhere"
    NOT_HOME = "not_home"


class Condition(StrEnum):
    """How the household was found."""

    STEADY = "steady"
    CHANGED = "changed"
    TROUBLE = "trouble"


class DateVerdict(StrEnum):
    """Whether a visit may carry this date."""

    OK = "ok"
    FUTURE = "future"
    TOO_OLD = "too_old"


def counts_as_contact(method: VisitMethod | str) -> bool:
    """Not meeting anybody is an attempt: it is kept, and it doesn't move the next due date."""
    return method != VisitMethod.NOT_HOME


def check_visited_on(visited_on: date, today: date, backdate_days: int) -> DateVerdict:
    """Both dates are the site's; exactly `backdate_days` ago is still accepted."""
    if visited_on > today:
        return DateVerdict.FUTURE
    if (today - visited_on).days > backdate_days:
        return DateVerdict.TOO_OLD
    return DateVerdict.OK


def may_still_correct(recorded_at: datetime, now: datetime, correction_hours: int) -> bool:
    """Counted from the moment of saving, not from the day of the visit; both moments aware."""
    return now - recorded_at <= timedelta(hours=correction_hours)
