"""A request for a correction is told to whoever is in charge: once, and anew only where it died unsaid."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.corrections import CorrectionRequest
from models.people import RoleGrant
from models.post import OutboxMessage
from services import outbox
from services.messages import Message
from services.office import Office
from services.onboarding.corrections import tick_corrections
from services.pair_changes import change_primaries
from services.rules.send_windows import Speech
from tests.phone import Phone
from tests.town import FrozenClock, Town

CADRE, RESIDENT = 101, 401


@pytest.fixture
def resident(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, RESIDENT)


def all_text(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def asks_for(resident: Phone) -> None:
    resident.taps(resident.says("/mydata"), "有错，要更正")
    resident.says("我家电话换了")


def leaves(session: Session, office: Office, *, failing: str = "") -> list[str]:
    """The correction notices that a delivery takes in hand now; sent, or given up where that is why."""
    parcels = outbox.claim(
        session, office, lane="bulk", speeches=tuple(Speech), real_now=office.now() + timedelta(hours=1), limit=9
    )
    for parcel in parcels:
        if failing:
            outbox.gave_up(session, parcel.id, real_now=office.now(), error=failing)
        else:
            outbox.sent(session, parcel.id, real_now=office.now(), message_id=1)
    return [str(parcel.chat_id) for parcel in parcels if parcel.message and "我家电话换了" in parcel.message.text]


def test_a_cadre_who_gets_the_household_back_is_told_what_died_meanwhile_and_once(
    session: Session, office: Office, town: Town, resident: Phone
) -> None:
    asks_for(resident)
    home_id, cadre, other = town.households["H001"].id, town.cadre.id, town.other_cadre.id
    change_primaries(session, office, ended=[(home_id, cadre)], begun=[(home_id, other)], by=None)
    while leaves(session, office):
        pass
    cancelled = select(OutboxMessage.error).where(
        OutboxMessage.kind == "rights.correction", OutboxMessage.state == "cancelled"
    )
    assert session.scalars(cancelled).all() == ["no longer in scope"]
    assert tick_corrections(session, office) == 1, "the new cadre; the old one isn't in charge"
    change_primaries(session, office, ended=[(home_id, other)], begun=[(home_id, cadre)], by=None)
    assert tick_corrections(session, office) == 1
    assert all_text(Phone(session, office, CADRE).receives()).count("我家电话换了") == 1
    assert tick_corrections(session, office) == 0


def test_what_was_told_is_told_to_nobody_again(session: Session, office: Office, town: Town, resident: Phone) -> None:
    asks_for(resident)
    assert leaves(session, office) == [str(CADRE)]
    home_id, cadre, other = town.households["H001"].id, town.cadre.id, town.other_cadre.id
    for before, after in ((cadre, other), (other, cadre)):
        change_primaries(session, office, ended=[(home_id, before)], begun=[(home_id, after)], by=None)
    Phone(session, office, CADRE).blocks()
    Phone(session, office, CADRE).unblocks()
    assert tick_corrections(session, office) == 0


def test_what_failed_is_tried_again_a_day_later_and_not_with_every_tick(
    session: Session, office: Office, clock: FrozenClock, resident: Phone
) -> None:
    asks_for(resident)
    assert leaves(session, office, failing="refused") == [str(CADRE)]
    clock.forward(hours=23)
    assert tick_corrections(session, office) == 0
    clock.forward(hours=2)
    assert tick_corrections(session, office) == 1
    assert tick_corrections(session, office) == 0


def test_a_pairing_without_the_role_opens_nothing_and_the_supervisor_is_told(
    session: Session, office: Office, town: Town
) -> None:
    role = session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.cadre.id)).one()
    role.revoked_at = office.now()
    session.flush()
    asks_for(Phone(session, office, RESIDENT))
    assert leaves(session, office) == ["202"]
    assert tick_corrections(session, office) == 0, "nothing is queued that dies and is queued anew"


def test_the_tick_asks_as_little_of_many_requests_as_of_one(session: Session, office: Office, town: Town) -> None:
    def statements() -> int:
        seen: list[str] = []
        listen = ("before_cursor_execute", lambda *args: seen.append(args[2]))
        engine = session.get_bind().engine
        event.listen(engine, *listen)
        assert tick_corrections(session, office) == 0
        event.remove(engine, *listen)
        return len(seen)

    def ask() -> None:
        session.add(CorrectionRequest(person_id=town.resident.id, wanted="我家电话换了", asked_at=office.now()))
        session.flush()
        tick_corrections(session, office)

    ask()
    of_one = statements()
    for _ in range(30):
        ask()
    assert statements() == of_one > 0
