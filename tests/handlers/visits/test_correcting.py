"""Correcting a visit: for 72 hours, with what it said before."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.households import Pairing
from models.post import Draft
from models.visits import Attachment, VisitCorrection
from services.messages import Message
from services.office import Office
from tests.handlers.visits.form import open_form, save, visits
from tests.phone import Phone
from tests.town import FrozenClock, Town


def saved_record(phone: Phone, said: str = "原来写的") -> list[Message]:
    open_form(phone)
    return save(phone, phone.says(said))


def test_a_correction_keeps_the_earlier_state_and_who_changed_it(
    session: Session, phone: Phone, town: Town, clock: FrozenClock
) -> None:
    record = saved_record(phone)
    clock.forward(hours=71)
    phone.taps(record, "更正")
    form = phone.says("改过以后的")
    form = phone.taps(phone.taps(form[-1:], "电话"), "有变化")
    form = phone.taps(phone.taps(form, "日期："), "昨天")
    answer = phone.taps(form, "保存")
    (visit,), (earlier,) = visits(session), session.scalars(select(VisitCorrection)).all()
    assert (visit.method, visit.condition, visit.said) == ("phone", "changed", "改过以后的")
    assert visit.visited_on == date(2026, 3, 4)  # yesterday of the day of correcting
    assert (earlier.method, earlier.condition, earlier.said) == ("home", "steady", "原来写的")
    assert (earlier.visited_on, earlier.person_id) == (date(2026, 3, 2), town.cadre.id)
    assert "已更正" in answer[-1].text
    assert answer[-1].keyboard


def test_the_record_shows_what_it_said_before_the_correction(phone: Phone, clock: FrozenClock) -> None:
    record = save(phone, open_form(phone))
    assert "更正过" not in record[0].text
    clock.forward(hours=5, minutes=30)
    phone.taps(record, "更正")
    form = phone.taps(phone.taps(phone.says("都好")[-1:], "日期："), "昨天")
    (record, _) = phone.taps(form, "保存")
    assert "\n更正过：3月2日（周一）14:30 王联系，原来：3月2日（周一）、上门、平稳，没有文字\n" in record.text
    phone.taps([record], "更正")
    (record, _) = phone.taps(phone.taps(phone.says("都好")[-1:], "未遇"), "保存")
    assert "\n更正过 2 次，最近：3月2日（周一）14:30 王联系，原来：上门、平稳\n" in record.text


def test_an_edit_after_saving_is_answered_with_the_way_to_correct(session: Session, phone: Phone) -> None:
    saved_record(phone)
    (answer,) = phone.edits(999_999, "改一下")
    assert "更正" in answer.text
    assert visits(session)[0].said == "原来写的"
    moved = phone._message(location={"latitude": 31.5, "longitude": 111.25})
    assert phone._update(edited_message=moved) == []


def test_after_72_hours_a_visit_stays_as_it_is(session: Session, phone: Phone, clock: FrozenClock) -> None:
    record = saved_record(phone)
    clock.forward(hours=72, seconds=1)
    assert phone.taps(record, "更正") == []
    assert "72 小时" in phone.toast()
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_the_hours_may_run_out_while_correcting(session: Session, phone: Phone, clock: FrozenClock) -> None:
    phone.taps(saved_record(phone), "更正")
    form = phone.says("太晚了")
    clock.forward(hours=73)
    phone.taps(form[-1:], "保存")
    assert visits(session)[0].said == "原来写的"


def test_a_correction_without_a_change_writes_nothing(session: Session, phone: Phone) -> None:
    form = phone.taps(saved_record(phone), "更正")
    assert "没有改动" in phone.taps(form[-1:], "保存")[-1].text
    assert session.scalar(select(func.count()).select_from(VisitCorrection)) == 0


def test_a_correction_saved_twice_is_one_correction(session: Session, phone: Phone) -> None:
    phone.taps(saved_record(phone), "更正")
    form = phone.says("新的")
    phone.taps(form[-1:], "保存")
    assert phone.taps(form[-1:], "保存") == []
    assert "已经更正过" in phone.toast()
    assert session.scalar(select(func.count()).select_from(VisitCorrection)) == 1


def test_nobody_else_can_correct_a_visit(session: Session, phone: Phone, office: Office) -> None:
    saved_record(phone)
    other = Phone(session, office, 102)
    assert other.presses(f"visits.correct:{visits(session)[0].id}") == []
    assert "没有找到" in other.toast()


def test_correcting_does_not_lose_an_unsaved_form(session: Session, phone: Phone) -> None:
    record = saved_record(phone)
    open_form(phone, "刘小河")
    phone.says("还没保存")
    assert phone.taps(record, "更正") == []
    assert "没保存" in phone.toast()
    assert session.scalars(select(Draft)).one().data["parts"][0]["text"] == "还没保存"


def test_a_correction_can_be_left(session: Session, phone: Phone) -> None:
    phone.taps(saved_record(phone), "更正")
    form = phone.says("算了")
    assert "已取消" in phone.taps(form[-1:], "取消")[-1].text
    assert visits(session)[0].said == "原来写的"


def test_a_photo_is_not_taken_into_a_correction(session: Session, phone: Phone) -> None:
    phone.taps(saved_record(phone), "更正")
    assert "另记一次" in phone.sends_photo()[-1].text
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_a_visit_to_a_household_handed_over_can_still_be_corrected(session: Session, phone: Phone, town: Town) -> None:
    record = saved_record(phone)
    for pairing in session.scalars(select(Pairing).where(Pairing.cadre_id == town.cadre.id)):
        pairing.ended_on = date(2026, 3, 2)
    session.flush()
    phone.taps(record, "更正")
    answer = phone.taps(phone.says("更准确的")[-1:], "保存")
    assert visits(session)[0].said == "更准确的"
    assert "已更正" in answer[-1].text
