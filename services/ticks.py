"""Everything that the clock does, and when it next may have something to do.

Each tick asks the rows what is due and not yet done: running it twice, late, or in two processes changes nothing.
What is said may be said by a clock that somebody moved (`tick --at`, the demonstration); what is taken away can't be
given back, so housekeeping goes by real time alone.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from models.queries import turns
from models.session import Session
from services.blanking import tick_blanking
from services.digests import tick_digests
from services.office import Office
from services.onboarding.corrections import tick_corrections
from services.pace import tick_forget
from services.problems.questions import tick_questions
from services.reminders import tick_reminders
from services.retention import in_step, tick_retention
from services.rules.policy import Policy
from services.rules.working_time import WorkCalendar

Tick = Callable[[Session, Office], int]


def _in_turn(act: Tick) -> Tick:
    """A bot and a `tick` beside it: the second waits, and then finds done what it would have doubled."""

    def taken(session: Session, office: Office) -> int:
        turns.wait_for_the_clock(session)
        return act(session, office)

    return taken


TICKS: tuple[tuple[str, Tick], ...] = (
    ("problem questions", _in_turn(tick_questions)),
    ("corrections", _in_turn(tick_corrections)),
    ("reminders", _in_turn(tick_reminders)),
    ("digests", _in_turn(tick_digests)),
)
HOUSEKEEPING: tuple[tuple[str, Tick], ...] = (  # of the running bot, in the office as it is in real time
    ("paces", tick_forget),
    ("blanking", in_step(tick_blanking)),
    ("retention", _in_turn(in_step(tick_retention))),
)


def run_due(session: Session, office: Office) -> int:
    """Say everything that is due now; returns how much was done."""
    return sum(act(session, office) for _, act in TICKS)


def next_moment(office: Office) -> datetime:
    """The first moment after now, in the site's zone, at which a tick may find work or a message may begin to leave.

    Stepping from one such moment to the next misses nothing.
    """
    now, calendar = office.local_now(), WorkCalendar(office.policy)
    day = now.date()
    while True:
        moments = (datetime.combine(day, hour, tzinfo=now.tzinfo) for hour in _hours(office.policy, calendar, day))
        if later := [moment for moment in moments if moment > now]:
            return min(later)
        day += timedelta(days=1)


def _hours(policy: Policy, calendar: WorkCalendar, day: date) -> set[time]:
    """Midnight, because questions count calendar days; the openings of the day's windows; the hours set by policy."""
    hours = {time.min, policy.notice_window[0]}
    if calendar.is_working_day(day):
        hours |= {start for start, _ in policy.send_windows} | {policy.reminder_time, policy.digest_time}
    return hours
