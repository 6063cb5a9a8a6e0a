"""When a household's next visit is due; the list, the card, the reminder and the digest all ask here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.rules.policy import VISIT_INTERVAL_DAYS, Tier
from services.rules.visits import HouseholdStatus


class VisitStatusKind(StrEnum):
    FRESH = "fresh"
    WINDOW = "window"
    DUE = "due"
    OVERDUE = "overdue"
    PAUSED = "paused"


@dataclass(frozen=True)
class VisitStatus:
    """Site-local dates. A visit is welcome from `window_from` to `due_on`, both included; a pause has neither."""

    kind: VisitStatusKind
    due_on: date | None
    window_from: date | None
    days_overdue: int = 0


PAUSED = VisitStatus(VisitStatusKind.PAUSED, due_on=None, window_from=None)


def visit_status(
    today: date,
    tier: Tier | str,
    last_contact: date | None,
    paired_since: date | None,
    status: HouseholdStatus | str,
    muted_until: date | None,
    *,
    intervals: Mapping[str, int] = VISIT_INTERVAL_DAYS,
) -> VisitStatus:
    """Counted from the last real contact or else from the pairing; `muted_until` is the last silent day.

    A household that was never contacted and belongs to nobody has nothing to count from: it is paused here,
    and stands on the supervisor's list of households without a cadre.
    """
    counted_from = last_contact or paired_since
    if counted_from is None or status != HouseholdStatus.ACTIVE or _is_muted(today, muted_until):
        return PAUSED
    interval = intervals[tier]
    due_on = counted_from + timedelta(days=interval)
    window_from = counted_from + timedelta(days=_days_until_window(interval))
    kind = _kind(today, window_from, due_on)
    return VisitStatus(kind, due_on, window_from, days_overdue=max((today - due_on).days, 0))


def _is_muted(today: date, muted_until: date | None) -> bool:
    return muted_until is not None and today <= muted_until


def _days_until_window(interval: int) -> int:
    return -(-interval * 3 // 5)  # ceil(0.6 × interval) without the rounding of floats


def _kind(today: date, window_from: date, due_on: date) -> VisitStatusKind:
    if today > due_on:
        return VisitStatusKind.OVERDUE
    if today == due_on:
        return VisitStatusKind.DUE
    return VisitStatusKind.WINDOW if today >= window_from else VisitStatusKind.FRESH
