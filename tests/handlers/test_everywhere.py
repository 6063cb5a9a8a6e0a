"""What works at any moment."""

import re

import pytest
from sqlalchemy.orm import Session

from handlers import ROUTES
from handlers.routes import Audience
from tests.phone import Phone
from tests.town import build_town, make_office


@pytest.mark.parametrize(("language_code", "expected"), [("zh-hans", "爱心联系卡"), ("en", "contact card")])
def test_a_stranger_learns_only_how_to_ask_for_a_card(session: Session, language_code: str, expected: str) -> None:
    build_town(session)
    (answer,) = Phone(session, make_office(), 999, language_code=language_code).says("你好")
    assert expected in answer.text
    assert not answer.buttons
    assert not answer.keyboard


def test_an_unknown_button_gets_a_plain_answer_and_changes_nothing(session: Session) -> None:
    build_town(session)
    phone = Phone(session, make_office(), 101)
    assert phone.presses("no.such.action:1") == []
    assert "过期" in phone.toast()


def test_a_known_person_who_is_not_understood_gets_the_keyboard(session: Session) -> None:
    build_town(session)
    (answer,) = Phone(session, make_office(), 101).says("天气真好")
    assert answer.keyboard == (("今日走访", "记走访"), ("我的农户", "问题办理"))


@pytest.mark.parametrize("typed", ["记走访", "/today", "/nonsense", "你好"])
def test_whoever_has_not_agreed_is_shown_the_notice_whatever_they_type(session: Session, typed: str) -> None:
    build_town(session).cadre.consented_at = None
    answer, *hint = Phone(session, make_office(), 101).says(typed)
    assert ["再发一次" in one.text for one in hint] == ([] if typed.startswith("/") else [True])
    assert "看一下这几句话" in answer.text
    assert [button.label for row in answer.buttons for button in row] == ["同意", "不同意", "English"]
    assert answer.keyboard is None


def test_a_button_pressed_before_agreeing_shows_the_notice_below_and_works_afterwards(session: Session) -> None:
    town = build_town(session)
    town.cadre.consented_at = None
    phone = Phone(session, make_office(), 101)
    pressed = f"cards.open:{town.households['H001'].id}"
    notice = phone.presses(pressed)
    assert "点“同意”以后" in phone.toast()
    phone.taps(notice, "同意")
    (card,) = phone.presses(pressed)
    assert "张大山" in card.text


@pytest.mark.parametrize(
    ("who", "language", "where"),
    [
        (101, "zh-hans", "记走访"),
        (101, "en", "log it"),
        (401, "zh-hans", "0000-12345"),
        (401, "en", "0000-12345"),
        (201, "zh-hans", "单位台账"),
    ],
)
def test_promises_says_plainly_where_a_promise_is_kept(session: Session, who: int, language: str, where: str) -> None:
    town = build_town(session)
    for person in (town.cadre, town.resident):
        person.language = {"en": "en"}.get(language, "zh_CN")
    (answer,) = Phone(session, make_office(), who, language_code=language).says("/promises")
    assert where in answer.text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    ("who", "audience", "named"),
    [
        (101, "cadre", "/diary"),
        (401, "household", "/mydata"),
        (201, "supervisor", "/problems"),
        (301, "admin", "/card"),
    ],
)
def test_help_names_commands_that_the_reader_may_use(
    session: Session, who: int, audience: str, named: str, language: str
) -> None:
    town = build_town(session)
    for person in (town.cadre, town.resident, town.supervisor, town.admin):
        person.language = language
    (answer,) = Phone(session, make_office(), who).says("/help")
    routes = {route.key: route for route in ROUTES}
    told = re.findall(r"/([a-z]+)", answer.text)
    assert named[1:] in told
    assert [one for one in told if Audience(audience) not in routes["command", one].allowed] == []
