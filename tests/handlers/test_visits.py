"""Logging a visit: one message that fills itself in."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.households import Household, Pairing
from models.people import RoleGrant
from models.post import Draft, OutboxMessage
from models.problems import Problem, ProblemEvent
from models.visits import Attachment, Visit, VisitCorrection
from services import drafts
from services.messages import Message
from services.office import Office
from tests.phone import Phone
from tests.town import FrozenClock, Town, build_town, make_office


@pytest.fixture
def town(session: Session) -> Town:
    return build_town(session)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def office(clock: FrozenClock) -> Office:
    return make_office(clock)


@pytest.fixture
def phone(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, 101)


def labels(messages: list[Message]) -> list[str]:
    return [button.label for message in messages for row in message.buttons for button in row]


def words(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def visits(session: Session) -> list[Visit]:
    return list(session.scalars(select(Visit).order_by(Visit.id)))


def open_form(phone: Phone, head: str = "张大山") -> list[Message]:
    return phone.taps(phone.says("记走访"), head)


def save(phone: Phone, form: list[Message]) -> list[Message]:
    return phone.taps(form[-1:], "保存")


def data_of(messages: list[Message], label: str) -> str:
    return next(b.data for m in messages for row in m.buttons for b in row if label in b.label)


class CountingPhone:
    """Counts a person's acts: every text, photo or tap is one."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.acts, self.screen = phone, 0, []

    def do(self, answer: list[Message]) -> None:
        self.acts += 1
        self.screen = answer

    def tap(self, label: str) -> None:
        self.do(self.phone.taps(self.screen[-1:], label))


# --- how little it takes


def test_a_plain_visit_is_two_taps_after_the_keyboard_button(session: Session, phone: Phone, town: Town) -> None:
    person = CountingPhone(phone)
    person.do(phone.says("记走访"))
    person.tap("张大山")
    person.tap("保存")
    assert person.acts == 3
    (visit,) = visits(session)
    assert (visit.household_id, visit.cadre_id) == (town.households["H001"].id, town.cadre.id)
    assert (visit.method, visit.condition, visit.visited_on) == ("home", "steady", date(2026, 3, 2))
    assert visit.said is None
    assert "张大山" in person.screen[-1].text
    assert "3月7日（周六）到3月9日（周一）" in person.screen[-1].text
    assert person.screen[-1].keyboard == (("今日走访", "记走访"), ("我的农户", "问题办理"))


def test_a_full_visit_is_at_most_nine_acts_with_the_keyboard_button(session: Session, phone: Phone, town: Town) -> None:
    person = CountingPhone(phone)
    person.do(phone.says("记走访"))
    person.tap("张大山")
    person.do(phone.says("水管冻裂了"))
    person.do(phone.sends_photo("pipe"))
    person.tap("有困难")
    person.tap("转为问题")
    person.tap("饮水")
    person.tap("保存")
    assert person.acts <= 9
    (visit,), problem = visits(session), session.scalars(select(Problem)).one()
    assert (visit.condition, visit.said) == ("trouble", "水管冻裂了")
    assert (problem.visit_id, problem.category, problem.source) == (visit.id, "water", "visit")
    assert (problem.owner_id, problem.entered_by_id, problem.summary) == (town.cadre.id, town.cadre.id, "水管冻裂了")
    event = session.scalars(select(ProblemEvent)).one()
    attached = {(one.visit_id, one.problem_event_id, one.file_id) for one in session.scalars(select(Attachment))}
    assert attached == {(visit.id, None, "pipe"), (None, event.id, "pipe")}
    assert "P-2026-000001" in person.screen[-1].text
    assert "王联系" in person.screen[-1].text
    assert "3月3日（周二）18:00" in person.screen[-1].text


