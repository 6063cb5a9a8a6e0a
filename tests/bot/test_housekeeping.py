"""What is taken away goes by real time alone, and by itself only while the machine's clock goes on from night to night."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from bot.backroom import BackRoom
from bot.commands.console import Console
from bot.commands.health.database import check_database
from bot.commands.health.verdict import Mark
from bot.commands.retention import sweep
from bot.config import Settings
from bot.config.tables import Database as DatabaseTable
from bot.config.tables import Security
from bot.scheduler import Scheduler
from models.erasure_log import ErasureLog
from models.households import Membership
from models.people import Person
from models.post import InboxLetter
from models.session import Database, Session
from services import retention, ticks
from services.clock import Clock, ShiftedClock, SystemClock
from services.i18n import translator
from services.office import Office
from tests.bot.commandline import operator_in
from tests.bot.tasks import nothing
from tests.town import ZONE, FrozenClock, build_town, make_office

NIGHT = datetime(2026, 3, 2, 3, 0, tzinfo=ZONE)
YEARS = timedelta(days=4 * 366)


@pytest.fixture
def backroom(database: Database) -> Iterator[BackRoom]:
    backroom = BackRoom(database)
    yield backroom
    backroom.close()


def office_at(clock: Clock, folder: Path) -> Office:
    return replace(make_office(), clock=clock, erasures=ErasureLog(folder / "lianxin.key"))


def moved_out(database: Database, at: datetime) -> None:
    """A resident who is in no household since then, and a letter that was done then."""
    with database.transaction() as session:
        resident = build_town(session).resident.id
        left = {"state": "ended", "ended_at": at}
        session.execute(update(Membership).where(Membership.person_id == resident).values(left))
        more = {"state": "done", "finished_at": at, "attempts": 0}
        session.add(InboxLetter(chat_id=401, body="屋顶漏雨", received_at=at, **more))


def left_in(session: Session) -> tuple[int, list[str]]:
    """How many people are erased, and the letters' words."""
    erased = session.scalar(select(func.count()).where(Person.erased_at.is_not(None))) or 0
    return erased, list(session.scalars(select(InboxLetter.body)))


def keep_house(session: Session, office: Office) -> int:
    return sum(act(session, office) for _, act in ticks.HOUSEKEEPING)


async def test_a_clock_that_is_moved_years_ahead_takes_nothing_away(
    database: Database, backroom: BackRoom, tmp_path: Path
) -> None:
    now = SystemClock().now()
    moved_out(database, now - timedelta(hours=1))
    ahead = office_at(ShiftedClock(now + YEARS), tmp_path)
    clock = Scheduler(backroom, ahead, queued=nothing, beat=nothing)
    await clock.tick()
    await clock.keep_house()
    assert await backroom.read(left_in) == (0, ["屋顶漏雨"])


async def test_the_running_clock_takes_away_what_had_its_time(
    database: Database, backroom: BackRoom, tmp_path: Path
) -> None:
    moved_out(database, NIGHT - YEARS)
    with database.transaction() as session:
        retention.note_done(session, make_office(FrozenClock(NIGHT - timedelta(days=1))))
    clock = Scheduler(backroom, office_at(SystemClock(), tmp_path), queued=nothing, beat=nothing)
    with time_machine.travel(NIGHT, tick=False):
        await clock.keep_house()
    assert await backroom.read(left_in) == (1, [])


def test_after_a_leap_of_the_machines_clock_nothing_goes_until_somebody_looks(
    database: Database, tmp_path: Path
) -> None:
    moved_out(database, NIGHT)
    clock = FrozenClock(NIGHT)
    office = office_at(clock, tmp_path)
    with database.transaction() as session:
        assert keep_house(session, office) == 0
    clock.moment += YEARS
    with database.transaction() as session, capture_logs() as logs:
        later = {"received_at": office.now(), "state": "waiting", "attempts": 0}
        session.add(InboxLetter(chat_id=402, body="你好", **later))  # dated by the wrong clock too
        session.flush()
        assert keep_house(session, office) + keep_house(session, office) == 0
        assert left_in(session) == (0, ["屋顶漏雨", "你好"])
    assert [one["last"] for one in logs if "leapt" in one["event"]] == ["2026-03-02"], "once a day"
    with database.transaction() as session:
        retention.note_done(session, office)  # as `retention --apply` does at its end
        clock.forward(days=1)
        assert keep_house(session, office) > 0
        assert left_in(session) == (1, ["你好"])


def test_before_any_sweep_the_newest_letter_tells_of_a_leap(database: Database, tmp_path: Path) -> None:
    moved_out(database, NIGHT)
    with database.transaction() as session:
        rested = office_at(FrozenClock(NIGHT + timedelta(days=40)), tmp_path)
        assert retention.leapt_from(session, rested) is None
        assert retention.leapt_from(session, office_at(FrozenClock(NIGHT + YEARS), tmp_path)) == date(2026, 3, 2)


def test_the_doctor_says_that_the_sweep_waits_and_applying_it_by_hand_ends_that(
    database: Database, tmp_path: Path
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    moved_out(database, SystemClock().now() - YEARS)
    with database.transaction() as session:
        last_sweep = FrozenClock(SystemClock().now() - timedelta(days=60))
        retention.note_done(session, make_office(last_sweep))
    operator = operator_in(tmp_path, database={"url": url})
    settings = Settings(database=DatabaseTable(url=url), security=Security(key_file=operator.key_file))

    def waits() -> list[tuple[Mark, str]]:
        verdicts = check_database(settings, SystemClock(), translator("en"))
        return [(one.mark, one.finding) for one in verdicts if one.check == "retention"]

    assert waits() == [(Mark.DOUBT, "leapt")]
    sweep(Console(settings, translator("en")), apply=True)
    assert waits() == []
    with database.reading() as session:
        assert left_in(session) == (1, [])
