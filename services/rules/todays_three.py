"""今日走访: the at most three households that a cadre is advised to see today, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.rules.policy import Tier
from services.rules.visit_status import VisitStatus, VisitStatusKind

AT_MOST = 3

_TIER_ORDER = {tier: place for place, tier in enumerate((Tier.RED, Tier.YELLOW, Tier.GREEN))}
_PRESSING = {VisitStatusKind.DUE: 0, VisitStatusKind.WINDOW: 1}  # overdue comes before both


@dataclass(frozen=True)
class Candidate:
    household_id: int
    tier: Tier
    village_id: int | None  # None: directly under the town
    status: VisitStatus
    code: str


@dataclass(frozen=True)
class Pick:
    """`reason` says why today: overdue by `days_overdue`, due today, or welcome until `due_on`."""

    household_id: int
    reason: VisitStatus


def todays_three(candidates: Sequence[Candidate]) -> list[Pick]:
    """Ordered by tier, then days overdue, then the first one's village, so that one trip serves several.

    Nobody is picked to fill up the list: whoever isn't overdue, due or in the window is left in peace.
    """
    eligible = [candidate for candidate in candidates if _is_eligible(candidate.status)]
    if not eligible:
        return []
    first = min(eligible, key=lambda candidate: (*_urgency(candidate), *_tie(candidate)))
    village = first.village_id
    eligible.sort(key=lambda c: (c is not first, *_urgency(c), c.village_id != village, *_tie(c)))
    return [Pick(candidate.household_id, candidate.status) for candidate in eligible[:AT_MOST]]


def _is_eligible(status: VisitStatus) -> bool:
    return status.kind not in (VisitStatusKind.FRESH, VisitStatusKind.PAUSED)


def _urgency(candidate: Candidate) -> tuple[int, int]:
    status = candidate.status
    return _TIER_ORDER[candidate.tier], _PRESSING.get(status.kind, -status.days_overdue)


def _tie(candidate: Candidate) -> tuple[int, str]:
    """The earlier end of the window, then the code in byte order."""
    due_on = candidate.status.due_on
    return due_on.toordinal() if due_on else 0, candidate.code
