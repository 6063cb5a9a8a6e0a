"""What works at any moment."""

import pytest
from sqlalchemy.orm import Session

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
