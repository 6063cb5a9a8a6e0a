"""成员 and 解除: a lost phone sees and gets nothing from the next press on; the new one comes in by the card."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.households import Membership
from models.people import Person
from models.post import Draft, OutboxMessage
from services import outbox
from services.messages import Message
from services.office import Office
from tests.phone import Phone
from tests.town import Town, build_town

CADRE, OTHER_CADRE, SUPERVISOR, EAST_SUPERVISOR, ADMIN, LOST = 101, 102, 201, 202, 301, 401


@pytest.fixture
def town(session: Session) -> Town:
    town = build_town(session)
    town.resident.name = "张小燕"
    session.flush()
    return town


def all_text(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def unlink(session: Session, office: Office, town: Town, who: int) -> list[Message]:
    phone = Phone(session, office, who)
    listed = phone.taps(phone.presses(f"cards.open:{town.households['H001'].id}"), "成员")
    return phone.taps(phone.taps(listed, "解除 张小燕"), "确定解除")


@pytest.mark.parametrize("who", [CADRE, SUPERVISOR, EAST_SUPERVISOR, ADMIN])
def test_whoever_is_in_charge_cuts_a_lost_phone_off(session: Session, office: Office, town: Town, who: int) -> None:
    assert "已解除张小燕" in all_text(unlink(session, office, town, who))
    session.expire_all()
    assert town.resident.telegram_user_id is None
    assert session.scalars(select(Membership.state).where(Membership.person_id == town.resident.id)).one() == "ended"


def test_its_old_buttons_its_open_form_and_its_post_are_dead(session: Session, office: Office, town: Town) -> None:
    lost = Phone(session, office, LOST)
    lost.taps(lost.says("反映问题"), "饮水")
    household = town.households["H001"].id
    outbox.reply(session, office, LOST, Message("张大山，在路上"), person_id=town.resident.id)
    outbox.notice(session, office, town.resident.id, "cards.cadre_changed", {"household_id": household})
    unlink(session, office, town, CADRE)
    waiting = select(OutboxMessage).where(OutboxMessage.chat_id == LOST, OutboxMessage.state == "waiting")
    assert session.scalars(waiting).all() == [], "not even a farewell: the phone may be in anybody's hands"
    assert session.scalars(select(Draft).where(Draft.person_id == town.resident.id)).all() == []
    for button in (f"cards.open:{household}", f"cards.call_back:{household}", "problems.list:ours:0"):
        assert lost.presses(button) == []
        assert "张大山" not in lost.toast()
    assert "张大山" not in all_text(lost.says("我的联系卡") + lost.says("水管坏了"))


@pytest.mark.parametrize("words", ["反映问题", "/card", "水管坏了"])
def test_its_big_buttons_go_with_its_next_word(session: Session, office: Office, town: Town, words: str) -> None:
    unlink(session, office, town, CADRE)
    assert [one.keyboard for one in Phone(session, office, LOST).says(words)] == [()]


def test_the_new_phone_comes_in_by_the_card_as_somebody_to_be_confirmed(
    session: Session, office: Office, town: Town
) -> None:
    unlink(session, office, town, CADRE)
    new = Phone(session, office, 900)
    new.taps(new.says(f"/start h{town.households['H001'].card_code}"), "同意")
    person = session.scalars(select(Person).where(Person.telegram_user_id == 900)).one()
    assert person.id != town.resident.id
    cadre = Phone(session, office, CADRE)
    cadre.taps(cadre.receives(), "确认")
    session.expire_all()
    states = session.scalars(select(Membership.state).where(Membership.person_id == person.id))
    assert list(states) == ["linked"]


@pytest.mark.parametrize("who", [OTHER_CADRE, 402])
def test_nobody_else_sees_or_unlinks_them(session: Session, office: Office, town: Town, who: int) -> None:
    membership = session.scalars(select(Membership).where(Membership.person_id == town.resident.id)).one()
    phone = Phone(session, office, who)
    for button in (
        f"onboarding.members:{membership.household_id}",
        f"onboarding.unlink:{membership.id}",
        f"onboarding.unlink_yes:{membership.id}",
    ):
        assert "张小燕" not in all_text(phone.presses(button)) + phone.toast()
    session.expire_all()
    assert membership.state == "linked"


def test_who_lives_in_two_households_stays_in_the_other(session: Session, office: Office, town: Town) -> None:
    session.add(
        Membership(
            household_id=town.households["H002"].id, person_id=town.resident.id, state="linked", since=office.now()
        )
    )
    session.flush()
    unlink(session, office, town, CADRE)
    session.expire_all()
    assert town.resident.telegram_user_id == LOST
    lost = Phone(session, office, LOST)
    assert lost.presses(f"cards.open:{town.households['H001'].id}") == []
    assert "刘小河" in all_text(lost.presses(f"cards.open:{town.households['H002'].id}"))


def test_an_old_question_unlinks_nobody_twice(session: Session, office: Office, town: Town) -> None:
    membership = session.scalars(select(Membership).where(Membership.person_id == town.resident.id)).one()
    unlink(session, office, town, CADRE)
    cadre = Phone(session, office, CADRE)
    for language, words in (("zh_CN", "已经解除了"), ("en", "isn't linked any more")):
        town.cadre.language = language
        session.flush()
        assert cadre.presses(f"onboarding.unlink_yes:{membership.id}") == [], "the message stays as it is"
        assert words in cadre.toast()
    stranger = Phone(session, office, OTHER_CADRE)
    stranger.presses(f"onboarding.unlink_yes:{membership.id}")
    assert "没有找到" in stranger.toast()


def test_it_is_said_in_english_too(session: Session, office: Office, town: Town) -> None:
    town.cadre.language = "en"
    session.flush()
    phone = Phone(session, office, CADRE, language_code="en")
    listed = phone.taps(phone.presses(f"cards.open:{town.households['H001'].id}"), "Members")
    assert "A phone was lost" in listed[0].text
    assert "is unlinked" in phone.taps(phone.taps(listed, "Unlink"), "Yes, unlink")[0].text
