"""Logging a visit: what is saved is saved once, and what isn't saved isn't lost."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.households import Pairing
from models.people import RoleGrant
from models.post import Draft
from models.problems import Problem
from models.visits import Attachment
from services import drafts
from services.office import Office
from tests.handlers.visits.form import data_of, open_form, save, visits
from tests.phone import Phone
from tests.town import Town


def test_a_double_tap_saves_one_visit_and_is_answered_kindly(session: Session, phone: Phone) -> None:
    open_form(phone)
    form = phone.taps(phone.taps(phone.says("漏雨")[-1:], "转为问题"), "住房")
    save(phone, form)
    assert save(phone, form) == []
    assert "已经保存过了" in phone.toast()
    assert len(visits(session)) == 1
    assert session.scalar(select(func.count()).select_from(Problem)) == 1


def test_the_saved_record_names_everything_that_was_sent(phone: Phone) -> None:
    open_form(phone)
    phone.says("屋顶补好了")
    phone.sends_photo("roof-1")
    phone.sends_photo("roof-2")
    phone.sends_voice()
    form = phone.sends(location={"latitude": 30.1, "longitude": 120.2})
    form = phone.taps(phone.taps(phone.taps(form, "当场解决"), "更多"), "同行人")
    form = phone.says("李主任")
    record, _ = save(phone, form)
    for part in ("屋顶补好了", "照片 2 张、语音 1 条", "同行：李主任", "位置：已附上", "当场已解决"):
        assert part in record.text


def test_the_draft_survives_at_each_step(session: Session, phone: Phone, office: Office) -> None:
    open_form(phone)
    phone.says("还没写完")
    session.expire_all()  # as after a restart: only the row is left
    form = Phone(session, office, 101).sends_photo("after")
    assert "还没写完" in form[-1].text
    save(phone, form)
    assert visits(session)[0].said == "还没写完"


@pytest.mark.parametrize("leave", ["button", "command"])
def test_it_can_be_left_at_any_step(session: Session, phone: Phone, leave: str) -> None:
    open_form(phone)
    form = phone.says("写了一半")
    answer = phone.taps(form[-1:], "取消") if leave == "button" else phone.says("/cancel")
    assert "已取消" in answer[-1].text
    assert save(phone, form) == []
    assert "过期" in phone.toast()
    assert visits(session) == []


def test_old_buttons_change_nothing(session: Session, phone: Phone) -> None:
    old = open_form(phone)
    new = open_form(phone, "刘小河")
    for label in ("电话", "保存", "取消", "有困难"):
        assert phone.taps(old, label) == []
        assert "过期" in phone.toast()
    assert save(phone, new)
    assert [visit.method for visit in visits(session)] == ["home"]


def test_somebody_elses_buttons_change_nothing(session: Session, phone: Phone, office: Office) -> None:
    form = open_form(phone)
    stranger = Phone(session, office, 102)
    assert stranger.presses(data_of(form, "保存")) == []
    assert "过期" in stranger.toast()
    assert visits(session) == []


def test_a_household_handed_over_meanwhile_is_not_saved(session: Session, phone: Phone, town: Town) -> None:
    form = open_form(phone)
    session.scalars(select(Pairing).where(Pairing.cadre_id == town.cadre.id)).first().ended_on = date(2026, 3, 2)
    session.flush()
    assert save(phone, form) == []
    assert visits(session) == []


def test_a_revoked_cadre_is_refused(session: Session, phone: Phone, town: Town) -> None:
    form = open_form(phone)
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.cadre.id)):
        grant.revoked_at = grant.granted_at
    session.flush()
    save(phone, form)
    assert visits(session) == []


# --- what isn't saved isn't lost


def test_a_visit_with_content_is_not_lost_silently(session: Session, phone: Phone) -> None:
    open_form(phone)
    phone.says("写了很多")
    question = phone.says("记走访")
    assert "没保存的走访：张大山" in question[-1].text
    answer = phone.taps(question, "继续填")
    assert "写了很多" in answer[-1].text
    save(phone, answer)
    assert visits(session)[0].said == "写了很多"


def test_giving_up_begins_anew(session: Session, phone: Phone) -> None:
    open_form(phone)
    phone.says("不要了")
    answer = phone.taps(phone.says("记走访"), "放弃重来")
    save(phone, phone.taps(answer[-1:], "刘小河"))
    assert [visit.said for visit in visits(session)] == [None]


@pytest.mark.parametrize(("typed", "answer"), [("刘", "记走访：刘小河"), ("没有:这一户" * 9, "没有找到“没有:这一户")])
def test_giving_up_goes_on_to_the_name_that_was_typed(session: Session, phone: Phone, typed: str, answer: str) -> None:
    open_form(phone)
    phone.says("不要了")
    shown = phone.taps(phone.says(f"/visit {typed}"), "放弃重来")
    assert answer in shown[-1].text
    assert session.scalars(select(Draft)).one().data["parts"] == []


def test_a_name_typed_while_a_photo_waits_for_its_household_finds_it(session: Session, phone: Phone) -> None:
    phone.says("记走访")
    phone.sends_photo("early")
    save(phone, phone.says("/visit 刘"))
    assert [one.file_id for one in session.scalars(select(Attachment))] == ["early"]


def test_giving_up_twice_gives_up_only_once(session: Session, phone: Phone) -> None:
    open_form(phone)
    phone.says("不要了")
    question = phone.says("记走访")
    phone.taps(phone.taps(question, "放弃重来")[-1:], "刘小河")
    phone.says("新写的")
    assert phone.taps(question, "放弃重来") == []
    assert session.scalars(select(Draft)).one().data["parts"][0]["text"] == "新写的"


def test_the_same_household_opened_from_its_card_comes_back_as_it_was(phone: Phone, town: Town) -> None:
    open_form(phone)
    phone.says("写了一半")
    answer = phone.presses(f"visits.open:{town.households['H001'].id}")
    assert "写了一半" in answer[-1].text


def test_a_problem_report_does_not_lose_the_visit_silently(session: Session, phone: Phone) -> None:
    open_form(phone)
    phone.says("写了很多")
    phone.says("/report")
    assert session.scalars(select(Draft)).one().journey == "visits"


def test_another_journeys_content_is_not_lost_silently(
    session: Session, phone: Phone, office: Office, town: Town
) -> None:
    drafts.begin(session, office, town.cadre.id, "problem_work", {"text": "进展写了一半"})
    question = phone.says("记走访")
    assert "没有提交" in question[-1].text
    phone.taps(question, "先不记")
    assert session.scalars(select(Draft)).one().journey == "problem_work"
    assert "去了哪一户" in phone.taps(question, "放弃重来")[-1].text
