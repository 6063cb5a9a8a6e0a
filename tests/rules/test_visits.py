from datetime import UTC, date, datetime, timedelta

import pytest

from services.rules.visits import (
    DateVerdict,
    VisitMethod,
    check_visited_on,
    counts_as_contact,
    may_still_correct,
)

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("method", "counts"),
    [
        (VisitMethod.HOME, True),
        (VisitMethod.PHONE, True),
        (VisitMethod.VIDEO, True),
        (VisitMethod.ELSEWHERE, True),
        (VisitMethod.NOT_HOME, False),
        ("not_home", False),  # as the database holds it
    ],
)
def test_only_meeting_nobody_is_no_contact(method: VisitMethod, counts: bool) -> None:
    assert counts_as_contact(method) is counts


@pytest.mark.parametrize(
    ("visited_on", "verdict"),
    [
        (TODAY, DateVerdict.OK),
        (TODAY + timedelta(days=1), DateVerdict.FUTURE),
        (date(2026, 2, 28), DateVerdict.OK),
        (TODAY - timedelta(days=60), DateVerdict.OK),
        (TODAY - timedelta(days=61), DateVerdict.TOO_OLD),
    ],
)
def test_a_visit_may_be_back_dated_sixty_days_and_never_lies_ahead(visited_on: date, verdict: DateVerdict) -> None:
    assert check_visited_on(visited_on, TODAY, 60) is verdict


def test_a_site_may_allow_no_back_dating_at_all() -> None:
    assert check_visited_on(TODAY, TODAY, 0) is DateVerdict.OK
    assert check_visited_on(TODAY - timedelta(days=1), TODAY, 0) is DateVerdict.TOO_OLD


def test_a_visit_can_be_corrected_for_72_hours_to_the_second() -> None:
    saved = datetime(2026, 3, 2, 23, 59, 30, tzinfo=UTC)
    assert may_still_correct(saved, saved + timedelta(hours=72), 72)
    assert not may_still_correct(saved, saved + timedelta(hours=72, seconds=1), 72)
