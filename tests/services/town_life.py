"""The town as it lives for weeks and months: the clock's ticks, what leaves, and a restart each night."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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
    zone: ZoneInfo = ZONE
    clock: FrozenClock = field(init=False)
    letters: list[Letter] = field(default_factory=list)
    visited: list[date] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = FrozenClock(datetime.combine(self.first, time(0), tzinfo=self.zone))
        office = make_office(self.clock)
        self.office = replace(office, site=replace(office.site, timezone=self.zone.key))
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
                self.clock.moment = datetime.combine(day, hour, tzinfo=self.zone)
                self.step(database, ticks=ticks, delivers=delivers)
            database.dispose()
        self.clock.moment = datetime.combine(until + DAY, time(0), tzinfo=self.zone)

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
        if (now.hour, now.minute) == (11, 29) and now.weekday() == 0 and self.calendar.is_working_day(now.date()):
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


def week(monday: date, *, weeks: int = 1) -> tuple[date, date]:
    return monday, monday + timedelta(weeks=weeks) - DAY
