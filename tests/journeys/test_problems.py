"""A problem from the household's first word to its last, over HTTP, on everybody's phone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.post import Draft
from models.problems import Problem, ProblemEvent
from models.visits import Attachment
from sandbox.client import Hand, Message
from services.i18n import Translator
from tests.journeys.evidence import PHOTO, VOICE
from tests.journeys.plays import side_path
from tests.journeys.stage import Stage, data_of

PROBLEM = select(Problem)


def acts(stage: Stage) -> list[str]:
    """The course, step by step."""
    return stage.rows(select(ProblemEvent.act).order_by(ProblemEvent.id))


async def report(stage: Stage, t: Translator, hand: Hand, matter: str = "井水浑了") -> Problem:
    """By category and a line of text; returns the row."""
    await hand.keys(t.plain("words.button.report"))
    await hand.taps(t.plain("words.category.water"))
    await hand.says(matter)
    await hand.sees(t.plain("problems.form.text", text=matter))
    await hand.taps(t.plain("words.button.submit"))
    await stage.quiet()
    return stage.row(PROBLEM)


async def notes(t: Translator, hand: Hand, step: str, line: str) -> Message:
    """A step of the owner that is said in a line; returns the page that follows."""
    await hand.taps(t.plain(f"words.button.{step}"))
    await hand.says(line)
    await hand.sees(t.plain("problems.form.text", text=line))
    await hand.taps(t.plain("words.button.submit"))
    return await hand.sees(t.plain("problems.page.course"), line)


def stage_of(t: Translator, name: str) -> str:
    return t.plain(f"words.stage.{name}")


async def test_the_whole_course_until_the_household_calls_it_solved(stage: Stage, t: Translator) -> None:
    town = stage.town
    resident, cadre = await stage.phone_of(town.resident), await stage.phone_of(town.cadre)
    supervisor = await stage.phone_of(town.east_supervisor)

    problem = await report(stage, t, resident)
    assert (problem.stage, problem.category, problem.source) == ("reported", "water", "household")
    assert (problem.owner_id, problem.reporter_id) == (town.cadre.id, town.resident.id)
    await resident.sees(problem.number, t.plain("problems.page.owner_phone", name="王联系 干部", phone="13900000101"))
    await resident.sees(t.plain("problems.page.due", due=t.datetime(stage.office.local(problem.due_at))))

    await cadre.sees(t.plain("problems.notice.reported_owner"), problem.number, "井水浑了")
    assert await cadre.taps(t.plain("words.button.accept")) == t.plain("problems.saved.accept")
    await resident.sees(problem.number, stage_of(t, "accepted"), t.plain("problems.step.accept"))

    await notes(t, cadre, "note_progress", "已联系水利站")
    await resident.sees(stage_of(t, "in_progress"), "已联系水利站")
    await notes(t, cadre, "waiting", "等水泵配件")
    await resident.sees(stage_of(t, "waiting"), "等水泵配件")
    await notes(t, cadre, "done", "换了水泵")
    assert stage.row(PROBLEM).stage == "done"

    question = t.plain(
        "problems.notice.question", number=problem.number, category=t.plain("words.category.water"), head="张大山"
    )
    await resident.sees(question, "换了水泵")
    await resident.taps(t.plain("words.answer.not_solved"))
    await resident.sees(t.plain("problems.thanks.not_solved"))
    reopened = stage.row(PROBLEM)
    assert (reopened.stage, reopened.not_solved_count) == ("in_progress", 1)
    for told in (cadre, supervisor):
        await told.sees(problem.number, t.plain("problems.step.answer_not_solved"))

    await cadre.taps(t.plain("problems.button.open"))
    await notes(t, cadre, "done", "重打了一口井")
    await resident.sees(question, "重打了一口井")
    await resident.taps(t.plain("words.answer.solved"))
    await resident.sees(t.plain("problems.thanks.solved"))
    await resident.taps(t.plain("words.rating.satisfied"))
    await resident.sees(t.plain("problems.thanks.rating", rating=t.plain("words.rating.satisfied")))
    await cadre.sees(problem.number, t.plain("problems.step.answer_solved"))

    closed = stage.row(PROBLEM)
    assert (closed.stage, closed.rating, closed.rated_owner_id) == ("confirmed", "satisfied", town.cadre.id)
    assert acts(stage) == [
        "reported", "accept", "progress", "wait", "finish", "answer_not_solved", "finish", "answer_solved",
    ]  # fmt: skip
    assert t.plain("words.answer.partly") not in await resident.labels(), "no question is left to answer"
    assert stage.rows(select(Draft)) == []


@pytest.mark.parametrize("kind", ["photo", "voice"])
async def test_a_report_may_be_a_photo_or_a_voice_and_the_owner_sees_or_hears_it(
    stage: Stage, t: Translator, kind: str
) -> None:
    resident, cadre = await stage.phone_of(stage.town.resident), await stage.phone_of(stage.town.cadre)
    await resident.keys(t.plain("words.button.report"))
    await resident.taps(t.plain("words.category.housing"))
    await (resident.sends_photo(PHOTO) if kind == "photo" else resident.sends_voice(VOICE))
    media = t.plain(f"problems.media.{kind}", n=1)
    await resident.sees(media)
    await resident.taps(t.plain("words.button.submit"))
    await stage.quiet()
    problem = stage.row(PROBLEM)
    assert (problem.category, problem.summary) == ("housing", "")
    assert [one.kind for one in stage.rows(select(Attachment))] == [kind]
    await cadre.sees(problem.number, media)
    await cadre.taps(t.plain("problems.button.media"))
    (shown,) = [one for one in await stage.received(cadre, problem.number) if kind in one]
    file = shown["photo"][-1] if kind == "photo" else shown["voice"]
    assert await stage.client.file(file["file_id"]) == (PHOTO if kind == "photo" else VOICE)


@side_path
async def test_life_at_risk_reaches_the_supervisor_at_once(stage: Stage, t: Translator) -> None:
    resident, supervisor = await stage.phone_of(stage.town.resident), await stage.phone_of(stage.town.east_supervisor)
    await resident.keys(t.plain("words.button.report"))
    await resident.taps(t.plain("words.category.housing"))
    await resident.taps(t.plain("problems.button.danger"))
    await resident.says("后墙要塌了")
    await resident.sees("后墙要塌了")
    await resident.taps(t.plain("words.button.submit"))
    await resident.sees(t.plain("problems.receipt_danger"))
    await supervisor.sees(t.plain("problems.page.danger"), "后墙要塌了")
    assert stage.row(PROBLEM).urgency == "danger"


@side_path
async def test_a_confidential_report_passes_the_own_cadre_by(stage: Stage, t: Translator) -> None:
    resident, cadre = await stage.phone_of(stage.town.resident), await stage.phone_of(stage.town.cadre)
    supervisor = await stage.phone_of(stage.town.east_supervisor)
    await resident.keys(t.plain("words.button.report"))
    await resident.taps(t.plain("words.category.aid"))
    await resident.taps(t.plain("problems.button.confidential"))
    await resident.says("补助少发了")
    await resident.sees("补助少发了")
    await resident.taps(t.plain("words.button.submit"))
    await supervisor.sees(t.plain("problems.page.confidential"), "补助少发了")
    problem = stage.row(PROBLEM)
    assert (problem.confidential, problem.owner_id) == (True, stage.town.east_supervisor.id)
    assert await stage.received(cadre, problem.number) == []
    await cadre.keys(t.plain("words.button.problems"))
    await cadre.sees(t.plain("problems.list.mine_empty"))


@side_path
async def test_a_cadre_reports_for_a_household_without_telegram_and_is_recorded_as_such(
    stage: Stage, t: Translator
) -> None:
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.says("/card H002")
    await cadre.taps(t.plain("cards.button.add_problem"))
    await cadre.taps(t.plain("words.category.power"))
    await cadre.says("老人家停电两天")
    await cadre.sees(t.plain("problems.form.text", text="老人家停电两天"), "刘小河")
    await cadre.taps(t.plain("words.button.submit"))
    await stage.quiet()
    problem = stage.row(PROBLEM)
    assert (problem.source, problem.household_id) == ("proxy", stage.town.households["H002"].id)
    assert problem.entered_by_id == stage.town.cadre.id
    await cadre.sees(problem.number)


async def test_the_household_may_add_urge_and_withdraw(stage: Stage, t: Translator) -> None:
    resident, cadre = await stage.phone_of(stage.town.resident), await stage.phone_of(stage.town.cadre)
    problem = await report(stage, t, resident)
    await resident.keys(t.plain("words.button.progress"))
    await resident.taps(problem.number.removeprefix("P-"))
    assert await resident.taps(t.plain("problems.button.urge")) == t.plain("problems.urged", number=problem.number)
    await cadre.sees(problem.number, t.plain("problems.step.urged"))
    again = stage.office.today() + timedelta(days=3)
    refused = t.plain("problems.refused.urged", day=t.date(again))
    assert await resident.taps(t.plain("problems.button.urge")) == refused
    await resident.taps(t.plain("problems.button.material"))
    await resident.says("邻居家也一样")
    await resident.sees(t.plain("problems.form.text", text="邻居家也一样"))
    await resident.taps(t.plain("words.button.submit"))
    await cadre.sees(t.plain("problems.step.material"), "邻居家也一样")
    await stage.move_to(stage.clock.now() + timedelta(days=3))
    assert await resident.taps(t.plain("problems.button.urge")) == t.plain("problems.urged", number=problem.number)
    await resident.taps(t.plain("problems.button.withdraw"))
    await resident.taps(t.plain("words.button.confirm"))
    await resident.sees(t.plain("problems.withdrawn", number=problem.number))
    await cadre.sees(problem.number, stage_of(t, "withdrawn"))
    assert stage.row(PROBLEM).stage == "withdrawn"
    assert acts(stage) == ["reported", "urged", "material", "urged", "withdraw"]


@side_path
async def test_a_report_can_be_cancelled_and_leaves_nothing(stage: Stage, t: Translator) -> None:
    resident = await stage.phone_of(stage.town.resident)
    await resident.keys(t.plain("words.button.report"))
    await resident.taps(t.plain("words.category.water"))
    await resident.says("井水浑了")
    await resident.sees(t.plain("problems.form.text", text="井水浑了"))
    await resident.taps(t.plain("words.button.cancel"))
    await resident.sees(t.plain("everywhere.cancelled"))
    assert stage.rows(PROBLEM) == stage.rows(select(Draft)) == []


@side_path
async def test_a_second_tap_on_submit_registers_one_problem(stage: Stage, t: Translator) -> None:
    resident = await stage.phone_of(stage.town.resident)
    await resident.keys(t.plain("words.button.report"))
    await resident.taps(t.plain("words.category.water"))
    await resident.says("井水浑了")
    form = await resident.sees(t.plain("problems.form.text", text="井水浑了"))
    submit = data_of(form, t.plain("words.button.submit"))
    await resident.taps(t.plain("words.button.submit"))
    await resident.taps_stale(form["message_id"], submit)
    await stage.quiet()
    problem = stage.row(PROBLEM)
    assert len(await stage.received(resident, problem.number)) == 1


async def test_a_button_of_an_old_message_changes_nothing_and_says_how_things_stand(
    stage: Stage, t: Translator
) -> None:
    resident, cadre = await stage.phone_of(stage.town.resident), await stage.phone_of(stage.town.cadre)
    problem = await report(stage, t, resident)
    news = await cadre.sees(problem.number, "井水浑了")
    accept = data_of(news, t.plain("words.button.accept"))
    await cadre.taps(t.plain("words.button.accept"))
    await notes(t, cadre, "note_progress", "已联系水利站")
    told = await cadre.taps_stale(news["message_id"], accept)
    assert told == t.plain("problems.now.in_progress", number=problem.number)
    await stage.quiet()
    assert acts(stage) == ["reported", "accept", "progress"]
    assert len(await stage.received(resident, t.plain("problems.step.accept"))) == 1


@side_path
async def test_an_answer_to_an_earlier_question_does_not_count_for_the_next(stage: Stage, t: Translator) -> None:
    resident, cadre = await stage.phone_of(stage.town.resident), await stage.phone_of(stage.town.cadre)
    problem = await report(stage, t, resident)
    await cadre.taps(t.plain("words.button.accept"))
    await notes(t, cadre, "done", "换了水泵")
    first = await resident.sees(problem.number, "换了水泵")
    solved = data_of(first, t.plain("words.answer.solved"))
    await resident.taps(t.plain("words.answer.partly"))
    await resident.sees(t.plain("problems.thanks.partly"))
    await cadre.sees(problem.number, t.plain("problems.step.answer_partly"))
    await cadre.taps(t.plain("problems.button.open"))
    await notes(t, cadre, "done", "又修了一次")
    assert await resident.taps_stale(first["message_id"], solved) == t.plain("problems.answered.partly", name="张大山")
    assert stage.row(PROBLEM).stage == "done"


@side_path
async def test_presses_forged_by_people_whom_it_does_not_concern_change_nothing(stage: Stage, t: Translator) -> None:
    resident = await stage.phone_of(stage.town.resident)
    problem = await report(stage, t, resident)
    forged = ("open:{}", "accept:{}", "note:{}:finish", "ends:{}", "urge:{}", "withdraw_yes:{}", "media:{}:0")
    events = len(acts(stage))
    for stranger_to_it in (stage.town.neighbour, stage.town.other_cadre):
        hand = await stage.phone_of(stranger_to_it)
        message_id = (await hand.messages())[-1]["message_id"]
        for action in forged:
            told = await hand.taps_stale(message_id, "problems." + action.format(problem.id))
            assert told in (t.plain("errors.not_found"), t.plain("errors.not_allowed")), action
        await stage.quiet()
        assert await stage.received(hand, problem.number) == []
    assert (stage.row(PROBLEM).stage, len(acts(stage))) == ("reported", events)
    assert stage.row(select(func.count()).select_from(Draft)) == 0
