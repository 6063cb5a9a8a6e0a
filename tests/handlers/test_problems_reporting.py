"""Reporting a problem from a household's phone, and on a household's behalf."""

from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import notice
from models.households import Membership, Pairing
from models.people import Person
from models.post import Draft, OutboxMessage
from models.problems import Problem
from models.queries import actors
from models.visits import Attachment
from services.errors import NotFound
from services.messages import Message
from services.problems import reporting
from tests.phone import Phone
from tests.town import MONDAY_MORNING, ZONE, Town, make_office


def phone(session: Session, telegram_id: int) -> Phone:
    return Phone(session, make_office(), telegram_id)


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


def the_problem(session: Session) -> Problem:
    session.expire_all()
    return session.scalars(select(Problem)).one()


def count(session: Session, model: type[Problem] | type[Draft]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_category_a_sentence_and_submit_name_the_number_who_handles_it_and_by_when(
    session: Session, town: Town
) -> None:
    resident = phone(session, 401)
    form = resident.taps(resident.says("反映问题"), "饮水")
    assert "饮水" in form[0].text
    typed = resident.says("井水变浑了")
    assert "井水变浑了" in typed[-1].text
    (receipt,) = resident.taps(typed, "提交")
    assert "P-2026-000001" in receipt.text
    assert "王联系" in receipt.text
    assert "13900000101" in receipt.text  # the household may call its cadre
    assert "3月3日（周二）18:00" in receipt.text
    problem = the_problem(session)
    assert (problem.source, problem.category, problem.summary) == ("household", "water", "井水变浑了")
    assert (problem.reporter_id, problem.entered_by_id) == (town.resident.id, town.resident.id)
    assert (problem.owner_id, problem.stage) == (town.cadre.id, "reported")
    assert problem.due_at == datetime(2026, 3, 3, 18, 0, tzinfo=ZONE)
    assert count(session, Draft) == 0
    (news,) = phone(session, 101).receives()
    assert "请您办理" in news.text
    assert "张大山" in news.text
    assert "井水变浑了" in news.text
    assert "13800000001" in news.text  # the paired cadre may call the household
    assert labels(news) == ["受理", "更多"]


def test_the_same_in_english(session: Session, town: Town) -> None:
    town.resident.language = town.cadre.language = "en"
    resident = phone(session, 401)
    typed = [resident.taps(resident.says("Report a problem"), "Water"), resident.says("The well is muddy")][-1]
    (receipt,) = resident.taps(typed, "Submit")
    assert "Registered as <b>P-2026-000001</b>" in receipt.text
    assert "Handled by: 王联系" in receipt.text
    assert "Tue 3 Mar, 18:00" in receipt.text
    (news,) = phone(session, 101).receives()
    assert "A new problem for you to handle" in news.text
    assert labels(news) == ["Accept", "More"]


def test_text_photos_and_voice_add_up_and_only_one_form_is_live(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    resident.taps(resident.says("/report"), "道路")
    first = resident.says("桥断了")
    old_form, new_form = first
    assert not old_form.buttons
    assert "提交" in labels(new_form)
    resident.says("车过不去")
    resident.sends_photo("p1", caption="桥头")
    last = resident.sends_voice("v1")
    assert "1 张照片、1 段语音" in last[-1].text
    resident.taps(last, "提交")
    assert the_problem(session).summary == "桥断了\n车过不去\n桥头"
    attached = session.scalars(select(Attachment).order_by(Attachment.id)).all()
    assert [(one.kind, one.file_id) for one in attached] == [("photo", "p1"), ("voice", "v1")]


def test_an_album_keeps_one_form(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    resident.taps(resident.says("/report"), "道路")
    size = {"file_id": "a1", "file_unique_id": "a1", "width": 9, "height": 9}
    first = resident.sends(photo=[size], media_group_id="g")
    second = resident.sends(photo=[size | {"file_id": "a2", "file_unique_id": "a2"}], media_group_id="g")
    assert (len(first), len(second)) == (2, 1)  # the second photo changes the form where it stands
    assert "2 张照片" in second[0].text


def test_an_edited_message_corrects_what_it_said(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    resident.taps(resident.says("/report"), "道路")
    resident.says("桥段了")
    (sent, _) = session.scalars(select(Draft)).one().data["texts"][0]
    (form,) = resident.edits(sent, "桥断了")
    assert "桥断了" in form.text
    assert "桥段了" not in form.text
    (refusal,) = resident.edits(99_999_999, "别的")
    assert "没有改动" in refusal.text


def test_an_empty_report_is_refused_kindly_and_stays_open(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    form = resident.taps(resident.says("/report"), "饮水")
    assert resident.taps(form, "提交") == []
    assert "打一句话、说一段话或拍张照片" in resident.toast()
    assert (count(session, Problem), count(session, Draft)) == (0, 1)


def test_a_location_is_refused_kindly(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    resident.taps(resident.says("/report"), "饮水")
    (refusal,) = resident.sends(location={"latitude": 1.0, "longitude": 2.0})
    assert refusal.text == "请发文字、语音或照片。"


def test_submitting_twice_makes_one_problem(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    resident.taps(resident.says("/report"), "饮水")
    typed = resident.says("没水")
    (first,) = resident.taps(typed, "提交")
    (second,) = resident.taps(typed, "提交")
    assert first.text == second.text
    assert count(session, Problem) == 1
    assert len(phone(session, 101).receives()) == 1


def test_somebody_elses_submit_button_submits_nothing(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    resident.taps(resident.says("/report"), "饮水")
    typed = resident.says("没水")
    stranger = phone(session, 402)
    assert stranger.taps(typed, "提交") == []
    assert "过期" in stranger.toast()
    assert count(session, Problem) == 0


def test_the_eight_most_used_come_first_and_more_shows_the_rest(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    (form,) = resident.says("/report")
    assert labels(form) == ["住房", "道路", "饮水", "电力", "医疗", "上学", "生产", "救助", "更多", "取消"]
    (all_of_them,) = resident.taps([form], "更多")
    assert {"纠纷", "其他"} <= set(labels(all_of_them))
    resident.taps([all_of_them], "纠纷")
    resident.taps(resident.says("地界"), "提交")
    (form,) = resident.says("/report")
    assert labels(form)[0] == "纠纷"  # this unit reports it most


def test_what_was_sent_before_the_category_is_kept(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    resident.says("/report")
    form = resident.sends_voice("v1")
    assert "1 段语音" in form[-1].text
    resident.taps(resident.taps(form, "医疗"), "提交")
    assert the_problem(session).category == "medical"
    assert session.scalars(select(Attachment)).one().file_id == "v1"


def test_danger_is_told_to_owner_and_supervisor_at_once(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    resident.taps(resident.says("/report"), "住房")
    marked = resident.taps(resident.says("山石滚到屋边"), "有生命财产危险")
    assert "☑ 有生命财产危险" in labels(marked[0])
    (receipt,) = resident.taps(marked, "提交")
    assert "119" in receipt.text
    assert the_problem(session).urgency == "danger"
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "problems.reported")).all()
    assert {(row.person_id, row.speech) for row in rows} == {
        (town.cadre.id, "emergency"),
        (town.east_supervisor.id, "emergency"),
    }
    (news,) = phone(session, 202).receives()
    assert "请您知晓" in news.text
    assert "有生命财产危险" in news.text
    assert "受理" not in labels(news)


def test_a_confidential_report_goes_past_the_cadre_and_the_relatives(session: Session, town: Town) -> None:
    relative = _member(session, town, 411, "linked")
    resident = phone(session, 401)
    resident.taps(resident.says("/report"), "救助")
    (receipt,) = resident.taps(resident.taps(resident.says("干部不发钱"), "保密"), "提交")
    assert "钱督导" in receipt.text
    problem = the_problem(session)
    assert (problem.confidential, problem.owner_id) == (True, town.east_supervisor.id)
    assert phone(session, 101).receives() == []
    assert phone(session, relative.telegram_user_id).receives() == []
    for outsider in (101, 411):
        other = phone(session, outsider)
        assert other.presses(f"problems.open:{problem.id}") == []
        assert "没有找到" in other.toast()
    (news,) = phone(session, 202).receives()
    assert "干部不发钱" in news.text
    assert "138****0001" in news.text
    assert "P-" not in phone(session, 411).says("/progress")[0].text
    assert labels(phone(session, 401).says("/progress")[0]) == ["2026-000001 救助 · 已登记"]


def test_who_belongs_to_several_households_chooses_first(session: Session, town: Town) -> None:
    session.add(
        Membership(
            household_id=town.households["H002"].id,
            person_id=town.resident.id,
            state="linked",
            since=MONDAY_MORNING,
        )
    )
    session.flush()
    resident = phone(session, 401)
    (form,) = resident.says("/report")
    assert labels(form) == ["张大山", "刘小河", "取消"]
    (categories,) = resident.taps([form], "刘小河")
    assert "刘小河" in categories.text
    resident.taps([categories], "饮水")
    resident.taps(resident.says("没水"), "提交")
    assert the_problem(session).household_id == town.households["H002"].id


def test_a_pending_person_reports_and_sees_only_the_own_report(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    resident.taps(resident.says("/report"), "饮水")
    resident.taps(resident.says("家里没水"), "提交")
    _member(session, town, 412, "pending")
    newcomer = phone(session, 412)
    assert "没有反映过" in newcomer.says("/progress")[0].text
    assert newcomer.presses(f"problems.open:{the_problem(session).id}") == []
    newcomer.taps(newcomer.says("/report"), "道路")
    newcomer.taps(newcomer.says("路塌了"), "提交")
    assert labels(newcomer.says("/progress")[0]) == ["2026-000002 道路 · 已登记"]
    assert "身份还没有核实" in phone(session, 101).receives()[-1].text


def test_typed_content_of_another_dialogue_is_not_lost_silently(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    resident.taps(resident.says("/report"), "饮水")
    resident.says("没水三天了")
    question = resident.says("反映问题")
    assert "没有保存" in question[0].text
    *_, form = resident.taps(question, "接着填")
    assert "没水三天了" in form.text
    assert "提交" in labels(form)
    *_, fresh = resident.taps(question, "放弃")
    assert "没水三天了" not in fresh.text
    assert session.scalars(select(Draft)).one().data.get("texts") is None


def test_cancel_leaves_the_report(session: Session, town: Town) -> None:
    resident = phone(session, 401)
    form = resident.taps(resident.says("/report"), "饮水")
    (left,) = resident.taps(form, "取消")
    assert "已取消" in left.text
    assert (count(session, Problem), count(session, Draft)) == (0, 0)


def test_a_cadre_reports_for_a_household_and_is_recorded(session: Session, town: Town) -> None:
    cadre = phone(session, 101)
    (form,) = cadre.says("/report")
    assert labels(form) == ["张大山 · 东一组 · H001", "刘小河 · 东一组 · H002", "取消"]
    found = cadre.says("lxh")  # pinyin initials
    assert labels(found[-1]) == ["刘小河 · 东一组 · H002", "取消"]
    cadre.taps(cadre.taps(found, "刘小河"), "电力")
    typed = cadre.says("变压器坏了")
    assert "☐ 保密，只让督导看到" not in labels(typed[-1])
    (receipt,) = cadre.taps(typed, "提交")
    assert "王联系" in receipt.text
    problem = the_problem(session)
    assert (problem.source, problem.reporter_id, problem.entered_by_id) == ("proxy", None, town.cadre.id)
    assert problem.household_id == town.households["H002"].id


def test_the_household_hears_what_was_reported_for_it(session: Session, town: Town) -> None:
    cadre = phone(session, 101)
    cadre.taps(cadre.taps(cadre.says("/report"), "张大山"), "电力")
    cadre.taps(cadre.says("停电"), "提交")
    (news,) = phone(session, 401).receives()
    assert "为您家登记了" in news.text
    assert "代报" in news.text
    assert "撤回" in labels(news)


def test_a_supervisor_enters_a_call_of_the_hotline(session: Session, town: Town) -> None:
    supervisor = phone(session, 201)
    supervisor.says("/report")
    found = supervisor.says("杨春花")
    supervisor.taps(supervisor.taps(found, "杨春花"), "饮水")
    supervisor.taps(supervisor.says("来电说没水"), "提交")
    problem = the_problem(session)
    assert (problem.source, problem.owner_id) == ("hotline", town.supervisor.id)  # H004 has no cadre


def test_a_household_beyond_reach_is_not_found(session: Session, town: Town) -> None:
    cadre = phone(session, 101)
    cadre.says("/report")
    draft = session.scalars(select(Draft)).one()
    assert cadre.presses(f"problems.household:{draft.id}:{town.households['H003'].id}") == []
    assert "没有找到" in cadre.toast()
    (nothing,) = cadre.says("陈长林")[-1:]
    assert "没有找到" in nothing.text
    assert cadre.presses(f"problems.report_for:{town.households['H003'].id}") == []
    assert "没有找到" in cadre.toast()


def test_a_household_that_was_taken_away_meanwhile_is_not_reported_for(session: Session, town: Town) -> None:
    cadre = phone(session, 101)
    cadre.taps(cadre.taps(cadre.says("/report"), "刘小河"), "电力")
    typed = cadre.says("停电")
    pairing = session.scalars(select(Pairing).where(Pairing.household_id == town.households["H002"].id)).one()
    pairing.ended_on = MONDAY_MORNING.date()
    session.flush()
    assert cadre.taps(typed, "提交") == []
    assert "没有找到" in cadre.toast()
    assert count(session, Problem) == 0
    actor = actors.actor_by_telegram_id(session, 101, language="zh_CN")
    with pytest.raises(NotFound), session.begin_nested():
        reporting.submit(session, make_office(), actor, session.scalars(select(Draft.id)).one())


def test_from_the_card_a_cadre_reports_for_the_household_and_a_member_for_the_own(session: Session, town: Town) -> None:
    own = town.households["H003"]
    session.add(Membership(household_id=own.id, person_id=town.cadre.id, state="linked", since=MONDAY_MORNING))
    session.flush()
    cadre = phone(session, 101)
    for household, source, reporter_id in (
        (own, "household", town.cadre.id),
        (town.households["H001"], "proxy", None),
    ):
        cadre.taps(cadre.presses(f"problems.report_for:{household.id}"), "道路")
        cadre.taps(cadre.says("路塌了"), "提交")
        problem = session.scalars(select(Problem).order_by(Problem.id.desc()).limit(1)).one()
        assert (problem.household_id, problem.source, problem.reporter_id) == (household.id, source, reporter_id)


def _member(session: Session, town: Town, telegram_id: int, state: str) -> Person:
    person = Person(
        name="张小山",
        telegram_user_id=telegram_id,
        language="zh_CN",
        consented_at=MONDAY_MORNING,
        consent_version=notice.VERSION,
        created_at=MONDAY_MORNING,
    )
    session.add(person)
    session.flush()
    session.add(
        Membership(household_id=town.households["H001"].id, person_id=person.id, state=state, since=MONDAY_MORNING)
    )
    session.flush()
    return person
