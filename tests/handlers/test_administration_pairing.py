"""Pairing by chat: what is shown is what is written, once, and everybody concerned hears of it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notice
from models.households import Household, Pairing
from models.people import Person, RoleGrant
from services.messages import Message
from tests.phone import Phone
from tests.town import MONDAY_MORNING, Town, make_office

ADMIN, SECOND_ADMIN, CADRE, OTHER_CADRE, RESIDENT, NEIGHBOUR = 301, 302, 101, 102, 401, 402


@pytest.fixture
def admin(session: Session, town: Town) -> Phone:
    return Phone(session, make_office(), ADMIN)


def phone(session: Session, user_id: int) -> Phone:
    return Phone(session, make_office(), user_id)


def second_admin(session: Session, town: Town) -> Phone:
    person = Person(
        name="第二管理",
        code="A002",
        telegram_user_id=SECOND_ADMIN,
        language="zh_CN",
        consented_at=MONDAY_MORNING,
        consent_version=notice.VERSION,
        created_at=MONDAY_MORNING,
    )
    session.add(person)
    session.flush()
    session.add(RoleGrant(person_id=person.id, role="admin", unit_id=town.town.id, granted_at=MONDAY_MORNING))
    session.flush()
    return phone(session, SECOND_ADMIN)


def cadre_of(session: Session, town: Town, code: str) -> int | None:
    return session.scalar(
        select(Pairing.cadre_id).where(
            Pairing.household_id == town.households[code].id, Pairing.kind == "primary", Pairing.ended_on.is_(None)
        )
    )


def labels(message: Message) -> list[str]:
    return [one.label for row in message.buttons for one in row]


def test_the_preview_says_how_many_get_whom_and_writes_nothing(session: Session, admin: Phone, town: Town) -> None:
    (preview,) = admin.says("结对")
    assert "1 户还没有联系干部，可以结对 1 户，交给 1 位干部；他们每人共联系 2–2 户" in preview.text
    assert "<b>西村</b> 1 户：李联系 1" in preview.text
    assert labels(preview) == ["确认", "取消", "手动结对"]
    assert cadre_of(session, town, "H004") is None


def test_confirmed_is_written_and_told_in_one_message(session: Session, admin: Phone, town: Town) -> None:
    session.add_all(
        Household(
            code=f"N{n}", head=f"新户{n}", unit_id=town.west_group.id, card_code=f"N{n}", created_at=MONDAY_MORNING
        )
        for n in range(3)
    )
    session.flush()
    preview = admin.says("/pair")
    (done,) = admin.taps(preview, "确认")
    assert "已结对 4 户" in done.text
    assert cadre_of(session, town, "H004") == town.other_cadre.id
    (told,) = phone(session, OTHER_CADRE).receives()
    assert "您新联系 4 户" in told.text
    assert "杨春花（H004）" in told.text
    assert phone(session, CADRE).receives() == []
    (answer,) = admin.says("结对")
    assert "每一户都有联系干部了" in answer.text


def test_two_administrators_confirming_the_same_preview_pair_once(session: Session, admin: Phone, town: Town) -> None:
    other = second_admin(session, town)
    first, second = admin.says("结对"), other.says("结对")
    admin.taps(first, "确认")
    assert other.taps(second, "确认") == []
    assert "重新预览" in other.toast()
    assert len(phone(session, OTHER_CADRE).receives()) == 1
    rows = session.scalars(select(Pairing).where(Pairing.household_id == town.households["H004"].id)).all()
    assert len(rows) == 1


def test_a_preview_that_things_have_overtaken_is_not_written(session: Session, admin: Phone, town: Town) -> None:
    preview = admin.says("结对")
    town.other_cadre.max_households = 1
    session.flush()
    assert admin.taps(preview, "确认") == []
    assert "重新预览" in admin.toast()
    assert cadre_of(session, town, "H004") is None


def test_who_cannot_be_paired_is_named_with_the_reason(session: Session, admin: Phone, town: Town) -> None:
    town.other_cadre.max_households = 1
    session.flush()
    (preview,) = admin.says("结对")
    assert "杨春花（H004），西一组：干部的户数都满了" in preview.text
    assert "确认" not in labels(preview)


def test_the_main_path_in_english(session: Session, admin: Phone, town: Town) -> None:
    town.admin.language = town.other_cadre.language = "en"
    session.flush()
    (preview,) = admin.says("Pairing")
    assert "1 households have no cadre; 1 can be paired" in preview.text
    (done,) = admin.taps([preview], "Confirm")
    assert "1 household was paired" in done.text
    (told,) = phone(session, OTHER_CADRE).receives()
    assert "You are now the official of 1 household" in told.text


def test_putting_the_preview_away_touches_nothing(session: Session, admin: Phone, town: Town) -> None:
    (answer,) = admin.taps(admin.says("结对"), "取消")
    assert "没有改动" in answer.text
    assert cadre_of(session, town, "H004") is None


@pytest.mark.parametrize("data", ["administration.pairing_yes", "administration.pairing_yes:000000000000"])
def test_a_forged_confirmation_writes_nothing(session: Session, admin: Phone, town: Town, data: str) -> None:
    assert admin.presses(data) == []
    assert cadre_of(session, town, "H004") is None


# --- by hand


def test_a_household_is_found_and_given_to_a_chosen_cadre(session: Session, admin: Phone, town: Town) -> None:
    question = admin.taps(admin.says("结对"), "手动结对")
    assert "户编码" in question[0].text
    found = admin.says("张大山")
    place = admin.taps(found, "张大山")
    assert "现在的联系干部：王联系" in place[0].text
    choices = admin.taps(place, "选联系干部")
    assert labels(choices[0])[0] == "李联系 · 西村（1/10）"
    ask = admin.taps(choices, "李联系")
    assert "王联系 → <b>李联系</b>" in ask[0].text
    assert cadre_of(session, town, "H001") == town.cadre.id, "not before it is confirmed"
    (done,) = admin.taps(ask, "确认")
    assert "现在是李联系" in done.text
    assert cadre_of(session, town, "H001") == town.other_cadre.id
    assert "李联系" in phone(session, RESIDENT).receives()[0].text
    assert "1 户" in phone(session, CADRE).receives()[0].text
    assert admin.taps(ask, "确认") == []
    assert "重新预览" in admin.toast()


def test_a_pairing_is_ended_after_a_question(session: Session, admin: Phone, town: Town) -> None:
    place = admin.presses(f"administration.household:{town.households['H003'].id}")
    ask = admin.taps(place, "结束结对")
    assert "没有联系干部" in ask[0].text
    assert cadre_of(session, town, "H003") == town.other_cadre.id
    admin.taps(ask, "结束结对")
    assert cadre_of(session, town, "H003") is None
    assert "0000-12345" in phone(session, NEIGHBOUR).receives()[0].text


def test_a_search_without_a_hit_may_be_repeated(session: Session, admin: Phone, town: Town) -> None:
    admin.presses("administration.search:household")
    assert "没有找到“不存在的人”" in admin.says("不存在的人")[0].text
    assert "杨春花" in labels(admin.says("H004")[0])[0]


def test_an_administrator_of_one_village_pairs_only_there(session: Session, admin: Phone, town: Town) -> None:
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.admin.id)).one().unit_id = town.east.id
    session.flush()
    assert "每一户都有联系干部了" in admin.says("结对")[0].text
    assert admin.presses(f"administration.household:{town.households['H004'].id}") == []
    assert "没有找到" in admin.toast()


@pytest.mark.parametrize(
    "data",
    [
        "administration.pairing",
        "administration.pairing_yes:x",
        "administration.pair_yes:{household}:{cadre}:0",
        "administration.unpair_yes:{household}:{cadre}",
    ],
)
def test_nobody_else_pairs(session: Session, town: Town, data: str) -> None:
    text = data.format(household=town.households["H001"].id, cadre=town.cadre.id)
    for user_id in (CADRE, 201, RESIDENT):
        stranger = phone(session, user_id)
        assert stranger.presses(text) == []
        assert "身份不能" in stranger.toast()
    assert cadre_of(session, town, "H001") == town.cadre.id
