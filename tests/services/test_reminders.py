"""The morning's reminder: who gets one, when, and what it says when it leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.households import Household, Pairing
from models.people import RoleGrant
from models.post import Note, OutboxMessage
from models.problems import Problem
from models.visits import Visit
from services.office import Office
from services.outbox import BULK, claim
from services.problem_register import register_problem
from services.reminders import tick_reminders
from services.rules.send_windows import Speech
from tests.phone import Phone
from tests.town import ZONE, FrozenClock, Town, build_town, make_office

FRIDAY, SATURDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 9)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 3, 9, 8, 30, tzinfo=ZONE))


@pytest.fixture
def town(session: Session) -> Town:
    """Everybody was seen on Sunday, so nothing is due on Monday."""
    town = build_town(session)
    for household in town.households.values():
        see(session, town, household, MONDAY - timedelta(days=1))
    return town


def see(session: Session, town: Town, household: Household, day: date, method: str = "home") -> None:
    session.add(
        Visit(
            household_id=household.id,
            cadre_id=town.cadre.id,
            method=method,
            condition="steady",
            visited_on=day,
            recorded_at=datetime(2026, 3, 8, tzinfo=UTC),
        )
    )
    session.flush()


def last_seen(session: Session, town: Town, code: str, days_ago: int) -> None:
    session.query(Visit).filter_by(household_id=town.households[code].id).delete()
    see(session, town, town.households[code], MONDAY - timedelta(days=days_ago))


def give_problem(session: Session, town: Town, owner_id: int, due_at: datetime, *, stage: str = "accepted") -> Problem:
    problem = register_problem(
        session,
        make_office(),
        household_id=town.households["H002"].id,
        source="visit",
        reporter_id=None,
        entered_by_id=owner_id,
        category="water",
        summary="水管坏了",
    )
    problem.owner_id, problem.due_at, problem.stage = owner_id, due_at, stage
    session.flush()
    return problem


def reminded(session: Session) -> list[int | None]:
    return list(session.scalars(select(OutboxMessage.person_id).where(OutboxMessage.kind == "reminder")))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def test_a_cadre_with_something_due_gets_one_message_and_the_others_none(
    session: Session, office: Office, town: Town
) -> None:
    last_seen(session, town, "H001", 10)
    assert tick_reminders(session, office) == 1
    assert reminded(session) == [town.cadre.id]
    row = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "reminder")).one()
    assert row.speech == Speech.SCHEDULED
    assert row.unique_key == f"reminder:{town.cadre.id}:2026-03-09"
    assert row.expires_at == at(date(2026, 3, 10), 0)


def test_it_names_the_households_the_reasons_and_the_problems(session: Session, office: Office, town: Town) -> None:
    last_seen(session, town, "H001", 10)  # red, every 7 days
    last_seen(session, town, "H002", 20)  # yellow, every 30 days
    late = give_problem(session, town, town.cadre.id, at(FRIDAY, 18))
    today = give_problem(session, town, town.cadre.id, at(MONDAY, 18))
    tick_reminders(session, office)
    (message,) = Phone(session, office, 101).receives()
    assert "3月9日（周一）" in message.text
    assert "张大山（东一组，重点）：过了约定时间 3 天" in message.text
    assert "刘小河（东一组，关注）：到3月19日（周四）为止都可以" in message.text
    assert f"{late.number} 饮水（刘小河）：过期 3 天" in message.text
    assert f"{today.number} 饮水（刘小河）：今天 18:00 前办结" in message.text
    data = [button.data for row in message.buttons for button in row]
    h1, h2 = town.households["H001"].id, town.households["H002"].id
    assert data == [f"visits.open:{h1}", f"visits.open:{h2}", "problems.list:mine:0"]


def test_it_is_said_in_the_readers_language(session: Session, office: Office, town: Town) -> None:
    last_seen(session, town, "H001", 8)
    give_problem(session, town, town.cadre.id, at(FRIDAY, 18))
    town.cadre.language = "en"
    tick_reminders(session, office)
    (message,) = Phone(session, office, 101).receives()
    assert "张大山 (东一组, Red): 1 day past the agreed time, please go first" in message.text
    assert "3 days past due" in message.text


@pytest.mark.parametrize("hours_until", [9, -1, -24 * 40])
def test_a_problem_due_by_tonight_is_reason_enough(
    session: Session, office: Office, town: Town, hours_until: int
) -> None:
    give_problem(session, town, town.other_cadre.id, office.now() + timedelta(hours=hours_until))
    tick_reminders(session, office)
    assert reminded(session) == [town.other_cadre.id]


@pytest.mark.parametrize("stage", ["waiting", "done", "confirmed", "explained"])
def test_a_problem_that_rests_reminds_nobody(session: Session, office: Office, town: Town, stage: str) -> None:
    give_problem(session, town, town.cadre.id, at(FRIDAY, 18), stage=stage)
    assert tick_reminders(session, office) == 0


def test_a_problem_due_tomorrow_waits_until_tomorrow(session: Session, office: Office, town: Town) -> None:
    give_problem(session, town, town.cadre.id, at(date(2026, 3, 10), 0))
    assert tick_reminders(session, office) == 0


def test_meeting_nobody_does_not_silence_the_reminder(session: Session, office: Office, town: Town) -> None:
    last_seen(session, town, "H001", 10)
    see(session, town, town.households["H001"], MONDAY - timedelta(days=1), method="not_home")
    assert tick_reminders(session, office) == 1


@pytest.mark.parametrize("change", [{"status": "away"}, {"status": "moved"}, {"muted_until": MONDAY}])
def test_households_away_or_muted_are_silent(
    session: Session, office: Office, town: Town, change: dict[str, object]
) -> None:
    last_seen(session, town, "H001", 50)
    for name, value in change.items():
        setattr(town.households["H001"], name, value)
    session.flush()
    assert tick_reminders(session, office) == 0


@pytest.mark.parametrize("change", ["no account", "no consent", "inactive", "blocked", "role revoked"])
def test_who_is_not_a_reachable_cadre_is_left_in_peace(
    session: Session, office: Office, town: Town, change: str
) -> None:
    last_seen(session, town, "H001", 50)
    give_problem(session, town, town.cadre.id, at(FRIDAY, 18))
    match change:
        case "no account":
            town.cadre.telegram_user_id = None
        case "no consent":
            town.cadre.consented_at = None
        case "inactive":
            town.cadre.is_active = False
        case "blocked":
            town.cadre.unreachable_since = office.now()
        case _:
            session.query(RoleGrant).filter_by(person_id=town.cadre.id).update({"revoked_at": office.now()})
    session.flush()
    assert tick_reminders(session, office) == 0


@pytest.mark.parametrize(("until", "made"), [(MONDAY, 0), (MONDAY - timedelta(days=1), 1)])
def test_a_cadre_on_leave_hears_nothing_until_the_day_after(
    session: Session, office: Office, town: Town, until: date, made: int
) -> None:
    last_seen(session, town, "H001", 50)
    give_problem(session, town, town.cadre.id, at(FRIDAY, 18))
    town.cadre.away_until = until
    session.flush()
    assert tick_reminders(session, office) == made


@pytest.mark.parametrize(
    ("moment", "made"),
    [
        (at(MONDAY, 8, 29), 0),
        (at(MONDAY, 8, 30), 1),
        (at(MONDAY, 11, 29), 1),
        (at(MONDAY, 12), 0),  # between the windows
        (at(MONDAY, 14, 30), 1),
        (at(MONDAY, 18), 0),  # after the last window it is dropped
        (at(SATURDAY, 9), 0),
        (at(date(2026, 10, 1), 9), 0),  # National Day
        (at(date(2026, 2, 28), 9), 1),  # a Saturday made up for the Spring Festival
    ],
)
def test_it_is_made_in_the_send_windows_of_working_days(
    session: Session, office: Office, clock: FrozenClock, town: Town, moment: datetime, made: int
) -> None:
    last_seen(session, town, "H001", 20)
    session.query(Pairing).update({"started_on": date(2026, 1, 5)})
    clock.moment = moment
    if moment.month > 3:
        see(session, town, town.households["H003"], moment.date())
    assert tick_reminders(session, office) == made


def test_running_twice_or_later_that_day_says_nothing_more(
    session: Session, office: Office, clock: FrozenClock, town: Town
) -> None:
    last_seen(session, town, "H001", 10)
    assert tick_reminders(session, office) == 1
    last_seen(session, town, "H003", 100)  # something else comes due in the course of the day
    assert [tick_reminders(session, office), tick_reminders(session, office)] == [0, 0]
    clock.forward(hours=6)
    assert tick_reminders(session, office) == 0
    clock.forward(hours=18)
    assert tick_reminders(session, office) == 2


def test_a_second_process_that_forgot_the_round_adds_nothing(session: Session, office: Office, town: Town) -> None:
    last_seen(session, town, "H001", 10)
    assert tick_reminders(session, office) == 1
    session.query(Note).delete()
    assert tick_reminders(session, office) == 0


def test_what_was_not_sent_in_the_day_is_dropped(
    session: Session, office: Office, clock: FrozenClock, town: Town
) -> None:
    last_seen(session, town, "H001", 10)
    tick_reminders(session, office)
    clock.moment = at(date(2026, 3, 10), 8, 30)
    taken = claim(session, office, lane=BULK, speeches=[Speech.SCHEDULED], real_now=clock.now(), limit=10)
    assert taken == []
    assert session.scalars(select(OutboxMessage.state).where(OutboxMessage.kind == "reminder")).one() == "cancelled"


def test_it_is_never_read_on_another_day(session: Session, office: Office, clock: FrozenClock, town: Town) -> None:
    last_seen(session, town, "H001", 10)
    tick_reminders(session, office)
    clock.forward(days=1)
    assert Phone(session, office, 101).receives() == []


def test_a_household_reassigned_before_it_leaves_vanishes_from_it(session: Session, office: Office, town: Town) -> None:
    last_seen(session, town, "H001", 10)
    last_seen(session, town, "H002", 40)
    tick_reminders(session, office)
    pairing = session.query(Pairing).filter_by(household_id=town.households["H001"].id).one()
    pairing.ended_on = MONDAY
    session.flush()
    (message,) = Phone(session, office, 101).receives()
    assert "张大山" not in message.text
    assert "刘小河" in message.text


def test_nothing_left_when_it_leaves_means_no_message(session: Session, office: Office, town: Town) -> None:
    last_seen(session, town, "H001", 10)
    tick_reminders(session, office)
    see(session, town, town.households["H001"], MONDAY)
    assert Phone(session, office, 101).receives() == []


def test_a_cadre_revoked_meanwhile_reads_nothing(session: Session, office: Office, town: Town) -> None:
    last_seen(session, town, "H001", 10)
    tick_reminders(session, office)
    session.query(RoleGrant).filter_by(person_id=town.cadre.id).update({"revoked_at": office.now()})
    assert Phone(session, office, 101).receives() == []


def test_a_town_of_74_cadres_takes_a_handful_of_statements_to_look_at(
    session: Session, office: Office, town: Town
) -> None:
    for number in range(200):
        household = Household(
            code=f"X{number:03}",
            head="户",
            unit_id=town.east_group.id,
            tier="green",
            card_code=f"XX{number:04}",
            created_at=office.now(),
        )
        session.add(household)
        session.flush()
        session.add(
            Pairing(household_id=household.id, cadre_id=town.cadre.id, kind="primary", started_on=date(2026, 3, 1))
        )
    session.flush()
    statements: list[str] = []
    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert tick_reminders(session, office) == 0
    assert len(statements) < 8
