"""Sixty days of the town over national holidays and make-up days: whatever the clock does, it does exactly once."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest

from models.people import Person
from models.post import OutboxMessage
from models.session import Database, Session
from models.supervision import Digest
from models.visits import Visit
from services import outbox
from services.outbox import BULK
from services.rules.send_windows import open_speeches
from services.rules.working_time import WorkCalendar
from services.ticks import run_due
from tests.keys import KEYRING
from tests.town import ZONE, FrozenClock, Town, build_town, make_office

DAY = timedelta(days=1)
# Moments around which something begins or ends, and one in the middle of each stretch.
HOURS = ("0:00", "7:00", "8:29", "8:30", "8:45", "11:29", "11:30", "12:40", "14:29", "14:30", "17:59", "18:00", "21:00")
WINDOWS = ((time(8, 30), time(11, 30)), (time(14, 30), time(18, 0)))

# Notices of the State Council for 2026, written down here by hand.
SPRING = frozenset(date(2026, 2, day) for day in range(15, 24)) | {date(2026, 4, day) for day in (4, 5, 6)}
AUTUMN = frozenset(date(2026, 10, day) for day in range(1, 8)) | {date(2026, 9, day) for day in (25, 26, 27)}
MADE_UP = frozenset({date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)})


def is_worked(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in SPRING | AUTUMN)


def days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY


@dataclass
class Letter:
    moment: datetime  # local, when it left
    chat_id: int
    kind: str
    key: str


@dataclass
class Life:
    """The town as it runs: `live` goes through the days, ticking twice at each step and delivering what may leave.

    Every day begins with a new connection to the database, as after a restart. 李联系 sees 陈长林 on worked Mondays
    at ten, as far as `visits` says so; nobody else ever goes anywhere.
    """

    url: str
    first: date
    clock: FrozenClock = field(init=False)
    letters: list[Letter] = field(default_factory=list)
    visited: list[date] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = FrozenClock(datetime.combine(self.first, time(0), tzinfo=ZONE))
        self.office = make_office(self.clock)
        self.calendar = WorkCalendar(self.office.policy)
        self.chance = random.Random(60)
        database = Database(self.url, KEYRING)
        with database.transaction() as session:
            town = build_town(session, now=self.clock.moment)
            self.prepare(session, town)
        database.dispose()

    def prepare(self, session: Session, town: Town) -> None:
        """H001 of cadre 101 is red and never seen; H003 of cadre 102 is red and seen on Mondays; H002 is muted."""
        town.households["H003"].tier = "red"
        town.households["H002"].muted_until = date(2027, 1, 1)
        self.seen, self.seen_by = town.households["H003"].id, town.other_cadre.id
        self.visit(session, self.first - DAY)

    def visit(self, session: Session, day: date) -> None:
        self.visited.append(day)
        session.add(
            Visit(
                household_id=self.seen,
                cadre_id=self.seen_by,
                method="home",
                condition="steady",
                visited_on=day,
                recorded_at=self.clock.now(),
            )
        )

    def live(self, until: date, *, ticks: bool = True, delivers: bool = True, begin: str = "0:00") -> None:
        """From the clock's day up to and including `until`."""
        for day in days(self.clock.moment.date(), until):
            database = Database(self.url, KEYRING)
            for hour in self.hours(begin if day == self.clock.moment.date() else "0:00"):
                self.clock.moment = datetime.combine(day, hour, tzinfo=ZONE)
                self.step(database, ticks=ticks, delivers=delivers)
            database.dispose()
        self.clock.moment = datetime.combine(until + DAY, time(0), tzinfo=ZONE)

    def hours(self, begin: str) -> list[time]:
        fixed = [time(*map(int, hour.split(":"))) for hour in (*HOURS, begin)]
        by_chance = [time(self.chance.randrange(24), self.chance.randrange(60)) for _ in range(2)]
        earliest = time(*map(int, begin.split(":")))
        return sorted(hour for hour in {*fixed, *by_chance} if hour >= earliest)

    def step(self, database: Database, *, ticks: bool, delivers: bool) -> None:
        now = self.clock.moment
        if ticks:
            with database.transaction() as session:
                run_due(session, self.office)
            with database.transaction() as session:
                assert run_due(session, self.office) == 0
        if delivers:
            self.deliver(database)
        if (now.hour, now.minute) == (11, 29) and now.weekday() == 0 and is_worked(now.date()):
            with database.transaction() as session:
                self.visit(session, now.date())

    def deliver(self, database: Database) -> None:
        speeches = open_speeches(self.office.local_now(), self.office.policy, self.calendar)
        is_more = True
        while is_more:
            with database.transaction() as session:
                for parcel in outbox.claim(
                    session, self.office, lane=BULK, speeches=speeches, real_now=self.clock.now(), limit=3
                ):
                    row = session.get_one(OutboxMessage, parcel.id)
                    self.letters.append(Letter(self.clock.moment, parcel.chat_id, row.kind, row.unique_key or ""))
                    outbox.sent(session, parcel.id, real_now=self.clock.now(), message_id=parcel.id)
                is_more = outbox.count_ready(session, speeches=speeches) > 0

    def sent(self, kind: str, chat_id: int) -> list[datetime]:
        return [one.moment for one in self.letters if one.kind == kind and one.chat_id == chat_id]

    def digests(self, telegram: int) -> list[tuple[date, date]]:
        database = Database(self.url, KEYRING)
        with database.reading() as session:
            rows = session.query(Digest).join(Person, Person.id == Digest.person_id)
            found = rows.filter(Person.telegram_user_id == telegram).order_by(Digest.id).all()
            periods = [(row.period_start, row.period_end) for row in found]
        database.dispose()
        return periods


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def week(monday: date, *, weeks: int = 1) -> tuple[date, date]:
    return monday, monday + timedelta(weeks=weeks) - DAY


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
        ("postgresql", "spring"),
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
