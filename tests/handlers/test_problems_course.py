"""The owner's side: the course of a problem from the report to its end, on both phones, in rows and words."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import RoleGrant
from models.post import Draft
from models.problems import Problem, ProblemEvent
from services.i18n import translator
from services.messages import Media, Message
from services.problem_register import register_problem
from tests.phone import Phone
from tests.town import ZONE, FrozenClock, Town, make_office


def reported(session: Session, town: Town, clock: FrozenClock, **changed: object) -> Problem:
    facts = {
        "household_id": town.households["H001"].id,
        "source": "household",
        "reporter_id": town.resident.id,
        "entered_by_id": town.resident.id,
        "category": "water",
        "summary": "井水浑了",
    } | changed
    return register_problem(session, make_office(clock), **facts)


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


def course(session: Session, problem: Problem) -> list[tuple[str, str, int | None]]:
    session.refresh(problem)
    events = session.scalars(
        select(ProblemEvent).where(ProblemEvent.problem_id == problem.id).order_by(ProblemEvent.id)
    )
    return [(event.act, event.stage, event.person_id) for event in events]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_whole_course_from_report_to_the_households_own_word(
    session: Session, town: Town, clock: FrozenClock, language: str
) -> None:
    town.cadre.language = town.resident.language = language
    t = translator(language)

    def word(message_id: str) -> str:
        return t.plain(f"words.{message_id}")

    problem = reported(session, town, clock)
    office = make_office(clock)
    cadre, resident = Phone(session, office, 101), Phone(session, office, 401)

    clock.forward(minutes=10)
    (page,) = cadre.taps(cadre.receives(), word("button.accept"))
    assert word("stage.accepted") in page.text
    assert problem.accepted_at == clock.now()
    assert t("problems.step.accept") in resident.receives()[-1].text

    form = cadre.taps([page], word("button.note_progress"))
    assert word("button.skip") in labels(form[-1])
    typed = cadre.says("已联系水利站")
    (page,) = cadre.taps(typed, word("button.submit"))
    assert word("stage.in_progress") in page.text
    news = resident.receives()[-1]
    assert "已联系水利站" in news.text
    assert "王联系" in news.text

    cadre.taps([page], word("button.waiting"))
    (page,) = cadre.taps(cadre.says("等水泵配件"), word("button.submit"))
    assert word("stage.waiting") in page.text
    assert "等水泵配件" in resident.receives()[-1].text

    cadre.taps([page], word("button.done"))
    (page,) = cadre.taps(cadre.says("换了水泵"), word("button.submit"))
    assert word("stage.done") in page.text
    assert problem.done_at == clock.now()

    question = resident.receives()[-1]
    assert "换了水泵" in question.text
    answers = [word(f"answer.{answer}") for answer in ("solved", "partly", "not_solved", "cant_say")]
    assert labels(question)[:4] == answers
    (thanks,) = resident.taps([question], answers[0])
    assert t("problems.thanks.solved") in thanks.text
    assert t("problems.step.answer_solved") in cadre.receives()[-1].text
    (rated,) = resident.taps([thanks], word("rating.mostly_satisfied"))
    assert word("rating.mostly_satisfied") in rated.text

    assert course(session, problem) == [
        ("reported", "reported", town.resident.id),
        ("accept", "accepted", town.cadre.id),
        ("progress", "in_progress", town.cadre.id),
        ("wait", "waiting", town.cadre.id),
        ("finish", "done", town.cadre.id),
        ("answer_solved", "confirmed", town.resident.id),
    ]
    assert (problem.stage, problem.closed_at) == ("confirmed", clock.now())
    assert (problem.rating, problem.rated_owner_id) == ("mostly_satisfied", town.cadre.id)
    (page,) = cadre.presses(f"problems.open:{problem.id}")
    assert word("rating.mostly_satisfied") not in page.text  # the rated cadre sees ratings in aggregate only


def test_progress_and_done_may_be_noted_without_words(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = reported(session, town, clock)
    cadre = Phone(session, make_office(clock), 101)
    cadre.presses(f"problems.accept:{problem.id}")
    cadre.taps(cadre.presses(f"problems.note:{problem.id}:progress"), "跳过")
    cadre.taps(cadre.presses(f"problems.note:{problem.id}:finish"), "跳过")
    assert [act for act, _, _ in course(session, problem)] == ["reported", "accept", "progress", "finish"]


@pytest.mark.parametrize(
    ("label", "act", "stage", "words"),
    [
        ("依法不能解决", "explain", "explained", "已作解释"),
        ("转上级", "refer", "referred", "转给上级办理"),
        ("重复", "mark_duplicate", "duplicate", "与别的问题重复"),
    ],
)
def test_other_honest_ends_need_a_reason_that_the_household_reads(
    session: Session, town: Town, clock: FrozenClock, label: str, act: str, stage: str, words: str
) -> None:
    problem = reported(session, town, clock)
    cadre = Phone(session, make_office(clock), 101)
    form = cadre.taps(cadre.taps(cadre.receives(), "更多"), label)
    assert "跳过" not in labels(form[-1])
    assert cadre.presses(f"problems.note_save:{session.scalars(select(Draft.id)).one()}") == []
    assert "请先写明原因" in cadre.toast()
    cadre.taps(cadre.says("按规定办不了，请看政策第三条"), "提交")
    assert course(session, problem)[-1] == (act, stage, town.cadre.id)
    assert problem.closed_at == clock.now()
    news = Phone(session, make_office(clock), 401).receives()[-1]
    assert words in news.text
    assert "按规定办不了" in news.text


def test_waiting_without_a_reason_is_refused(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = reported(session, town, clock)
    cadre = Phone(session, make_office(clock), 101)
    cadre.presses(f"problems.accept:{problem.id}")
    (form,) = cadre.presses(f"problems.note:{problem.id}:wait")
    assert labels(form) == ["取消"]
    assert cadre.presses(f"problems.note_save:{session.scalars(select(Draft.id)).one()}") == []
    assert "请先写明原因" in cadre.toast()
    assert course(session, problem)[-1][1] == "accepted"


def test_a_voice_or_photo_is_reason_enough_and_can_be_looked_at(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    problem = reported(session, town, clock)
    office = make_office(clock)
    cadre, resident = Phone(session, office, 101), Phone(session, office, 401)
    cadre.presses(f"problems.accept:{problem.id}")
    cadre.presses(f"problems.note:{problem.id}:wait")
    cadre.sends_photo("p9")
    cadre.taps(cadre.sends_voice("v9"), "提交")
    page = resident.presses(f"problems.open:{problem.id}")
    assert "1 张照片、1 段语音" in page[0].text
    sent = resident.taps(page, "查看照片/语音")
    assert [(one.media.kind, one.media.file_id) for one in sent if one.media] == [("photo", "p9"), ("voice", "v9")]
    outsider = Phone(session, office, 402)
    assert outsider.presses(f"problems.media:{problem.id}:0") == []
    assert "没有找到" in outsider.toast()


def test_news_that_is_only_a_photo_says_so_and_shows_it(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = reported(session, town, clock)
    office = make_office(clock)
    cadre, resident = Phone(session, office, 101), Phone(session, office, 401)
    resident.presses(f"problems.note:{problem.id}:material")
    resident.taps(resident.sends_photo("leak"), "提交")
    assert "附件：1 张照片" in cadre.receives()[-1].text
    cadre.presses(f"problems.accept:{problem.id}")
    cadre.presses(f"problems.note:{problem.id}:wait")
    cadre.taps(cadre.sends_photo("waits-for-parts"), "提交")
    _, waiting = resident.receives()
    assert "等待" in waiting.text
    assert "附件：1 张照片" in waiting.text
    (shown,) = resident.taps([waiting], "查看照片/语音")
    assert shown.media == Media("photo", "waits-for-parts"), "of this step, not of earlier ones"


def test_the_question_whether_it_is_solved_shows_the_photo_of_what_was_done(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    town.resident.language = "en"
    problem = reported(session, town, clock)
    office = make_office(clock)
    cadre, resident = Phone(session, office, 101), Phone(session, office, 401)
    cadre.presses(f"problems.accept:{problem.id}")
    cadre.presses(f"problems.note:{problem.id}:finish")
    cadre.taps(cadre.sends_photo("new-pipe"), "提交")
    question = resident.receives()[-1]
    assert "Attached: 1 photo" in question.text
    assert labels(question)[0] == "Solved"
    (shown,) = resident.taps([question], "See photos / voice")
    assert shown.media == Media("photo", "new-pipe")


def test_a_note_begun_twice_is_written_once(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = reported(session, town, clock)
    cadre = Phone(session, make_office(clock), 101)
    cadre.presses(f"problems.accept:{problem.id}")
    cadre.presses(f"problems.note:{problem.id}:progress")
    typed = cadre.says("去看过了")
    cadre.taps(typed, "提交")
    assert cadre.taps(typed, "提交") == []
    assert "过期" in cadre.toast()
    assert [act for act, _, _ in course(session, problem)] == ["reported", "accept", "progress"]


@pytest.mark.parametrize(
    ("stage", "data", "words"),
    [
        ("accepted", "problems.accept:{id}", "已受理"),
        ("reported", "problems.note:{id}:finish", "已登记"),
        ("done", "problems.note:{id}:progress", "正在等农户回答"),
        ("done", "problems.ends:{id}", "正在等农户回答"),
        ("waiting", "problems.note:{id}:wait", "等待中"),
        ("confirmed", "problems.accept:{id}", "已确认解决"),
        ("withdrawn", "problems.note:{id}:finish", "已经撤回"),
        ("explained", "problems.note:{id}:refer", "已作解释"),
        ("referred", "problems.note:{id}:progress", "转上级"),
        ("duplicate", "problems.note:{id}:progress", "重复"),
        ("unconfirmed", "problems.note:{id}:progress", "未确认"),
        ("in_progress", "problems.accept:{id}", "办理中"),
    ],
)
def test_a_button_that_comes_too_late_names_the_present_stage_and_changes_nothing(
    session: Session, town: Town, clock: FrozenClock, stage: str, data: str, words: str
) -> None:
    problem = reported(session, town, clock)
    problem.stage = stage
    session.flush()
    cadre = Phone(session, make_office(clock), 101)
    assert cadre.presses(data.format(id=problem.id)) == []
    assert words in cadre.toast()
    assert problem.number in cadre.toast()
    assert "没有改动" in cadre.toast()
    assert problem.stage == stage
    assert len(course(session, problem)) == 1


def test_a_late_button_is_refused_in_english_too(session: Session, town: Town, clock: FrozenClock) -> None:
    town.cadre.language = "en"
    problem = reported(session, town, clock)
    cadre = Phone(session, make_office(clock), 101)
    cadre.presses(f"problems.accept:{problem.id}")
    assert cadre.presses(f"problems.accept:{problem.id}") == []
    assert cadre.toast().startswith(f"{problem.number} is accepted by now")


def test_a_step_that_became_impossible_while_it_was_written_changes_nothing(
    session: Session, town: Town, clock: FrozenClock
) -> None:
    problem = reported(session, town, clock)
    office = make_office(clock)
    cadre, resident = Phone(session, office, 101), Phone(session, office, 401)
    cadre.presses(f"problems.accept:{problem.id}")
    cadre.presses(f"problems.note:{problem.id}:progress")
    typed = cadre.says("写到一半")
    resident.presses(f"problems.withdraw_yes:{problem.id}")
    assert cadre.taps(typed, "提交") == []
    assert "已经撤回" in cadre.toast()
    assert course(session, problem)[-1][0] == "withdraw"


@pytest.mark.parametrize("telegram_id", [102, 402])
@pytest.mark.parametrize(
    "action", ["open:{id}", "accept:{id}", "note:{id}:progress", "ends:{id}", "urge:{id}", "answer:{id}:solved:1"]
)
def test_a_foreign_problem_is_not_found(
    session: Session, town: Town, clock: FrozenClock, telegram_id: int, action: str
) -> None:
    problem = reported(session, town, clock)
    other = Phone(session, make_office(clock), telegram_id)
    assert other.presses(f"problems.{action}".format(id=problem.id)) == []
    assert "没有找到" in other.toast() or "身份不能" in other.toast()
    assert len(course(session, problem)) == 1


def test_a_missing_problem_is_the_same_answer(session: Session, town: Town, clock: FrozenClock) -> None:
    cadre = Phone(session, make_office(clock), 101)
    for reference in ("999999", "", "x", "-1"):
        assert cadre.presses(f"problems.open:{reference}") == []
    assert cadre.presses("problems.open:999999") == []
    assert "没有找到" in cadre.toast()


def test_who_sees_but_does_not_own_it_takes_no_step(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = reported(session, town, clock)
    supervisor = Phone(session, make_office(clock), 202)
    assert supervisor.presses(f"problems.accept:{problem.id}") == []
    assert "不由您来做" in supervisor.toast()
    assert problem.stage == "reported"


def test_the_list_puts_overdue_ones_first_and_pages(session: Session, town: Town, clock: FrozenClock) -> None:
    for _ in range(8):
        reported(session, town, clock, category="roads")
    late = reported(session, town, clock, category="water", household_id=town.households["H002"].id)
    clock.moment = datetime(2026, 3, 4, 9, 0, tzinfo=ZONE)
    cadre = Phone(session, make_office(clock), 101)
    (page,) = cadre.says("问题办理")
    assert labels(page)[0] == f"❗超期 {late.number[2:]} 饮水 刘小河 · 已登记"
    assert len(page.buttons) == 9
    (second,) = cadre.taps([page], "›")
    assert len(second.buttons) == 2
    (opened,) = cadre.taps([page], "超期")
    assert "已超期" in opened.text
    (back,) = cadre.taps([opened], "返回")
    assert labels(back) == labels(page)


def test_an_empty_list_says_so(session: Session, town: Town, clock: FrozenClock) -> None:
    (page,) = Phone(session, make_office(clock), 102).says("/problems")
    assert "没有要您办理的问题" in page.text


def test_a_supervisor_sees_the_units_open_problems(session: Session, town: Town, clock: FrozenClock) -> None:
    reported(session, town, clock)
    reported(
        session,
        town,
        clock,
        household_id=town.households["H003"].id,
        reporter_id=town.neighbour.id,
        entered_by_id=town.neighbour.id,
    )
    town_wide = Phone(session, make_office(clock), 201).says("/problems")
    assert [label for label in labels(town_wide[0]) if "饮水" in label] == [
        "2026-000001 饮水 张大山 · 已登记",
        "2026-000002 饮水 陈长林 · 已登记",
    ]
    east_only = Phone(session, make_office(clock), 202).says("/problems")
    assert [label for label in labels(east_only[0]) if "饮水" in label] == ["2026-000001 饮水 张大山 · 已登记"]


def test_news_of_a_step_names_the_stage_after_that_step(session: Session, town: Town, clock: FrozenClock) -> None:
    problem = reported(session, town, clock)
    office = make_office(clock)
    cadre, resident = Phone(session, office, 101), Phone(session, office, 401)
    cadre.presses(f"problems.accept:{problem.id}")
    cadre.taps(cadre.presses(f"problems.note:{problem.id}:progress"), "跳过")
    accepted, progressed = resident.receives()  # both leave in the morning
    assert "已受理" in accepted.text
    assert "办理中" in progressed.text


def test_a_notice_dies_with_the_right_to_read_it(session: Session, town: Town, clock: FrozenClock) -> None:
    reported(session, town, clock)
    cadre = Phone(session, make_office(clock), 101)
    assert len(cadre.receives()) == 1
    grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.cadre.id)).one()
    grant.revoked_at = clock.now()
    session.flush()
    assert cadre.receives() == []
