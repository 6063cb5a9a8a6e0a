"""The weekly digest: once for each supervisor, unit and period, and what it says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.households import Household
from models.people import Person, RoleGrant
from models.post import OutboxMessage
from models.supervision import Digest
from models.visits import Visit
from services.digests import tick_digests
from services.messages import Message
from services.office import Office
from services.rules.send_windows import Speech
from tests.phone import Phone
from tests.town import ZONE, FrozenClock, Town, build_town

SUNDAY, MONDAY = date(2026, 3, 8), date(2026, 3, 9)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(at(MONDAY, 8, 30))


@pytest.fixture
def town(session: Session) -> Town:
    """All is well: everybody was seen on Sunday, and 杨春花 has a cadre too."""
    town = build_town(session)
    for household in town.households.values():
        see(session, town, household, SUNDAY)
    town.households["H004"].status = "away"
    session.flush()
    return town


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def see(session: Session, town: Town, household: Household, day: date) -> None:
    session.add(
        Visit(
            household_id=household.id,
            cadre_id=town.cadre.id,
            method="home",
            condition="steady",
            visited_on=day,
            recorded_at=datetime(2026, 3, 8, tzinfo=UTC),
        )
    )
    session.flush()


def unseen(session: Session, town: Town, code: str) -> None:
    session.query(Visit).filter_by(household_id=town.households[code].id).delete()


def rows(session: Session, person: Person) -> list[tuple[date, date]]:
    query = select(Digest.period_start, Digest.period_end).where(Digest.person_id == person.id).order_by(Digest.id)
    return [tuple(row) for row in session.execute(query)]


def queued(session: Session) -> list[str | None]:
    return sorted(session.scalars(select(OutboxMessage.unique_key).where(OutboxMessage.kind == "digest")))


def read(session: Session, office: Office, telegram: int = 201) -> Message:
    (message,) = Phone(session, office, telegram).receives()
    return message


def test_every_supervisor_gets_one_for_the_own_unit(session: Session, office: Office, town: Town) -> None:
    assert tick_digests(session, office) == 2
    assert queued(session) == sorted(
        f"digest:{person.id}:{unit.id}:2026-03-08"
        for person, unit in ((town.supervisor, town.town), (town.east_supervisor, town.east))
    )
    assert {row.speech for row in session.query(OutboxMessage).filter_by(kind="digest")} == {Speech.SCHEDULED}
    assert rows(session, town.supervisor) == [(date(2026, 3, 2), SUNDAY)]
    assert "云溪镇" in read(session, office, 201).text
    assert "东村" in read(session, office, 202).text


def test_when_all_is_well_it_says_so_and_what_went_well(session: Session, office: Office, town: Town) -> None:
    tick_digests(session, office)
    message = read(session, office)
    assert "<b>云溪镇 简报</b>\n3月2日（周一）—3月8日（周日）" in message.text
    assert "本期一切正常" in message.text
    assert "联系走访 4 次，走到 4 户" in message.text
    assert message.buttons == ()


def test_exceptions_come_first_with_a_button_each(session: Session, office: Office, town: Town) -> None:
    unseen(session, town, "H001")
    unseen(session, town, "H002")
    tick_digests(session, office)
    message = read(session, office)
    assert "· 2 户没有按时走访（东村 2）" in message.text
    assert message.text.index("没有按时走访") < message.text.index("本期进展")
    digest_id = session.scalars(select(Digest.id).where(Digest.person_id == town.supervisor.id)).one()
    assert message.buttons[0][0].data == f"digest.section:{digest_id}:overdue:0"


def test_it_is_read_in_english_by_whoever_chose_english(session: Session, office: Office, town: Town) -> None:
    unseen(session, town, "H001")
    town.supervisor.language = "en"
    tick_digests(session, office)
    assert "· 1 household not visited in time (东村 1)" in read(session, office).text


def test_a_village_supervisor_hears_nothing_of_the_other_village(session: Session, office: Office, town: Town) -> None:
    unseen(session, town, "H003")
    session.query(Household).update({"tier": "red"})
    tick_digests(session, office)
    assert "没有按时走访" in read(session, office, 201).text
    assert "一切正常" in read(session, office, 202).text


def test_running_again_issues_nothing_more(session: Session, office: Office, clock: FrozenClock, town: Town) -> None:
    tick_digests(session, office)
    for _ in range(3):
        clock.forward(hours=10)
        assert tick_digests(session, office) == 0


@pytest.mark.parametrize(
    ("moment", "issued"),
    [
        (at(MONDAY, 8, 29), 0),
        (at(MONDAY, 8, 30), 2),
        (at(MONDAY, 12), 0),  # it could not leave now
        (at(MONDAY, 14, 30), 2),
        (at(SUNDAY, 9), 0),  # a day of rest; last week's waits for Monday
        (at(date(2026, 2, 23), 9), 0),  # Monday, but Spring Festival
        (at(date(2026, 2, 24), 9), 2),  # the first working day after it
        (at(date(2026, 2, 28), 9), 2),  # a Saturday that is worked
    ],
)
def test_it_is_issued_only_when_it_may_leave(
    session: Session, office: Office, clock: FrozenClock, town: Town, moment: datetime, issued: int
) -> None:
    clock.moment = moment
    assert tick_digests(session, office) == issued


def test_a_missed_digest_is_sent_once_later_in_the_week(
    session: Session, office: Office, clock: FrozenClock, town: Town
) -> None:
    tick_digests(session, office)
    clock.moment = at(date(2026, 3, 19), 15)  # the bot was away on Monday the 16th
    assert [tick_digests(session, office), tick_digests(session, office)] == [2, 0]
    assert rows(session, town.supervisor)[-1] == (date(2026, 3, 9), date(2026, 3, 15))


def test_two_that_are_due_together_go_as_one_message(
    session: Session, office: Office, clock: FrozenClock, town: Town
) -> None:
    tick_digests(session, office)
    clock.moment = at(date(2026, 3, 21), 10)  # Saturday: last week's is overdue, but may not leave
    assert tick_digests(session, office) == 0
    clock.moment = at(date(2026, 3, 23), 8, 30)
    assert tick_digests(session, office) == 2
    assert rows(session, town.supervisor) == [(date(2026, 3, 2), SUNDAY), (date(2026, 3, 9), date(2026, 3, 22))]
    assert "3月9日（周一）—3月22日（周日）" in Phone(session, office, 201).receives()[-1].text


def test_what_happened_is_counted_by_the_sites_days(
    session: Session, office: Office, clock: FrozenClock, town: Town
) -> None:
    see(session, town, town.households["H001"], date(2026, 3, 1))
    see(session, town, town.households["H001"], date(2026, 3, 2))
    see(session, town, town.households["H001"], MONDAY)
    tick_digests(session, office)
    assert "联系走访 5 次，走到 4 户" in read(session, office).text


@pytest.mark.parametrize("change", ["no account", "no consent", "inactive", "blocked", "revoked"])
def test_who_is_not_a_reachable_supervisor_gets_none(session: Session, office: Office, town: Town, change: str) -> None:
    match change:
        case "no account":
            town.supervisor.telegram_user_id = None
        case "no consent":
            town.supervisor.consented_at = None
        case "inactive":
            town.supervisor.is_active = False
        case "blocked":
            town.supervisor.unreachable_since = office.now()
        case _:
            session.query(RoleGrant).filter_by(person_id=town.supervisor.id).update({"revoked_at": office.now()})
    session.flush()
    assert tick_digests(session, office) == 1
    assert rows(session, town.supervisor) == []


def test_who_comes_back_gets_the_missed_weeks_as_one(
    session: Session, office: Office, clock: FrozenClock, town: Town
) -> None:
    tick_digests(session, office)
    town.supervisor.unreachable_since = clock.now()
    for _ in range(3):
        clock.forward(days=7)
        tick_digests(session, office)
    town.supervisor.unreachable_since = None
    clock.forward(days=1)
    assert tick_digests(session, office) == 1
    assert rows(session, town.supervisor)[-1] == (date(2026, 3, 9), date(2026, 3, 29))


def test_a_supervisor_revoked_meanwhile_reads_nothing(session: Session, office: Office, town: Town) -> None:
    tick_digests(session, office)
    session.query(RoleGrant).filter_by(person_id=town.supervisor.id).update({"revoked_at": office.now()})
    assert Phone(session, office, 201).receives() == []


def test_a_supervisor_of_two_units_gets_one_for_each(session: Session, office: Office, town: Town) -> None:
    session.add(
        RoleGrant(person_id=town.east_supervisor.id, role="supervisor", unit_id=town.west.id, granted_at=office.now())
    )
    session.flush()
    assert tick_digests(session, office) == 3
    titles = [message.text.splitlines()[0] for message in Phone(session, office, 202).receives()]
    assert titles == ["<b>东村 简报</b>", "<b>西村 简报</b>"]


def test_a_household_is_called_silent_after_two_intervals_when_nobody_there_uses_the_bot(
    session: Session, office: Office, town: Town
) -> None:
    for code in ("H001", "H002"):  # H001 has a member
        unseen(session, town, code)
        town.households[code].tier = "red"
        see(session, town, town.households[code], MONDAY - timedelta(days=14))
    tick_digests(session, office)
    assert "· 2 户没有按时走访" in read(session, office).text
    assert "· 1 户很久没有联系" in read(session, office).text
