"""Joining a household: who is asked whether somebody belongs there, and what their word does."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.households import Membership, Pairing
from models.people import Person
from services.messages import Message
from services.office import Office
from tests.phone import Phone
from tests.town import FrozenClock, Town, make_office

VILLAGER = ("反映问题", "我的联系卡")
GRANDMOTHER = 900


@pytest.fixture
def phone(session: Session, office: Office, town: Town) -> Phone:
    """A stranger's."""
    return Phone(session, office, GRANDMOTHER)


def scan(phone: Phone, town: Town, code: str = "H001") -> list[Message]:
    return phone.says(f"/start h{town.households[code].card_code}")


def join(phone: Phone, town: Town, code: str = "H001") -> list[Message]:
    return phone.taps(scan(phone, town, code), "同意")


def membership(session: Session, telegram: int = GRANDMOTHER) -> Membership:
    session.expire_all()
    return session.scalars(
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.telegram_user_id == telegram)
        .order_by(Membership.id.desc())
    ).first()


def all_text(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def test_the_cadre_confirms_and_the_member_is_told(session: Session, phone: Phone, town: Town) -> None:
    assert any(message.contact_label for message in join(phone, town))
    cadre = Phone(session, phone.office, 101)
    question = cadre.receives()
    (shown,) = cadre.taps(question, "确认")
    assert "已确认" in shown.text
    assert not shown.buttons
    found = membership(session)
    assert (found.state, found.linked_by, found.confirmed_by_id) == ("linked", "cadre", town.cadre.id)
    (told,) = phone.receives()
    assert "张大山" in told.text
    assert told.keyboard[0] == VILLAGER
    assert not told.contact_label, "the key that shares the phone number has done its work"
    assert "人" in all_text(Phone(session, phone.office, 401).receives())
    assert cadre.taps(question, "确认") == [], "a second tap leaves the message as it is"
    assert "人是张大山户的家人，已经确认过" in cadre.toast()
    assert len(phone.receives()) == 1, "a second tap on a slow line says it once"
    cadre.taps(question, "不是")
    assert membership(session).state == "linked"


def test_the_cadre_says_no_and_the_person_is_told_kindly(session: Session, phone: Phone, town: Town) -> None:
    join(phone, town)
    cadre = Phone(session, phone.office, 101)
    question = cadre.receives()
    (shown,) = cadre.taps(question, "不是")
    assert "再扫一次" in shown.text
    assert membership(session).state == "ended"
    (told,) = phone.receives()
    assert "没有得到确认" in told.text
    assert told.keyboard == ()
    assert "张大山" not in told.text
    assert cadre.taps(question, "不是") == []
    assert "没有确认" in cadre.toast()
    cadre.taps(question, "确认")
    assert "没有确认" in cadre.toast()
    assert membership(session).state == "ended"


def test_whoever_was_slower_reads_whose_claim_was_decided(session: Session, phone: Phone, town: Town) -> None:
    join(phone, town)
    cadre, supervisor = (Phone(session, phone.office, who) for who in (101, 202))
    question = cadre.receives()
    town.east_supervisor.language = "en"
    session.flush()
    cadre.taps(question, "确认")
    (shown,) = supervisor.taps(question, "不是")
    assert "人 has been confirmed already as belonging to 张大山's household" in shown.text
    assert not shown.buttons, "the question goes away too"
    assert membership(session).state == "linked"


def test_a_mistaken_no_is_put_right_by_scanning_again_but_not_for_ever(
    session: Session, phone: Phone, town: Town
) -> None:
    join(phone, town)
    cadre = Phone(session, phone.office, 101)
    cadre.taps(cadre.receives(), "不是")
    scan(phone, town)
    assert membership(session).state == "pending"
    assert phone.receives() == [], "the earlier no is no longer worth saying"
    cadre.taps(cadre.receives(), "不是")
    assert "没有得到确认" in all_text(scan(phone, town))
    assert membership(session).state == "ended"


@pytest.mark.parametrize("foreign", [102, 202, 301])
def test_only_whoever_is_in_charge_may_confirm(
    session: Session, phone: Phone, office: Office, town: Town, foreign: int
) -> None:
    join(phone, town, "H001" if foreign != 202 else "H003")
    other = Phone(session, office, foreign)
    assert other.presses(f"onboarding.confirm:{membership(session).id}") == []
    assert "没有找到" in other.toast()
    assert membership(session).state == "pending"


def test_nobody_confirms_themselves(session: Session, office: Office, town: Town) -> None:
    cadre = Phone(session, office, 101)
    asked = scan(cadre, town, "H002")
    cadre.taps(asked, "我是这户的家人")
    cadre.presses(f"onboarding.confirm:{membership(session, 101).id}")
    assert membership(session, 101).state == "pending"


@pytest.mark.parametrize("obstacle", ["blocked", "no account", "no consent", "unpaired"])
def test_without_a_reachable_cadre_the_nearest_supervisor_is_asked(
    session: Session, phone: Phone, office: Office, town: Town, obstacle: str
) -> None:
    if obstacle == "blocked":
        Phone(session, office, 101).blocks()
    elif obstacle == "no account":
        town.cadre.telegram_user_id = None
    elif obstacle == "no consent":
        town.cadre.consented_at = None
    else:
        session.scalars(
            select(Pairing).where(Pairing.household_id == town.households["H001"].id)
        ).one().ended_on = office.today()
    session.flush()
    join(phone, town)
    village = Phone(session, office, 202)
    village.taps(village.receives(), "确认")
    assert membership(session).linked_by == "supervisor"
    assert Phone(session, office, 201).receives() == [], "the town's supervisor isn't troubled"


def test_where_nobody_can_be_asked_the_hotline_is_named(
    session: Session, phone: Phone, office: Office, town: Town
) -> None:
    for telegram in (101, 201, 202):
        Phone(session, office, telegram).blocks()
    assert "0000-12345" in all_text(join(phone, town))
    Phone(session, office, 101).unblocks()
    assert "等您确认" in all_text_and_labels(Phone(session, office, 101).says("/start"))


def all_text_and_labels(messages: list[Message]) -> str:
    labels = [button.label for message in messages for row in message.buttons for button in row]
    return all_text(messages) + "\n".join(labels)


def test_whoever_waits_is_listed_for_a_cadre_who_comes_later(
    session: Session, phone: Phone, office: Office, town: Town
) -> None:
    join(phone, town)
    cadre = Phone(session, office, 101)
    (question,) = cadre.taps(cadre.says("/start"), "等您确认")
    cadre.taps([question], "确认")
    assert membership(session).state == "linked"
    cadre.presses("onboarding.waiting")
    assert "等您确认" not in all_text_and_labels(cadre.says("/start"))


def test_time_alone_ends_no_claim(session: Session, town: Town) -> None:
    clock = FrozenClock()
    office = make_office(clock)
    join(Phone(session, office, GRANDMOTHER), town)
    clock.moment += timedelta(days=40)
    cadre = Phone(session, office, 101)
    cadre.taps(cadre.receives(), "确认")
    assert membership(session).state == "linked"
