"""The retention sweep: what was kept long enough goes, what the office must show stays, and nothing is said twice."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.base import Base
from models.erasure_log import ErasureLog
from models.households import Household, Membership, Pairing
from models.people import Invitation, WrongTry
from models.post import Draft, InboxLetter, OutboxMessage
from models.problems import Problem
from models.queries import inbox
from models.supervision import RosterCheck
from models.visits import Visit
from services import drafts, reminders, retention
from services.office import Office
from tests.town import FrozenClock, Town, make_office

LONG_AGO, RECENTLY = timedelta(days=400), timedelta(days=3)


@pytest.fixture
def office(clock: FrozenClock, tmp_path: Path) -> Office:
    return replace(make_office(clock), erasures=ErasureLog(tmp_path / "lianxin.key"))


def count(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def everything(session: Session, office: Office) -> None:
    while any(retention.sweep(session, office, limit=2).values()):
        pass


def letter(session: Session, office: Office, age: timedelta, state: str = "done") -> None:
    at = office.now() - age
    more = {} if state == "waiting" else {"finished_at": at}
    session.add(InboxLetter(chat_id=401, body="", received_at=at, state=state, attempts=0, **more))
    session.flush()


def message(
    session: Session, office: Office, age: timedelta, *, edits: int | None = None, key: str | None = None
) -> int:
    row = OutboxMessage(
        chat_id=401,
        kind="edit" if edits else "send",
        body={},
        lane="person",
        speech="answer",
        created_at=office.now() - age,
        finished_at=office.now() - age,
        state="sent",
        edits_id=edits,
        unique_key=key,
    )
    session.add(row)
    session.flush()
    return row.id


def old_invitation(session: Session, office: Office, town: Town, *, used: bool) -> None:
    at = office.now() - LONG_AGO
    used_at = at if used else None
    session.add(
        Invitation(
            token_hash=f"{used}", role="cadre", unit_id=town.east.id, created_at=at, expires_at=at, used_at=used_at
        )
    )
    session.flush()


def test_old_post_goes_and_what_is_new_or_waits_or_could_not_be_handled_stays(session: Session, office: Office) -> None:
    for age, state in (
        (LONG_AGO, "done"),
        (LONG_AGO, "dropped"),
        (LONG_AGO, "dead"),
        (RECENTLY, "done"),
        (LONG_AGO, "waiting"),
    ):
        letter(session, office, age, state)
    old, new = message(session, office, LONG_AGO), message(session, office, RECENTLY)
    everything(session, office)
    assert sorted(session.scalars(select(InboxLetter.state))) == ["dead", "done", "waiting"]
    assert list(session.scalars(select(OutboxMessage.id))) == [new]
    assert old != new


def test_a_message_that_another_row_names_stays_until_that_one_has_gone(
    session: Session, office: Office, town: Town, clock: FrozenClock
) -> None:
    form = message(session, office, LONG_AGO)
    shown = message(session, office, LONG_AGO)
    edit = message(session, office, RECENTLY, edits=shown)
    draft = drafts.begin(session, office, town.resident.id, "problem_report", {})
    draft.form_id = form
    session.flush()
    everything(session, office)
    assert set(session.scalars(select(OutboxMessage.id))) == {form, shown, edit}
    clock.forward(days=200)
    everything(session, office)
    assert count(session, OutboxMessage) == 0
    assert count(session, Draft) == 0


def test_what_was_said_once_under_a_key_is_not_said_again(
    session: Session, office: Office, town: Town, clock: FrozenClock
) -> None:
    assert reminders.tick_reminders(session, office) > 0
    keys = set(session.scalars(select(OutboxMessage.unique_key).where(OutboxMessage.unique_key.is_not(None))))
    at = office.now() - LONG_AGO
    session.execute(update(OutboxMessage).values(state="sent", finished_at=at, created_at=at))
    everything(session, office)
    assert set(session.scalars(select(OutboxMessage.unique_key).where(OutboxMessage.unique_key.is_not(None)))) == keys
    assert reminders.tick_reminders(session, office) == 0


def test_an_update_that_comes_again_is_still_known(session: Session, office: Office) -> None:
    inbox.store_updates(session, [(7, 401, "{}")], now=office.now() - timedelta(hours=30))
    letter_id = session.scalars(select(InboxLetter.id)).one()
    assert inbox.finish(session, letter_id, now=office.now())
    everything(session, office)
    inbox.store_updates(session, [(7, 401, "{}")], now=office.now())
    assert session.scalars(select(InboxLetter.state)).all() == ["done"]


def test_the_rest_of_what_was_only_needed_for_a_while_goes(session: Session, office: Office, town: Town) -> None:
    at = office.now() - LONG_AGO
    for used in (True, False):
        old_invitation(session, office, town, used=used)
    session.add(RosterCheck(person_id=town.admin.id, checked={}, created_at=at))
    session.add(WrongTry(telegram_user_id=1, tried_at=at))
    session.flush()
    everything(session, office)
    assert [count(session, table) for table in (Invitation, RosterCheck, WrongTry)] == [1, 0, 0]


def test_whoever_is_long_in_no_household_is_anonymised_and_others_are_not(
    session: Session, office: Office, town: Town, clock: FrozenClock
) -> None:
    session.execute(
        update(Membership)
        .where(Membership.person_id == town.resident.id)
        .values(state="ended", ended_at=office.now() - timedelta(days=2 * 365))
    )
    everything(session, office)
    session.expire_all()
    assert town.resident.erased_at is None
    clock.forward(days=366)
    everything(session, office)
    session.expire_all()
    assert town.resident.name == "已注销人员"
    assert [one.erased_at for one in (town.neighbour, town.cadre, town.admin)] == [None] * 3


def test_what_the_office_must_show_stays(session: Session, office: Office, town: Town, clock: FrozenClock) -> None:
    home = town.households["H001"].id
    session.add(
        Visit(
            household_id=home,
            cadre_id=town.cadre.id,
            method="home",
            condition="steady",
            said="屋顶漏雨",
            visited_on=date(2016, 3, 1),
            recorded_at=office.now() - 10 * LONG_AGO,
        )
    )
    session.flush()
    kept = [count(session, table) for table in (Visit, Problem, Pairing, Household)]
    clock.forward(days=4000)
    everything(session, office)
    assert [count(session, table) for table in (Visit, Problem, Pairing, Household)] == kept
    assert session.scalars(select(Visit.said)).one() == "屋顶漏雨"


def test_a_preview_counts_and_changes_nothing(session: Session, office: Office) -> None:
    letter(session, office, LONG_AGO)
    message(session, office, LONG_AGO)
    found = retention.due(session, office)
    assert (found["letters"], found["messages"], found["drafts"]) == (1, 1, 0)
    assert (count(session, InboxLetter), count(session, OutboxMessage)) == (1, 1)


def test_the_tick_does_it_once_a_night_in_parts(
    session: Session, office: Office, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.forward(hours=-8)  # one in the night
    for _ in range(3):
        letter(session, office, LONG_AGO)
    assert retention.tick_retention(session, office) == 0, "not before its hour"
    clock.forward(hours=2)
    assert retention.tick_retention(session, office) == 3
    assert retention.tick_retention(session, office) == 0
    letter(session, office, LONG_AGO)
    assert retention.tick_retention(session, office) == 0, "done for today"
    clock.forward(days=1)
    assert retention.tick_retention(session, office) == 1
