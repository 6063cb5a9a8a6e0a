"""The notice says something new: everybody reads it before they act again, and nothing they began is lost."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import notice
from models.actor import Role
from models.households import Membership
from models.people import Consent, Person
from models.post import Draft
from models.problems import Problem
from services import outbox
from services.invitations import invite_by_codes
from services.messages import Message
from services.office import Office
from tests.phone import Phone
from tests.town import MONDAY_MORNING, Town

NEWER = "newer"
CADRE, SUPERVISOR, ADMIN, RESIDENT = 101, 201, 301, 401


@pytest.fixture
def resident(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, RESIDENT)


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch, town: Town) -> str:
    """Everybody of the town agreed to the one before."""
    monkeypatch.setattr(notice, "VERSION", NEWER)
    return NEWER


def all_text(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


@pytest.mark.parametrize(
    ("who", "said"),
    [(RESIDENT, "我的联系卡"), (RESIDENT, "你好"), (CADRE, "/today"), (SUPERVISOR, "本期简报"), (ADMIN, "设置")],
)
def test_whatever_they_do_next_they_see_the_notice_and_what_is_new(
    session: Session, office: Office, raised: str, who: int, said: str
) -> None:
    answers = Phone(session, office, who).says(said)
    assert "使用须知有更新" in answers[0].text
    assert "新的内容" in answers[0].text
    assert "同意" in str(answers[0].buttons)
    assert "张大山" not in all_text(answers), "nothing else is answered"


def test_a_pressed_button_waits_for_the_agreement_and_works_after_it(resident: Phone, town: Town, raised: str) -> None:
    button = f"cards.open:{town.households['H001'].id}"
    (shown,) = resident.presses(button)
    assert "再点一次" in resident.toast()
    resident.taps([shown], "同意")
    assert "张大山" in all_text(resident.presses(button))


def test_an_open_form_stays_and_what_was_typed_is_sent_again(
    session: Session, resident: Phone, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident.taps(resident.says("反映问题"), "饮水")
    draft_id = session.scalars(select(Draft.id).where(Draft.person_id == town.resident.id)).one()
    monkeypatch.setattr(notice, "VERSION", NEWER)
    shown, hint = resident.says("水管坏了")
    assert "还没有收下" in hint.text
    answers = resident.taps([shown], "同意")
    assert "填了一半的还在" in all_text(answers)
    assert session.scalars(select(Draft.id).where(Draft.person_id == town.resident.id)).one() == draft_id
    resident.taps(resident.says("水管坏了"), "提交")
    assert session.scalars(select(Problem.summary)).one() == "水管坏了"


def test_both_agreements_stay_on_record(session: Session, resident: Phone, town: Town, raised: str) -> None:
    session.add(Consent(person_id=town.resident.id, version="2", agreed=True, at=MONDAY_MORNING))
    resident.taps(resident.says("你好"), "同意")
    said = session.execute(
        select(Consent.version, Consent.agreed).where(Consent.person_id == town.resident.id).order_by(Consent.id)
    ).all()
    assert [tuple(one) for one in said] == [("2", True), (NEWER, True)]
    session.expire_all()
    assert town.resident.consent_version == NEWER


def test_agreeing_to_the_notice_of_yesterday_is_no_agreement(session: Session, resident: Phone, raised: str) -> None:
    assert resident.presses("onboarding.agree:2") == []
    assert session.scalars(select(Consent)).all() == []
    assert "使用须知有更新" in all_text(resident.says("我的联系卡"))


def test_news_still_reaches_whoever_has_not_read_it_yet(
    session: Session, office: Office, resident: Phone, town: Town, raised: str
) -> None:
    outbox.notice(
        session, office, town.resident.id, "cards.cadre_changed", {"household_id": town.households["H001"].id}
    )
    assert "王联系" in all_text(resident.receives())


@pytest.mark.parametrize("command", ["/mydata", "/help"])
def test_what_they_are_entitled_to_needs_no_agreement(resident: Phone, raised: str, command: str) -> None:
    assert "使用须知有更新" not in all_text(resident.says(command))


def test_a_first_no_is_asked_again_and_can_be_taken_back(session: Session, resident: Phone, raised: str) -> None:
    question = resident.taps(resident.says("你好"), "不同意")
    assert "确定不同意吗" in question[0].text
    again = resident.taps(question, "返回")
    resident.taps(again, "同意")
    assert session.scalars(select(Consent.agreed)).one() is True


def test_a_no_for_good_unlinks_the_account_and_leaves_the_records(
    session: Session, office: Office, resident: Phone, town: Town, raised: str
) -> None:
    outbox.reply(session, office, RESIDENT, Message("还在路上的话"), person_id=town.resident.id)
    answers = resident.taps(resident.taps(resident.says("你好"), "不同意"), "确定不同意")
    assert "断开" in answers[0].text
    assert answers[-1].keyboard == (), "the big buttons go"
    session.expire_all()
    assert town.resident.telegram_user_id is None
    assert session.scalars(select(Membership.state).where(Membership.person_id == town.resident.id)).one() == "ended"
    assert session.scalars(select(Consent.agreed)).one() is False
    assert session.get(Person, town.resident.id) is not None
    assert "张大山" not in all_text(resident.says("我的联系卡"))


@pytest.mark.parametrize(
    ("language", "decline", "yes", "official", "member"),
    [
        ("zh_CN", "不同意", "确定不同意", "照常向您的督导或单位说", "照样可以当面找干部"),
        ("en", "don't agree", "Yes, I don't agree", "speak to your supervisor or your unit", "speak to your official"),
    ],
)
def test_officials_are_told_of_their_supervisor_and_members_of_their_official(
    session: Session,
    office: Office,
    town: Town,
    raised: str,
    language: str,
    decline: str,
    yes: str,
    official: str,
    member: str,
) -> None:
    for person, telegram in ((town.cadre, CADRE), (town.resident, RESIDENT)):
        person.language = language
        session.flush()
        phone = Phone(session, office, telegram)
        shown = phone.says("/start")
        left = phone.taps(phone.taps(shown, decline), yes)
        for said in (shown[0].text, left[0].text):
            assert (official in said, member in said) == (person is town.cadre, person is town.resident)


def test_an_official_who_says_no_keeps_the_role_for_when_they_come_back(
    session: Session, office: Office, town: Town, raised: str
) -> None:
    cadre = Phone(session, office, CADRE)
    cadre.taps(cadre.taps(cadre.says("/today"), "不同意"), "确定不同意")
    session.expire_all()
    assert town.cadre.telegram_user_id is None
    assert town.cadre.is_active
    assert "张大山" not in all_text(cadre.says("/today"))


def test_the_last_administrator_may_say_no_and_the_operators_link_brings_them_back(
    session: Session, office: Office, town: Town, raised: str
) -> None:
    admin = Phone(session, office, ADMIN)
    admin.taps(admin.taps(admin.says("设置"), "不同意"), "确定不同意")
    session.expire_all()
    assert town.admin.telegram_user_id is None
    link = invite_by_codes(session, office, role=Role.ADMIN, unit_code="T", person_code="A001")
    admin.taps(admin.says(f"/start {link.partition('start=')[2]}"), "同意")
    session.expire_all()
    assert (town.admin.telegram_user_id, town.admin.consent_version) == (ADMIN, NEWER)
    assert admin.says("设置")[0].buttons


def test_the_notice_is_read_in_english_too(session: Session, office: Office, town: Town, raised: str) -> None:
    town.resident.language = "en"
    session.flush()
    phone = Phone(session, office, RESIDENT, language_code="en")
    shown, hint = phone.says("hello")
    assert "The notice has changed" in shown.text
    assert "send it again" in hint.text
