from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.policy import Policy
from services.rules.send_windows import Speech, may_leave, next_opening, open_since, open_speeches
from services.rules.working_time import WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = Policy()
CALENDAR = WorkCalendar(POLICY)
ALWAYS = {Speech.ANSWER, Speech.EMERGENCY}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "also"),
    [
        ("2026-03-02T00:00", set()),
        ("2026-03-02T06:59:59", set()),
        ("2026-03-02T07:00", {Speech.NOTICE}),
        ("2026-03-02T08:29:59", {Speech.NOTICE}),
        ("2026-03-02T08:30", {Speech.NOTICE, Speech.SCHEDULED}),
        ("2026-03-02T11:29:59", {Speech.NOTICE, Speech.SCHEDULED}),
        ("2026-03-02T11:30", {Speech.NOTICE}),
        ("2026-03-02T14:30", {Speech.NOTICE, Speech.SCHEDULED}),
        ("2026-03-02T17:59:59.999999", {Speech.NOTICE, Speech.SCHEDULED}),
        ("2026-03-02T18:00", {Speech.NOTICE}),
        ("2026-03-02T20:59:59", {Speech.NOTICE}),
        ("2026-03-02T21:00", set()),
        ("2026-03-07T09:00", {Speech.NOTICE}),  # Saturday
        ("2026-02-14T09:00", {Speech.NOTICE, Speech.SCHEDULED}),  # made-up Saturday
        ("2026-10-01T09:00", {Speech.NOTICE}),  # National Day
    ],
)
def test_what_may_leave_when(moment: str, also: set[Speech]) -> None:
    assert open_speeches(at(moment), POLICY, CALENDAR) == ALWAYS | also


@pytest.mark.parametrize(
    ("moment", "notice", "scheduled"),
    [
        ("2026-03-02T07:00", "2026-03-02T07:00", None),
        ("2026-03-02T11:29", "2026-03-02T07:00", "2026-03-02T08:30"),
        ("2026-03-02T14:30", "2026-03-02T07:00", "2026-03-02T14:30"),
        ("2026-03-07T20:59", "2026-03-07T07:00", None),  # Saturday
        ("2026-03-02T21:00", None, None),
    ],
)
def test_since_when_a_window_is_open(moment: str, notice: str | None, scheduled: str | None) -> None:
    windows = {Speech.NOTICE: notice, Speech.SCHEDULED: scheduled}
    opened = {speech: at(start) for speech, start in windows.items() if start}
    assert open_since(at(moment), POLICY, CALENDAR) == dict.fromkeys(ALWAYS) | opened


@pytest.mark.parametrize(
    ("speech", "moment", "opening"),
    [
        (Speech.ANSWER, "2026-03-02T03:00", "2026-03-02T03:00"),
        (Speech.EMERGENCY, "2026-10-01T03:00", "2026-10-01T03:00"),
        (Speech.NOTICE, "2026-03-02T03:00", "2026-03-02T07:00"),
        (Speech.NOTICE, "2026-03-02T21:00", "2026-03-03T07:00"),
        (Speech.NOTICE, "2026-02-28T23:00", "2026-03-01T07:00"),  # a Sunday is fine for news
        (Speech.SCHEDULED, "2026-03-02T09:15", "2026-03-02T09:15"),
        (Speech.SCHEDULED, "2026-03-02T12:00", "2026-03-02T14:30"),
        (Speech.SCHEDULED, "2026-03-02T18:00", "2026-03-03T08:30"),
        (Speech.SCHEDULED, "2026-03-06T18:00", "2026-03-09T08:30"),  # over the weekend
        (Speech.SCHEDULED, "2026-02-14T18:00", "2026-02-24T08:30"),  # over Spring Festival
        (Speech.SCHEDULED, "2026-12-31T23:59:59", "2027-01-04T08:30"),  # into an unpublished year
    ],
)
def test_the_next_opening_is_now_or_the_start_of_a_window(speech: Speech, moment: str, opening: str) -> None:
    assert next_opening(speech, at(moment), POLICY, CALENDAR) == at(opening)


def test_windows_may_be_configured_in_any_order() -> None:
    policy = Policy(send_windows=((time(14), time(15)), (time(9), time(10))))
    assert next_opening(Speech.SCHEDULED, at("2026-03-02T08:00"), policy, CALENDAR) == at("2026-03-02T09:00")


@given(
    speech=st.sampled_from(Speech),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(SHANGHAI)),
)
def test_at_its_opening_a_message_may_leave_and_not_a_moment_before(speech: Speech, moment: datetime) -> None:
    opening = next_opening(speech, moment, POLICY, CALENDAR)
    assert may_leave(speech, opening, POLICY, CALENDAR)
    if opening > moment:
        assert not may_leave(speech, opening - timedelta(microseconds=1), POLICY, CALENDAR)
