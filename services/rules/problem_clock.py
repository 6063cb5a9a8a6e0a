"""By when a problem must be acknowledged, acted upon and resolved. Local times in, local times out."""

from datetime import UTC, datetime, timedelta

from services.rules.policy import DEADLINE_DAYS, Category, Policy
from services.rules.working_time import WorkCalendar

ACKNOWLEDGE_WORKING_DAYS = 1
ACT_WORKING_DAYS = 5
ACKNOWLEDGE_URGENT = timedelta(hours=2)  # of the clock, day or night: life or property is at risk


def acknowledge_by(reported_at_local: datetime, urgent: bool, calendar: WorkCalendar) -> datetime:
    if urgent:
        zone = reported_at_local.tzinfo  # two real hours, also in the night when the clocks change
        return (reported_at_local.astimezone(UTC) + ACKNOWLEDGE_URGENT).astimezone(zone)
    return calendar.deadline(reported_at_local, ACKNOWLEDGE_WORKING_DAYS)


def act_by(reported_at_local: datetime, calendar: WorkCalendar) -> datetime:
    return calendar.deadline(reported_at_local, ACT_WORKING_DAYS)


def problem_deadline(
    category: Category | str, reported_at_local: datetime, policy: Policy, calendar: WorkCalendar
) -> datetime:
    """When it must be resolved; a category that the site's policy leaves out keeps the rule of the field.

    "Not solved" gives a fresh deadline: ask again with the moment of that answer.
    """
    days = policy.deadline_days.get(category, DEADLINE_DAYS[category])
    return calendar.deadline(reported_at_local, days)


def deadline_after_waiting(
    deadline_local: datetime, waiting_since_local: datetime, resumed_at_local: datetime, calendar: WorkCalendar
) -> datetime:
    """Waiting stops the clock: the deadline moves by the working days waited, also when it had already passed.

    Counted date to date, so a wait within one day moves nothing.
    """
    waited = calendar.working_days_between(waiting_since_local.date(), resumed_at_local.date())
    moved_to = calendar.add_working_days(deadline_local.date(), waited)
    return datetime.combine(moved_to, deadline_local.time(), tzinfo=deadline_local.tzinfo)
