from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.policy import Tier
from services.rules.todays_three import Candidate, todays_three
from services.rules.visit_status import PAUSED, VisitStatus, VisitStatusKind

TODAY = date(2026, 3, 2)


def status(days_late: int) -> VisitStatus:
    """Overdue by so many days, due today at 0, in the window below."""
    due_on = TODAY - timedelta(days=days_late)
    kind = VisitStatusKind.WINDOW
    if days_late >= 0:
        kind = VisitStatusKind.OVERDUE if days_late else VisitStatusKind.DUE
    return VisitStatus(kind, due_on, TODAY - timedelta(days=20), max(days_late, 0))


FRESH = VisitStatus(VisitStatusKind.FRESH, TODAY + timedelta(days=9), TODAY + timedelta(days=4))


def candidate(code: str, days_late: int = 0, *, tier: Tier = Tier.GREEN, village: int | None = 1) -> Candidate:
    return Candidate(ord(code), tier, village, status(days_late), code)


def picked(candidates: list[Candidate]) -> str:
    return "".join(chr(pick.household_id) for pick in todays_three(candidates))


@pytest.mark.parametrize(
    ("candidates", "order"),
    [
        ([], ""),
        ([candidate("d"), candidate("b"), candidate("c"), candidate("a")], "abc"),  # by code, at most three
        ([candidate("a", 9), candidate("b", tier=Tier.YELLOW), candidate("c", -1, tier=Tier.RED)], "cba"),
        ([candidate("a", 1), candidate("b", 30), candidate("c", 2)], "bca"),  # days overdue
        ([candidate("a", -1), candidate("b", 0), candidate("c", 1)], "cba"),  # overdue, due, in the window
        # the same village as the first, but only among equally urgent ones
        ([candidate("a", 5, village=2), candidate("b", village=1), candidate("c", village=2)], "acb"),
        ([candidate("a", 5, village=2), candidate("b", 1, village=1), candidate("c", village=2)], "abc"),
        ([candidate("a", 5, village=None), candidate("b"), candidate("c", village=None)], "acb"),
        # in the window: one village before an earlier last day, then the earlier last day
        ([candidate("a", -1, village=1), candidate("b", -3, village=1), candidate("c", -2, village=2)], "abc"),
        ([candidate("a", -3, village=1), candidate("b", -1, village=2), candidate("c", -2, village=3)], "bca"),
    ],
)
def test_order_of_the_three(candidates: list[Candidate], order: str) -> None:
    assert picked(candidates) == order
    assert picked(candidates[::-1]) == order


def test_with_nobody_in_need_nobody_is_picked() -> None:
    rested = [Candidate(1, Tier.RED, 1, FRESH, "a"), Candidate(2, Tier.RED, 1, PAUSED, "b")]
    assert todays_three(rested) == []


def test_every_pick_carries_the_reason() -> None:
    late, due, soon = candidate("a", 3), candidate("b", 0), candidate("c", -4)
    reasons = [pick.reason for pick in todays_three([soon, due, late])]
    assert [(r.kind, r.days_overdue) for r in reasons] == [
        (VisitStatusKind.OVERDUE, 3),
        (VisitStatusKind.DUE, 0),
        (VisitStatusKind.WINDOW, 0),
    ]
    assert reasons[-1].due_on == date(2026, 3, 6)  # "any day until"


@given(
    st.lists(
        st.builds(
            candidate,
            st.sampled_from("abcdefgh"),
            st.integers(-3, 3),
            tier=st.sampled_from(Tier),
            village=st.integers(1, 2),
        ),
        max_size=8,
        unique_by=lambda c: c.code,
    )
)
def test_nobody_more_urgent_is_left_out(candidates: list[Candidate]) -> None:
    picks = {pick.household_id for pick in todays_three(candidates)}
    assert len(picks) == min(3, len(candidates))

    def urgency(c: Candidate) -> tuple[int, int]:
        return list(Tier).index(c.tier), -c.status.days_overdue

    left = [urgency(c) for c in candidates if c.household_id not in picks]
    assert not left or max(urgency(c) for c in candidates if c.household_id in picks) <= min(left)