def test_the_whole_way_in_english(session: Session, phone: Phone, town: Town) -> None:
    town.cadre.language = "en"
    session.flush()
    form = phone.taps(phone.says("Log a visit"), "张大山")
    assert "Visit: 张大山" in form[-1].text
    form = phone.says("The pipe burst")
    phone.sends_photo()
    form = phone.taps(form[-1:], "Trouble")
    assert "1 photo" in form[-1].text
    form = phone.taps(phone.taps(form, "Make it a problem"), "Water")
    answer = phone.taps(form, "Save")
    assert "Saved: 张大山" in answer[0].text
    assert "Registered as problem" in answer[-1].text
    assert "Next visit: any day from Sat 7 Mar to Mon 9 Mar." in answer[-1].text
    assert answer[-1].keyboard == (("Today", "Log a visit"), ("My households", "Problems"))


# --- picking


def test_todays_households_stand_on_top_and_others_follow(session: Session, phone: Phone, town: Town) -> None:
    (choice,) = phone.says("记走访")
    assert [label.split(" · ")[0] for label in labels([choice])] == ["张大山", "刘小河", "取消"]
    assert "超期 49 天" in labels([choice])[0]
    assert "今天建议走访" in choice.text


def test_further_households_are_on_further_pages(session: Session, phone: Phone, town: Town) -> None:
    for n in range(20):
        add_household(session, town, f"H1{n:02d}", f"农户{n}")
    (choice,) = phone.says("/visit")
    assert len(labels([choice])) == 8 + 2
    second = phone.taps([choice], "更多")
    third = phone.taps(second, "更多")
    seen = labels([choice]) + labels(second) + labels(third)
    assert sum("H" in label for label in seen) == len(set(seen) - {"更多", "取消", "上一页"}) == 22
    assert "上一页" in labels(third)
    assert "更多" not in labels(third)


@pytest.mark.parametrize("query", ["张大", "zds", "H001", "zhangdashan"])
def test_typing_a_name_initials_or_a_code_finds_the_household(phone: Phone, query: str) -> None:
    phone.says("记走访")
    answer = phone.says(query)
    assert "记走访：张大山" in answer[-1].text
    assert "保存" in labels(answer[-1:])


def test_several_hits_are_to_choose_from(session: Session, phone: Phone, town: Town) -> None:
    add_household(session, town, "H009", "张大河")
    phone.says("记走访")
    found = phone.says("张")
    assert [label.split(" · ")[0] for label in labels(found[-1:])] == ["张大山", "张大河", "全部农户", "取消"]
    assert "记走访：张大河" in phone.taps(found[-1:], "张大河")[-1].text


def test_nobody_found_offers_the_whole_list(phone: Phone) -> None:
    phone.says("记走访")
    answer = phone.says("欧阳")
    assert "没有找到“欧阳”" in answer[-1].text
    assert "张大山" in words(phone.taps(answer[-1:], "全部农户")) + " ".join(
        labels(phone.taps(answer[-1:], "全部农户"))
    )


def test_a_name_behind_the_command_goes_straight_to_the_form(phone: Phone) -> None:
    assert "记走访：刘小河" in phone.says("/visit lxh")[-1].text


def test_a_photo_before_the_household_is_kept(session: Session, phone: Phone) -> None:
    phone.says("记走访")
    answer = phone.sends_photo("early")
    save(phone, phone.taps(answer[-1:], "张大山"))
    assert [one.file_id for one in session.scalars(select(Attachment))] == ["early"]


def test_another_household_keeps_what_was_sent(session: Session, phone: Phone, town: Town) -> None:
    open_form(phone)
    form = phone.says("一切都好")
    choice = phone.taps(phone.taps(form[-1:], "更多"), "换一户")
    save(phone, phone.taps(choice, "刘小河"))
    (visit,) = visits(session)
    assert (visit.household_id, visit.said) == (town.households["H002"].id, "一切都好")


