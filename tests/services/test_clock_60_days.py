"""Sixty days of the town over national holidays and make-up days: whatever the clock does, it does exactly once."""

from datetime import date, datetime

import pytest

from tests.services.town_life import DAY, WINDOWS, Life, days, week
from tests.town import ZONE

# Notices of the State Council for 2026, written down here by hand.
SPRING = frozenset(date(2026, 2, day) for day in range(15, 24)) | {date(2026, 4, day) for day in (4, 5, 6)}
AUTUMN = frozenset(date(2026, 10, day) for day in range(1, 8)) | {date(2026, 9, day) for day in (25, 26, 27)}
MADE_UP = frozenset({date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)})


def is_worked(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in SPRING | AUTUMN)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


PARTS_OF_THE_YEAR = {
    "spring": (
        date(2026, 2, 10),
        date(2026, 4, 10),
        [
            (week(date(2026, 2, 2)), date(2026, 2, 10)),
            (week(date(2026, 2, 9), weeks=2), date(2026, 2, 24)),  # two weeks end within the holiday
            *((week(date(2026, 2, 23) + n * 7 * DAY), date(2026, 3, 2) + n * 7 * DAY) for n in range(5)),
            (week(date(2026, 3, 30)), date(2026, 4, 7)),  # Monday is Qingming
        ],
    ),
    "autumn": (
        date(2026, 9, 10),
        date(2026, 11, 8),
        [
            (week(date(2026, 8, 31)), date(2026, 9, 10)),
            *((week(date(2026, 9, 7) + n * 7 * DAY), date(2026, 9, 14) + n * 7 * DAY) for n in range(3)),
            (week(date(2026, 9, 28)), date(2026, 10, 8)),  # Monday belongs to National Day
            *((week(date(2026, 10, 5) + n * 7 * DAY), date(2026, 10, 12) + n * 7 * DAY) for n in range(4)),
        ],
    ),
}


@pytest.mark.parametrize(
    ("database_url", "part"),
    [
        ("sqlite", "autumn"),
        pytest.param("postgresql", "spring", marks=pytest.mark.torture),
        pytest.param("sqlite", "spring", marks=pytest.mark.torture),
        pytest.param("postgresql", "autumn", marks=pytest.mark.torture),
    ],
    indirect=["database_url"],
)
def test_sixty_days_bring_each_reminder_and_digest_exactly_once(database_url: str, part: str) -> None:
    first, last, digests = PARTS_OF_THE_YEAR[part]
    life = Life(database_url, first)
    life.live(last)
    worked = [day for day in days(first, last) if is_worked(day)]

    # Overdue every day: one reminder each working day, at its hour.
    assert life.sent("reminder", 101) == [local(day, 8, 30) for day in worked]
    # Welcome again from the fifth day after each visit on.
    seen = {day: max(one for one in life.visited if one < day) for day in worked}
    assert life.sent("reminder", 102) == [local(day, 8, 30) for day in worked if (day - seen[day]).days >= 5]
    for supervisor in (201, 202):
        assert life.digests(supervisor) == [period for period, _ in digests]
        assert life.sent("digest", supervisor) == [local(day, 8, 30) for _, day in digests]
    # Nothing else was said, nothing twice, nothing out of hours.
    assert {one.chat_id for one in life.letters} == {101, 102, 201, 202}
    assert len({one.key for one in life.letters}) == len(life.letters)
    assert all(is_worked(one.moment.date()) for one in life.letters)
    assert all(any(start <= one.moment.time() < end for start, end in WINDOWS) for one in life.letters)


def test_after_an_outage_days_are_dropped_and_weeks_are_told_once(database_url: str) -> None:
    life = Life(database_url, date(2026, 3, 2))
    life.live(date(2026, 3, 4))
    life.live(date(2026, 3, 16), ticks=False, delivers=False)  # nobody noticed for twelve days
    life.live(date(2026, 3, 20), begin="10:10")
    march = [local(date(2026, 3, day), 8, 30) for day in (2, 3, 4)]
    assert life.sent("reminder", 101) == [
        *march,
        local(date(2026, 3, 17), 10, 10),
        *(local(date(2026, 3, day), 8, 30) for day in (18, 19, 20)),
    ]
    assert life.digests(201) == [week(date(2026, 2, 23)), week(date(2026, 3, 2), weeks=2)]
    assert life.sent("digest", 201) == [local(date(2026, 3, 2), 8, 30), local(date(2026, 3, 17), 10, 10)]


def test_when_only_the_delivery_stood_still_old_reminders_die_and_the_digest_arrives(database_url: str) -> None:
    life = Life(database_url, date(2026, 3, 6))
    life.live(date(2026, 3, 10), delivers=False)
    life.live(date(2026, 3, 11))
    assert life.sent("reminder", 101) == [local(date(2026, 3, 11), 8, 30)]
    assert len(life.sent("digest", 201)) == 2  # of the week before Friday the 6th, and of the one that ended on the 8th
    assert {moment.date() for moment in life.sent("digest", 201)} == {date(2026, 3, 11)}
