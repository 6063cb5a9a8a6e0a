"""/mydata: download, ask for a correction, be erased; each with a tap and in plain words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notice
from models.corrections import CorrectionRequest
from models.erasure_log import ErasureLog
from models.households import Membership
from models.people import Person
from models.post import OutboxMessage
from services.i18n import Language, translator
from services.messages import Message
from services.office import Office, Site
from services.onboarding import download
from services.onboarding.corrections import tick_corrections
from services.pair_changes import change_primaries
from tests.phone import Phone
from tests.town import MONDAY_MORNING, FrozenClock, Town, somebody

CADRE, OTHER_CADRE, SUPERVISOR, ADMIN, RESIDENT, NEIGHBOUR = 101, 102, 201, 301, 401, 402


@pytest.fixture
def office(tmp_path: Path) -> Office:
    site = Site(name="云溪镇", town_hotline="0000-12345", bot_username="lianxin_bot")
    return Office(site, clock=FrozenClock(), erasures=ErasureLog(tmp_path / "lianxin.key"))


@pytest.fixture
def resident(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, RESIDENT)


def all_text(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def asks_for(resident: Phone, words: str = "我家电话换了") -> list[Message]:
    resident.taps(resident.says("/mydata"), "有错，要更正")
    return resident.says(words)


# --- download


def test_the_file_is_made_by_an_errand(session: Session, resident: Phone) -> None:
    resident.taps(resident.says("/mydata"), "下载我的资料")
    assert "马上发给您" in resident.toast()
    rows = session.execute(select(OutboxMessage.kind, OutboxMessage.chat_id).where(OutboxMessage.lane == "bulk"))
    assert [tuple(row) for row in rows] == [("errand.my_data", RESIDENT)]


def sheets_of(session: Session, office: Office, telegram: int, language: Language = Language.ZH_CN) -> dict[str, str]:
    from models.queries import actors

    actor = actors.actor_by_telegram_id(session, telegram, language=language)
    return {sheet.name: str([*sheet.columns, *sheet.rows]) for sheet in download.sheets(session, office, actor)}


def report(phone: Phone, words: str, *, confidential: bool = False) -> None:
    phone.taps(phone.says("反映问题"), "饮水")
    form = phone.says(words)
    if confidential:
        form = phone.taps(form, "保密")
    phone.taps(form, "提交")


def test_it_holds_what_is_kept_about_oneself(session: Session, office: Office, town: Town, resident: Phone) -> None:
    town.households["H001"].address = "东村 1 号"
    report(resident, "水管坏了")
    asks_for(resident)
    found = sheets_of(session, office, RESIDENT)
    assert "张大山" in found["我的资料"]
    assert "东村 1 号" in found["我家"]
    assert "13800000001" in found["我家"], "the own number is shown in full"
    assert "水管坏了" in found["问题"]
    assert "已连上" in found["联系卡"]
    assert "我家电话换了" in found["更正请求"]
    assert found["办理经过"].count("P-2026-") >= 1


def test_it_has_no_line_for_what_is_not_kept(session: Session, office: Office, town: Town, resident: Phone) -> None:
    about_me = sheets_of(session, office, RESIDENT)["我的资料"]
    assert [word for word in ("电话", "单位", "职务", "请假到", "记录的走访", "None") if word in about_me] == []
    about_cadre = sheets_of(session, office, CADRE)["我的资料"]
    assert [word for word in ("电话", "单位", "职务") if word not in about_cadre] == []


def test_it_holds_nothing_of_others(session: Session, office: Office, town: Town, resident: Phone) -> None:
    town.households["H001"].notes, town.households["H001"].hardship_cause = "干部的备注", "干部写的原因"
    report(Phone(session, office, NEIGHBOUR), "邻居家的事")
    relative = _relative(session, town)
    report(Phone(session, office, relative), "不想让家人知道的事", confidential=True)
    everything = str(sheets_of(session, office, RESIDENT))
    for words in ("邻居家的事", "不想让家人知道的事", "陈长林", "H003", "干部的备注", "干部写的原因"):
        assert words not in everything
    assert "不想让家人知道的事" in str(sheets_of(session, office, relative)), "to themselves it is theirs"


def _relative(session: Session, town: Town) -> int:
    person = somebody("张小妹", 403, MONDAY_MORNING)
    session.add(person)
    session.flush()
    home = {"household_id": town.households["H001"].id, "person_id": person.id}
    session.add(Membership(**home, state="linked", since=MONDAY_MORNING, linked_at=MONDAY_MORNING))
    session.flush()
    return 403


def test_whoever_left_the_household_finds_nothing_of_it(session: Session, office: Office, town: Town) -> None:
    cadre = Phone(session, office, CADRE)
    listed = cadre.taps(cadre.presses(f"cards.open:{town.households['H001'].id}"), "成员")
    _relative(session, town)
    town.resident.telegram_user_id = None
    session.flush()
    cadre.taps(cadre.taps(listed, "解除"), "确定解除")
    town.resident.telegram_user_id = RESIDENT
    session.flush()
    assert "13800000001" not in str(sheets_of(session, office, RESIDENT))


def test_it_is_written_in_english_too(session: Session, office: Office, town: Town) -> None:
    town.resident.language = "en"
    session.flush()
    assert set(sheets_of(session, office, RESIDENT, Language.EN)) == {
        translator(Language.EN).plain(f"rights.sheet.{name}")
        for name in ("about_me", "households", "memberships", "visits", "problems", "course", "corrections")
    }


# --- correction


def test_a_request_reaches_the_cadre_and_the_answer_comes_back(
    session: Session, office: Office, resident: Phone
) -> None:
    assert "已请干部核对" in all_text(asks_for(resident))
    cadre = Phone(session, office, CADRE)
    (asked,) = cadre.receives()
    assert "我家电话换了" in asked.text
    assert "已答复" in all_text(cadre.taps([asked], "已经改好"))
    assert "已经改好" in all_text(resident.receives())
    request = session.scalars(select(CorrectionRequest)).one()
    session.refresh(request)
    assert request.outcome == "corrected"


def test_what_stays_is_explained_in_the_officials_words(session: Session, office: Office, resident: Phone) -> None:
    asks_for(resident)
    cadre = Phone(session, office, CADRE)
    cadre.taps(cadre.receives(), "不改，说明原因")
    cadre.says("户口本上就是这个名字")
    assert "户口本上就是这个名字" in all_text(resident.receives())


def test_it_is_answered_once(session: Session, office: Office, town: Town, resident: Phone) -> None:
    asks_for(resident)
    request_id = session.scalars(select(CorrectionRequest.id)).one()
    Phone(session, office, CADRE).presses(f"onboarding.corrected:{request_id}")
    supervisor = Phone(session, office, SUPERVISOR)
    assert supervisor.presses(f"onboarding.corrected:{request_id}") == []
    assert "已经答复过" in supervisor.toast()


@pytest.mark.parametrize("who", [OTHER_CADRE, NEIGHBOUR, RESIDENT])
def test_nobody_else_may_answer(session: Session, office: Office, resident: Phone, who: int) -> None:
    asks_for(resident)
    request_id = session.scalars(select(CorrectionRequest.id)).one()
    for action in ("corrected", "explain"):
        assert "张大山" not in all_text(Phone(session, office, who).presses(f"onboarding.{action}:{request_id}"))
    session.expire_all()
    assert session.scalars(select(CorrectionRequest.outcome)).one() is None


def test_without_a_cadre_who_can_be_reached_it_goes_further_up(session: Session, office: Office, town: Town) -> None:
    town.cadre.unreachable_since = office.now()
    session.flush()
    asks_for(Phone(session, office, RESIDENT))
    received = [Phone(session, office, who).receives() for who in (CADRE, 202)]
    assert [bool(one) for one in received] == [False, True]


def test_the_request_says_whose_household_it_is(session: Session, office: Office, town: Town, resident: Phone) -> None:
    asks_for(resident)
    assert "农户：张大山（H001），东一组" in all_text(Phone(session, office, CADRE).receives())
    town.cadre.language = "en"
    session.flush()
    assert "Household: 张大山 (H001), 东一组" in all_text(Phone(session, office, CADRE).receives())


def test_of_several_households_only_the_readers_own_are_named(session: Session, office: Office, town: Town) -> None:
    session.add(
        Membership(
            household_id=town.households["H003"].id,
            person_id=town.resident.id,
            state="linked",
            since=office.now(),
            linked_at=office.now(),
            linked_by="phone",
        )
    )
    session.flush()
    asks_for(Phone(session, office, RESIDENT))
    told = {who: all_text(Phone(session, office, who).receives()) for who in (CADRE, OTHER_CADRE)}
    assert [[code in told[who] for code in ("H001", "H003")] for who in told] == [[True, False], [False, True]]


def has_not_joined(official: Person, office: Office) -> None:
    official.telegram_user_id = official.consented_at = official.consent_version = None


def has_blocked_the_bot(official: Person, office: Office) -> None:
    official.unreachable_since = office.now()


@pytest.mark.parametrize("is_away", [has_not_joined, has_blocked_the_bot])
def test_whoever_can_be_reached_later_is_told_then_and_once(
    session: Session, office: Office, town: Town, is_away: Callable[[Person, Office], None]
) -> None:
    for official in (town.cadre, town.supervisor, town.east_supervisor, town.admin):
        is_away(official, office)
    session.flush()
    assert "有干部能看到时" in all_text(asks_for(Phone(session, office, RESIDENT)))
    assert tick_corrections(session, office) == 0
    town.east_supervisor.telegram_user_id, town.east_supervisor.unreachable_since = 202, None
    town.east_supervisor.consented_at, town.east_supervisor.consent_version = office.now(), notice.VERSION
    session.flush()
    assert tick_corrections(session, office) == 1
    supervisor = Phone(session, office, 202)
    assert all_text(supervisor.receives()).count("我家电话换了") == 1
    assert tick_corrections(session, office) == 0
    assert "已答复" in all_text(supervisor.taps(supervisor.receives(), "已经改好"))


def test_the_new_cadre_of_the_household_is_told_and_the_old_one_is_not(
    session: Session, office: Office, town: Town, resident: Phone
) -> None:
    asks_for(resident)
    pair = town.households["H001"].id
    change_primaries(session, office, ended=[(pair, town.cadre.id)], begun=[(pair, town.other_cadre.id)], by=None)
    assert tick_corrections(session, office) == 1
    assert "我家电话换了" in all_text(Phone(session, office, OTHER_CADRE).receives())
    assert "我家电话换了" not in all_text(Phone(session, office, CADRE).receives())


def test_what_died_with_a_blocked_chat_is_told_when_it_is_back(
    session: Session, office: Office, town: Town, resident: Phone
) -> None:
    asks_for(resident)
    cadre = Phone(session, office, CADRE)
    cadre.blocks()
    assert tick_corrections(session, office) == 1, "the supervisor meanwhile"
    cadre.unblocks()
    assert tick_corrections(session, office) == 1
    assert all_text(cadre.receives()).count("我家电话换了") == 1


def test_an_answered_request_is_told_to_nobody_else(
    session: Session, office: Office, town: Town, resident: Phone
) -> None:
    asks_for(resident)
    cadre = Phone(session, office, CADRE)
    cadre.taps(cadre.receives(), "已经改好")
    town.cadre.unreachable_since = office.now()
    session.flush()
    assert tick_corrections(session, office) == 0


def test_an_officials_request_goes_to_the_administrator(session: Session, office: Office, town: Town) -> None:
    asks_for(Phone(session, office, CADRE), "职务写错了")
    told = all_text(Phone(session, office, ADMIN).receives())
    assert "职务写错了" in told and "单位：东村" in told


def test_a_form_that_is_half_filled_in_is_not_lost(resident: Phone) -> None:
    resident.taps(resident.says("反映问题"), "饮水")
    resident.says("水管坏了")
    assert resident.presses("onboarding.correction") == []
    assert "没填完" in resident.toast()


def test_a_voice_is_asked_for_in_words_and_the_dialogue_stays(session: Session, resident: Phone) -> None:
    resident.taps(resident.says("/mydata"), "有错，要更正")
    assert "打字" in all_text(resident.sends_voice())
    assert "已请干部核对" in all_text(resident.says("电话错了"))


def test_three_open_requests_are_enough(resident: Phone) -> None:
    for number in range(3):
        asks_for(resident, f"第{number}处")
    assert resident.presses("onboarding.correction") == []
    assert "还在办" in resident.toast()


# --- erasure


def test_two_taps_erase_and_say_plainly_what_goes_and_what_stays(session: Session, town: Town, resident: Phone) -> None:
    question = resident.taps(resident.says("/mydata"), "注销我的资料")
    assert "不能恢复" in all_text(question)
    assert "由单位保存" in all_text(question)
    answers = resident.taps(question, "确定注销")
    assert "已经注销" in answers[0].text
    assert answers[-1].keyboard == ()
    session.expire_all()
    assert (town.resident.name, town.resident.telegram_user_id) == ("已注销人员", None)
    assert resident.taps(resident.says(f"/start h{town.households['H001'].card_code}"), "同意"), "may come anew"


def test_the_second_thought_changes_nothing(session: Session, town: Town, resident: Phone) -> None:
    resident.taps(resident.taps(resident.says("/mydata"), "注销我的资料"), "返回")
    session.expire_all()
    assert town.resident.telegram_user_id == RESIDENT


def test_an_open_matter_is_named_first(resident: Phone) -> None:
    report(resident, "水管坏了")
    assert "还有 1 件问题没办完" in all_text(resident.taps(resident.says("/mydata"), "注销我的资料"))


@pytest.mark.parametrize("who", [CADRE, SUPERVISOR, ADMIN])
def test_officials_are_sent_to_the_administrator(session: Session, office: Office, town: Town, who: int) -> None:
    phone = Phone(session, office, who)
    shown = phone.says("/mydata")
    assert "注销" not in str(shown[0].buttons)
    assert phone.presses("onboarding.erase_yes") == []
    assert "请告诉管理员" in phone.toast()
    session.expire_all()
    assert session.scalars(select(Person.erased_at).where(Person.telegram_user_id == who)).one() is None


def test_the_old_question_erases_nobody_else(session: Session, resident: Phone, town: Town) -> None:
    resident.taps(resident.taps(resident.says("/mydata"), "注销我的资料"), "确定注销")
    assert resident.presses("onboarding.erase_yes") == [], "a second tap leaves the message as it is"
    assert "已经办好了" in resident.toast()
    english = Phone(session, resident.office, RESIDENT, language_code="en")
    assert english.presses("onboarding.erase") == []
    assert "done already" in english.toast()
    session.expire_all()
    assert town.neighbour.telegram_user_id == NEIGHBOUR
