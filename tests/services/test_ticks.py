"""Everything that the clock does, together: idempotent, and stepped through without missing anything."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.post import OutboxMessage
from models.session import Database
from services.ticks import HOUSEKEEPING, TICKS, next_moment, run_due
from tests.town import ZONE, FrozenClock, build_town, make_office


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def test_what_is_said_is_a_tick_and_what_takes_away_is_not() -> None:
    assert [name for name, _ in TICKS] == ["problem questions", "corrections", "reminders", "digests"]
    assert [name for name, _ in HOUSEKEEPING] == ["paces", "blanking", "retention"]


def test_doing_what_is_due_twice_changes_nothing(session: Session) -> None:
    build_town(session)
    office = make_office(FrozenClock(at(3, 9, 8, 30)))
    assert run_due(session, office) == 4  # two cadres with visits due, two supervisors
    assert run_due(session, office) == 0
    assert session.scalar(select(func.count(OutboxMessage.id))) == 4


@pytest.mark.parametrize(
    ("now", "following"),
    [
        (at(3, 9, 0), at(3, 9, 7)),
        (at(3, 9, 7), at(3, 9, 8, 30)),
        (at(3, 9, 8, 30), at(3, 9, 14, 30)),
        (at(3, 9, 14, 29), at(3, 9, 14, 30)),
        (at(3, 9, 18), at(3, 10, 0)),
        (at(3, 14, 7), at(3, 15, 0)),  # Saturday: only questions and news
        (at(2, 28, 7), at(2, 28, 8, 30)),  # a Saturday that is worked
        (at(2, 16, 7), at(2, 17, 0)),  # a Monday in Spring Festival
    ],
)
def test_the_next_moment_is_the_next_opening_or_day(now: datetime, following: datetime) -> None:
    assert next_moment(make_office(FrozenClock(now))) == following


def test_stepping_from_moment_to_moment_does_what_half_minutes_would(session: Session) -> None:
    build_town(session)
    clock = FrozenClock(at(3, 2, 0))
    office, made = make_office(clock), []
    while clock.moment < at(3, 16, 0):
        clock.moment = next_moment(office)
        if done := run_due(session, office):
            made.append((clock.moment, done))
    working_days = (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)
    assert [moment for moment, _ in made] == [at(3, day, 8, 30) for day in working_days]
    assert [done for moment, done in made if moment.day in (2, 9)] == [4, 4]  # Mondays: two reminders, two digests


def test_a_tick_beside_another_waits_its_turn_and_finds_everything_done(database: Database) -> None:
    with database.transaction() as session:
        build_town(session)
    office = make_office(FrozenClock(at(3, 9, 8, 30)))

    def beside() -> int:
        with database.transaction() as other:
            return run_due(other, office)

    with ThreadPoolExecutor(1) as second_process:
        with database.transaction() as session:
            assert run_due(session, office) == 4
            second = second_process.submit(beside)
            assert not wait([second], timeout=0.5).done
        assert second.result() == 0
