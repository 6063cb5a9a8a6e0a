from datetime import date, timedelta
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.policy import Tier
from services.rules.visit_status import PAUSED, VisitStatus, VisitStatusKind, visit_status
from services.rules.visits import HouseholdStatus

FRESH, WINDOW, DUE, OVERDUE = (
    VisitStatusKind.FRESH,
    VisitStatusKind.WINDOW,
    VisitStatusKind.DUE,
    VisitStatusKind.OVERDUE,
)
ACTIVE = HouseholdStatus.ACTIVE
CONTACT = date(2026, 3, 1)
LONG_AGO = date(2020, 1, 1)


@pytest.mark.parametrize(
    ("tier", "days_since", "kind", "days_overdue"),
    [
        (Tier.RED, 0, FRESH, 0),
        (Tier.RED, 4, FRESH, 0),
        (Tier.RED, 5, WINDOW, 0),  # ceil(0.6 × 7) = ceil(4.2)
        (Tier.RED, 6, WINDOW, 0),
        (Tier.RED, 7, DUE, 0),
        (Tier.RED, 8, OVERDUE, 1),
        (Tier.YELLOW, 17, FRESH, 0),
        (Tier.YELLOW, 18, WINDOW, 0),
        (Tier.YELLOW, 29, WINDOW, 0),
        (Tier.YELLOW, 30, DUE, 0),
        (Tier.YELLOW, 31, OVERDUE, 1),
        (Tier.GREEN, 53, FRESH, 0),
        (Tier.GREEN, 54, WINDOW, 0),
        (Tier.GREEN, 90, DUE, 0),
        (Tier.GREEN, 455, OVERDUE, 365),  # never disappears
    ],
)
def test_status_follows_the_days_since_the_last_contact(
    tier: Tier, days_since: int, kind: VisitStatusKind, days_overdue: int
) -> None:
    status = visit_status(CONTACT + timedelta(days=days_since), tier, CONTACT, LONG_AGO, ACTIVE, None)
    assert (status.kind, status.days_overdue) == (kind, days_overdue)


def test_window_and_due_date_are_said_as_dates() -> None:
    assert visit_status(CONTACT, Tier.YELLOW, CONTACT, None, ACTIVE, None) == VisitStatus(
        FRESH, due_on=date(2026, 3, 31), window_from=date(2026, 3, 19)
    )


def test_a_new_pairing_starts_with_a_whole_interval() -> None:
    assert visit_status(CONTACT, Tier.RED, None, CONTACT, ACTIVE, None).kind is FRESH


def test_a_contact_before_the_pairing_still_counts() -> None:
    before = CONTACT - timedelta(days=10)
    assert visit_status(CONTACT, Tier.RED, before, CONTACT, ACTIVE, None).days_overdue == 3


def test_a_household_of_nobody_that_nobody_ever_met_is_owed_no_visit() -> None:
    assert visit_status(CONTACT, Tier.RED, None, None, ACTIVE, None) == PAUSED


@pytest.mark.parametrize("status", [HouseholdStatus.AWAY, HouseholdStatus.MOVED, HouseholdStatus.CLOSED, "away"])
def test_only_a_household_in_the_register_is_owed_visits(status: HouseholdStatus) -> None:
    assert visit_status(CONTACT, Tier.RED, LONG_AGO, LONG_AGO, status, None) == PAUSED


@pytest.mark.parametrize(
    ("muted_until", "kind"),
    [
        (None, OVERDUE),
        (CONTACT - timedelta(days=1), OVERDUE),
        (CONTACT, VisitStatusKind.PAUSED),  # the last silent day
        (CONTACT + timedelta(days=1), VisitStatusKind.PAUSED),
    ],
)
def test_a_mute_pauses_up_to_and_including_its_last_day(muted_until: date | None, kind: VisitStatusKind) -> None:
    assert visit_status(CONTACT, Tier.RED, LONG_AGO, LONG_AGO, ACTIVE, muted_until).kind is kind


@pytest.mark.parametrize(
    ("contact", "due_on"),
    [
        (date(2028, 2, 22), date(2028, 2, 29)),  # onto the leap day
        (date(2028, 2, 29), date(2028, 3, 7)),  # from it
        (date(2027, 2, 22), date(2027, 3, 1)),  # where there is none
        (date(2026, 12, 28), date(2027, 1, 4)),  # over the new year
    ],
)
def test_due_dates_cross_month_and_year_ends(contact: date, due_on: date) -> None:
    assert visit_status(contact, Tier.RED, contact, None, ACTIVE, None).due_on == due_on


def test_the_site_may_set_its_own_intervals() -> None:
    status = visit_status(CONTACT, Tier.RED, CONTACT, None, ACTIVE, None, intervals={"red": 10})
    assert (status.window_from, status.due_on) == (date(2026, 3, 7), date(2026, 3, 11))


@given(interval=st.integers(1, 1000))
def test_the_window_opens_after_sixty_percent_of_any_interval_rounded_up(interval: int) -> None:
    status = visit_status(CONTACT, Tier.RED, CONTACT, None, ACTIVE, None, intervals={"red": interval})
    assert status.window_from == CONTACT + timedelta(days=ceil(Fraction(6, 10) * interval))


@given(days=st.integers(0, 400), tier=st.sampled_from(Tier))
def test_without_a_contact_a_visit_only_becomes_more_pressing(days: int, tier: Tier) -> None:
    order = [FRESH, WINDOW, DUE, OVERDUE]
    today, tomorrow = (
        visit_status(CONTACT + timedelta(days=n), tier, CONTACT, None, ACTIVE, None) for n in (days, days + 1)
    )
    assert order.index(today.kind) <= order.index(tomorrow.kind)
    assert today.days_overdue <= tomorrow.days_overdue
