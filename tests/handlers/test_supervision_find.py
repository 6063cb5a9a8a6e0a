"""查找: households and cadres, by whatever a supervisor remembers of them."""

import pytest
from sqlalchemy.orm import Session

from models.people import RoleGrant
from models.post import Draft
from services import drafts
from services.messages import Message
from services.office import Office
from tests.phone import Phone
from tests.town import Town


@pytest.fixture
def phone(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, 201)


def labels(messages: list[Message]) -> list[str]:
    return [button.label for message in messages for row in message.buttons for button in row]


@pytest.mark.parametrize("query", ["张大", "zds", "H001", "h001", "大山", "zhangdashan"])
def test_a_household_is_found_by_name_initials_or_code(phone: Phone, town: Town, query: str) -> None:
    (answer,) = phone.says(f"/find {query}")
    assert f"与“{query}”相符的有 1 个" in answer.text
    (row,) = answer.buttons
    assert row[0].label.startswith("张大山 · H001 · 重点 · ")
    assert row[0].data == f"cards.open:{town.households['H001'].id}"


def test_a_cadre_is_found_with_the_households_they_help(phone: Phone, town: Town) -> None:
    answer = phone.says("/find wlx")
    assert labels(answer) == ["干部 王联系 · 东村 · 2 户"]
    (listed,) = phone.taps(answer, "王联系")
    assert "王联系（东村）联系的农户" in listed.text
    assert "张大山</b> H001" in listed.text
    assert "刘小河</b> H002" in listed.text
    assert "陈长林" not in listed.text


def test_after_the_button_whatever_is_typed_is_looked_up(session: Session, phone: Phone, town: Town) -> None:
    (asked,) = phone.says("查找")
    assert "请发姓名" in asked.text
    assert labels(phone.says("陈"))[0].startswith("陈长林 · H003")
    assert labels(phone.says("刘"))[0].startswith("刘小河 · H002")
    assert "请用文字" in phone.sends_photo()[0].text
    assert "已取消" in phone.taps([asked], "取消")[0].text
    assert session.query(Draft).count() == 0
    assert "没看懂" in phone.says("陈")[0].text


def test_a_half_filled_form_survives_the_search(session: Session, office: Office, phone: Phone, town: Town) -> None:
    drafts.begin(session, office, town.supervisor.id, "visits", {"parts": ["typed"]})
    assert "先给您留着" in phone.says("查找")[0].text
    assert labels(phone.says("/find 张大山"))[0].startswith("张大山")
    draft = session.query(Draft).one()
    assert (draft.journey, draft.data) == ("visits", {"parts": ["typed"]})


def test_nobody_found_is_said_plainly(phone: Phone) -> None:
    (answer,) = phone.says("/find 欧阳锋")
    assert "没有找到“欧阳锋”" in answer.text
    assert answer.buttons == ()


def test_what_is_typed_is_shown_as_text(phone: Phone) -> None:
    assert "没有找到“&lt;b&gt;&amp;”" in phone.says("/find <b>&")[0].text


def test_only_the_own_unit_is_searched(session: Session, office: Office, town: Town) -> None:
    east = Phone(session, office, 202)
    assert "没有找到" in east.says("/find 陈长林")[0].text
    assert "没有找到" in east.says("/find 李联系")[0].text
    assert labels(east.says("/find 张大山"))
    assert east.presses(f"find.cadre:{town.other_cadre.id}:0") == []
    assert "没有找到" in east.toast()


def test_a_cadre_may_not_search_the_town(session: Session, office: Office, town: Town) -> None:
    assert Phone(session, office, 101).says("/find 陈")[0].text == "您现在的身份不能做这一步。"


def test_a_cadres_list_stops_at_the_own_units_border(session: Session, office: Office, town: Town) -> None:
    town.other_cadre.unit_id = town.east.id
    session.query(RoleGrant).filter_by(person_id=town.other_cadre.id).update({"unit_id": town.east.id})
    session.flush()
    (listed,) = Phone(session, office, 202).presses(f"find.cadre:{town.other_cadre.id}:0")
    assert "李联系（东村）联系的农户</b>　共 0 条" in listed.text
    assert "陈长林" not in listed.text


def test_it_is_said_in_english_too(phone: Phone, town: Town) -> None:
    town.supervisor.language = "en"
    assert "Please send a name" in phone.says("Find")[0].text
    answer = phone.says("联系")
    assert "2 matches for “联系”" in answer[0].text
    assert labels(answer)[0] == "Official 王联系 · 东村 · 2 households"