def test_only_own_households_can_be_picked(session: Session, phone: Phone, town: Town) -> None:
    (choice,) = phone.says("记走访")
    draft = session.scalars(select(Draft)).one()
    assert not any("陈长林" in label for label in labels([choice]))
    assert phone.presses(f"visits.pick:{draft.id}:{town.households['H003'].id}") == []
    assert "没有找到" in phone.toast()
    assert phone.presses(f"visits.open:{town.households['H003'].id}") == []
    assert draft.data["household_id"] is None


def test_a_second_tap_on_another_household_comes_too_late(session: Session, phone: Phone, town: Town) -> None:
    choice = phone.says("记走访")
    phone.taps(choice, "张大山")
    assert phone.taps(choice, "刘小河") == []
    assert "过期" in phone.toast()
    assert session.scalars(select(Draft)).one().data["household_id"] == town.households["H001"].id


def test_without_households_it_says_so(session: Session, office: Office, town: Town) -> None:
    for pairing in session.scalars(select(Pairing)):
        pairing.ended_on = date(2026, 3, 1)
    session.flush()
    assert "没有与您结对" in Phone(session, office, 101).says("记走访")[-1].text


# --- filling in


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


# --- solved, or a problem


def test_a_problem_is_offered_only_with_trouble_or_words(phone: Phone) -> None:
    form = open_form(phone)
    assert "转为问题" not in labels(form)
    assert "转为问题" in labels(phone.taps(form, "有困难"))
    assert "转为问题" not in labels(phone.taps(form, "平稳"))
    assert "转为问题" in labels(phone.says("屋顶漏雨")[-1:])


def test_solved_on_the_spot_and_a_problem_exclude_each_other(session: Session, phone: Phone) -> None:
    open_form(phone)
    form = phone.taps(phone.taps(phone.says("灯泡坏了")[-1:], "转为问题"), "电力")
    assert "转为问题：<b>电力</b>" in form[-1].text
    form = phone.taps(form, "当场解决")
    assert "电力" not in form[-1].text
    save(phone, form)
    assert visits(session)[0].solved_on_spot
    assert session.scalar(select(func.count()).select_from(Problem)) == 0


def test_a_problem_that_is_no_longer_offered_is_not_saved(session: Session, phone: Phone) -> None:
    form = phone.taps(phone.taps(phone.taps(open_form(phone), "有困难"), "转为问题"), "住房")
    save(phone, phone.taps(form, "平稳"))
    assert session.scalar(select(func.count()).select_from(Problem)) == 0


def test_a_problem_of_which_nothing_was_said_is_asked_about(session: Session, phone: Phone) -> None:
    form = phone.taps(phone.taps(phone.taps(open_form(phone), "有困难"), "转为问题"), "住房")
    assert save(phone, form) == []
    assert "是什么困难" in phone.toast()
    assert visits(session) == []
    save(phone, phone.sends_voice())
    assert session.scalars(select(Problem)).one().summary == ""


def test_danger_is_one_tap_and_reaches_the_supervisor(session: Session, phone: Phone, town: Town) -> None:
    open_form(phone)
    form = phone.taps(phone.says("房子要塌了")[-1:], "转为问题")
    form = phone.taps(phone.taps(form, "危及生命财产"), "住房")
    assert "危及生命财产" in form[-1].text
    save(phone, form)
    assert session.scalars(select(Problem)).one().urgency == "danger"
    told = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "problems.reported"))
    assert {(row.person_id, row.speech) for row in told} == {
        (town.east_supervisor.id, "emergency"),
        (town.resident.id, "notice"),
    }


# --- saving


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


# --- correcting


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


def add_household(session: Session, town: Town, code: str, head: str) -> Household:
    household = Household(
        code=code,
        head=head,
        unit_id=town.east_group.id,
        tier="green",
        card_code=f"Z{code}",
        created_at=town.cadre.created_at,
    )
    session.add(household)
    session.flush()
    started = date(2026, 3, 2) - timedelta(days=1)
    session.add(Pairing(household_id=household.id, cadre_id=town.cadre.id, kind="primary", started_on=started))
    session.flush()
    return household
