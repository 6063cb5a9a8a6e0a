"""Logging a visit: one message that fills itself in, and how little that takes."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.post import OutboxMessage
from models.problems import Problem, ProblemEvent
from models.visits import Attachment
from services.messages import Message
from tests.handlers.visits.form import labels, open_form, save, visits
from tests.phone import Phone
from tests.town import Town


class CountingPhone:
    """Counts a person's acts: every text, photo or tap is one."""

    def __init__(self, phone: Phone) -> None:
        self.phone, self.acts, self.screen = phone, 0, []

    def do(self, answer: list[Message]) -> None:
        self.acts += 1
        self.screen = answer

    def tap(self, label: str) -> None:
        self.do(self.phone.taps(self.screen[-1:], label))


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
