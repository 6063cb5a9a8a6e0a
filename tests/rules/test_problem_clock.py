from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.rules.policy import Category, Policy
from services.rules.problem_clock import acknowledge_by, act_by, deadline_after_waiting, problem_deadline
from services.rules.working_time import WorkCalendar

POLICY = Policy()
CALENDAR = WorkCalendar(POLICY)


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


THURSDAY = at("2026-03-05T10:00")


@pytest.mark.parametrize(
    ("category", "deadline"),
    [
        (Category.WATER, "2026-03-06T18:00"),
        (Category.POWER, "2026-03-06T18:00"),
        (Category.MEDICAL, "2026-03-06T18:00"),
        (Category.ROADS, "2026-03-16T18:00"),
        (Category.OTHER, "2026-03-16T18:00"),
        (Category.HOUSING, "2026-03-26T18:00"),
        (Category.DISPUTE, "2026-03-26T18:00"),
        ("water", "2026-03-06T18:00"),
    ],
)
def test_each_category_has_its_working_days(category: Category, deadline: str) -> None:
    assert problem_deadline(category, THURSDAY, POLICY, CALENDAR) == at(deadline)


@pytest.mark.parametrize("category", Category)
def test_every_category_has_a_deadline(category: Category) -> None:
    assert problem_deadline(category, THURSDAY, POLICY, CALENDAR) > THURSDAY


def test_the_site_may_set_a_deadline_and_keeps_the_others() -> None:
    policy = Policy(deadline_days={"roads": 2})
    assert problem_deadline(Category.ROADS, THURSDAY, policy, CALENDAR) == at("2026-03-09T18:00")
    assert problem_deadline(Category.WATER, THURSDAY, policy, CALENDAR) == at("2026-03-06T18:00")


def test_a_report_before_national_day_is_due_after_it() -> None:
    assert problem_deadline(Category.WATER, at("2026-09-30T17:00"), POLICY, CALENDAR) == at("2026-10-08T18:00")


@pytest.mark.parametrize(
    ("reported_at", "urgent", "by"),
    [
        ("2026-03-05T10:00", False, "2026-03-06T18:00"),
        ("2026-03-06T23:00", False, "2026-03-09T18:00"),
        ("2026-03-05T10:00", True, "2026-03-05T12:00"),
        ("2026-10-01T23:30", True, "2026-10-02T01:30"),  # a holiday, at night
    ],
)
def test_danger_is_acknowledged_within_two_hours_and_all_else_within_a_working_day(
    reported_at: str, urgent: bool, by: str
) -> None:
    assert acknowledge_by(at(reported_at), urgent, CALENDAR) == at(by)


def test_two_hours_are_two_hours_in_the_night_when_the_clocks_change() -> None:
    by = acknowledge_by(at("2026-03-29T01:30", "Europe/Berlin"), True, CALENDAR)
    assert by.isoformat() == "2026-03-29T04:30:00+02:00"


def test_action_is_due_within_five_working_days() -> None:
    assert act_by(THURSDAY, CALENDAR) == at("2026-03-12T18:00")


@pytest.mark.parametrize(
    ("since", "resumed", "deadline"),
    [
        ("2026-03-05T09:00", "2026-03-05T17:00", "2026-03-06T18:00"),
        ("2026-03-05T09:00", "2026-03-06T09:00", "2026-03-09T18:00"),
        ("2026-03-06T09:00", "2026-03-08T09:00", "2026-03-06T18:00"),  # a weekend costs nobody time
        ("2026-03-05T09:00", "2026-03-12T09:00", "2026-03-13T18:00"),
    ],
)
def test_waiting_moves_the_deadline_by_the_working_days_waited(since: str, resumed: str, deadline: str) -> None:
    moved = deadline_after_waiting(at("2026-03-06T18:00"), at(since), at(resumed), CALENDAR)
    assert moved == at(deadline)


def test_a_site_holiday_moves_a_deadline() -> None:
    site = WorkCalendar(Policy(holidays=frozenset({date(2026, 3, 6)})))
    assert problem_deadline(Category.WATER, THURSDAY, POLICY, site) == at("2026-03-09T18:00")
