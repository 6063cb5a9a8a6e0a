"""Logging a visit: what can be said, sent and changed before it is saved."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.post import Draft, OutboxMessage
from models.problems import Problem
from models.visits import Attachment
from tests.handlers.visits.form import labels, open_form, save, visits
from tests.phone import Phone
from tests.town import FrozenClock


@pytest.mark.parametrize(
    ("label", "method"), [("电话", "phone"), ("视频", "video"), ("偶遇", "elsewhere"), ("未遇", "not_home")]
)
def test_one_tap_changes_the_method(session: Session, phone: Phone, label: str, method: str) -> None:
    form = phone.taps(open_form(phone), label)
    assert f"✓ {label}" in labels(form)
    save(phone, form)
    assert visits(session)[0].method == method


def test_not_home_does_not_move_the_next_due_date(session: Session, phone: Phone) -> None:
    form = phone.taps(open_form(phone), "未遇")
    assert not any("有困难" in label for label in labels(form))
    answer = save(phone, form)
    assert "时间不变" in answer[-1].text
    assert "超期 49 天" in answer[-1].text
    assert "超期 49 天" in labels(phone.says("记走访"))[0]


def test_nobody_met_means_no_condition_was_seen(session: Session, phone: Phone) -> None:
    form = phone.taps(phone.taps(open_form(phone), "有困难"), "转为问题")
    form = phone.taps(phone.taps(form, "住房"), "未遇")
    save(phone, form)
    assert visits(session)[0].condition == "steady"
    assert session.scalar(select(func.count()).select_from(Problem)) == 0


def test_yesterday_is_two_taps(session: Session, phone: Phone) -> None:
    form = phone.taps(phone.taps(open_form(phone), "日期："), "昨天")
    assert "昨天 3月1日（周日）" in form[-1].text
    save(phone, form)
    assert visits(session)[0].visited_on == date(2026, 3, 1)
    assert visits(session)[0].recorded_at.date() == date(2026, 3, 2)


def test_a_typed_date_is_taken_while_the_date_is_asked(session: Session, phone: Phone) -> None:
    form = phone.taps(open_form(phone), "日期：")
    assert "或发 2-27、周六、上周三这样的日期" in form[-1].text, "an example that would be taken"
    save(phone, phone.says("上周五"))
    (visit,) = visits(session)
    assert (visit.visited_on, visit.said) == (date(2026, 2, 27), None)


@pytest.mark.parametrize(
    ("typed", "answer"), [("3-3", "今天之后"), ("2025-12-31", "60 天以内"), ("上个礼拜", "请发 2-27、周六")]
)
def test_a_date_that_cannot_be_is_refused_kindly_and_can_be_typed_again(
    session: Session, phone: Phone, typed: str, answer: str
) -> None:
    phone.taps(open_form(phone), "日期：")
    assert answer in phone.says(typed)[-1].text
    save(phone, phone.says("2026-01-01"))  # exactly 60 days ago
    assert visits(session)[0].visited_on == date(2026, 1, 1)


def test_a_forged_date_is_refused(session: Session, phone: Phone) -> None:
    open_form(phone)
    draft = session.scalars(select(Draft)).one()
    assert phone.presses(f"visits.day:{draft.id}:20260303") == []
    assert "今天之后" in phone.toast()
    assert phone.presses(f"visits.day:{draft.id}:20261399") == []
    assert draft.data["visited_on"] == "2026-03-02"


def test_a_form_begun_before_midnight_keeps_its_day(session: Session, phone: Phone, clock: FrozenClock) -> None:
    form = open_form(phone)
    clock.forward(hours=20)
    save(phone, form)
    (visit,) = visits(session)
    assert (visit.visited_on, visit.recorded_at.date()) == (date(2026, 3, 2), date(2026, 3, 2))
    assert visit.recorded_at == clock.now()


def test_a_form_that_lay_too_long_asks_for_another_date(session: Session, phone: Phone, clock: FrozenClock) -> None:
    form = open_form(phone)
    clock.forward(days=61)
    assert save(phone, form) == []
    assert "60 天" in phone.toast()
    assert visits(session) == []


def test_texts_voices_photos_and_files_are_added_in_order(session: Session, phone: Phone) -> None:
    open_form(phone)
    phone.says("第一句")
    phone.sends_voice("v1")
    phone.sends(document={"file_id": "d1", "file_unique_id": "d1"})
    form = phone.sends_photo("p1", caption="照片说明")
    assert "照片 1 张、语音 1 条、文件 1 个" in form[-1].text
    save(phone, form)
    assert visits(session)[0].said == "第一句\n照片说明"
    attached = session.scalars(select(Attachment).order_by(Attachment.id))
    assert [(one.kind, one.file_id) for one in attached] == [("voice", "v1"), ("document", "d1"), ("photo", "p1")]


def test_an_album_is_added_whole_and_makes_one_form(session: Session, phone: Phone) -> None:
    open_form(phone)
    answers = [
        phone.sends(
            photo=[{"file_id": name, "file_unique_id": name, "width": 9, "height": 9}], media_group_id="album-1"
        )
        for name in ("a", "b", "c")
    ]
    sent = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "send")).all()
    assert len(sent) == 2  # the list, which became the form, and the form below the album
    assert "照片 3 张" in answers[-1][-1].text
    save(phone, answers[-1])
    assert session.scalar(select(func.count()).select_from(Attachment)) == 3


def test_only_the_newest_form_has_buttons(session: Session, phone: Phone) -> None:
    open_form(phone)
    first_id = session.scalars(select(Draft)).one().form_id
    old, new = phone.says("说一句")
    assert not old.buttons
    assert "保存" in labels([new])
    edit = session.scalars(select(OutboxMessage).where(OutboxMessage.edits_id == first_id)).one()
    assert "看下面" in edit.body["text"]
    assert session.scalars(select(Draft)).one().form_id not in (first_id, None)


def test_an_edited_message_changes_its_own_part(session: Session, phone: Phone) -> None:
    open_form(phone)
    phone.says("先说一句")
    message_id = session.scalars(select(Draft)).one().data["parts"][0]["message_id"]
    phone.says("再说一句")
    (form,) = phone.edits(message_id, "改过的一句")
    save(phone, [form])
    assert visits(session)[0].said == "改过的一句\n再说一句"


def test_an_edit_of_some_other_message_is_answered_kindly(session: Session, phone: Phone) -> None:
    open_form(phone)
    assert "更正" in phone.edits(999_999, "改一下")[-1].text
    assert not session.scalars(select(Draft)).one().data["parts"]


def test_a_sent_location_is_kept_and_never_demanded(session: Session, phone: Phone) -> None:
    open_form(phone)
    form = phone.sends(location={"latitude": 30.5, "longitude": 110.25})
    assert "位置：已附上" in form[-1].text
    save(phone, form)
    (visit,) = visits(session)
    assert (visit.latitude, visit.longitude) == (30.5, 110.25)


def test_who_came_along_is_under_more(session: Session, phone: Phone) -> None:
    form = phone.taps(phone.taps(open_form(phone), "更多"), "同行人")
    assert "请发姓名" in form[-1].text
    save(phone, phone.says("李联系、村医"))
    (visit,) = visits(session)
    assert (visit.companions, visit.said) == ("李联系、村医", None)


def test_more_companions_than_fit_are_refused(session: Session, phone: Phone) -> None:
    phone.taps(phone.taps(open_form(phone), "更多"), "同行人")
    assert "200" in phone.says("人" * 201)[-1].text


def test_what_was_sent_can_be_cleared(session: Session, phone: Phone) -> None:
    open_form(phone)
    phone.sends_photo()
    form = phone.says("发错了")
    save(phone, phone.taps(phone.taps(form[-1:], "更多"), "清空"))
    assert visits(session)[0].said is None
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_a_sticker_is_answered_and_changes_nothing(session: Session, phone: Phone) -> None:
    open_form(phone)
    sticker = {"file_id": "s", "file_unique_id": "s", "width": 9, "height": 9, "is_animated": False, "is_video": False}
    answer = phone.sends(sticker=sticker | {"type": "regular"})
    assert "收不了" in answer[-1].text


def test_a_very_long_text_still_fits_the_form(session: Session, phone: Phone) -> None:
    open_form(phone)
    phone.says("长" * 4000)
    form = phone.says("文" * 3000)
    assert len(form[-1].text) < 1500
    save(phone, form)
    assert len(visits(session)[0].said or "") == 7001


def test_more_than_a_visit_needs_is_refused_and_the_rest_is_kept(session: Session, phone: Phone) -> None:
    open_form(phone)
    for n in range(20):
        form = phone.sends_photo(f"p{n}")
    assert "最多收 20 个附件" in phone.sends_photo("p20")[-1].text
    save(phone, form)
    assert session.scalar(select(func.count()).select_from(Attachment)) == 20


def test_a_live_location_that_moves_on_says_nothing_new(session: Session, phone: Phone) -> None:
    open_form(phone)
    phone.sends(location={"latitude": 30.5, "longitude": 110.25})
    moved = phone._message(location={"latitude": 31.5, "longitude": 111.25})
    assert phone._update(edited_message=moved) == []
    assert session.scalars(select(Draft)).one().data["location"] == [30.5, 110.25]


def test_an_edited_caption_counts_before_the_household_is_picked(session: Session, phone: Phone) -> None:
    phone.says("记走访")
    answer = phone.sends_photo(caption="说明")
    message_id = session.scalars(select(Draft)).one().data["parts"][0]["message_id"]
    assert phone.edits(message_id, "改过的说明") == []
    save(phone, phone.taps(answer[-1:], "张大山"))
    assert visits(session)[0].said == "改过的说明"
