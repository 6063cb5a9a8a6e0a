"""改名: a member's wrong name is put right on the card, by whoever may unlink them; the member is told."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actor import Actor
from models.audit import AuditEntry
from models.households import Membership
from models.people import Person, RoleGrant
from models.post import Draft
from models.queries.memberships import Claim
from services.messages import Message
from services.office import Office
from services.onboarding import members
from tests.phone import Phone
from tests.town import Town, build_town

CADRE, OTHER_CADRE, SUPERVISOR, EAST_SUPERVISOR, ADMIN, RESIDENT, NEIGHBOUR = 101, 102, 201, 202, 301, 401, 402


@pytest.fixture
def town(session: Session) -> Town:
    town = build_town(session)
    town.resident.name = "李小妹"
    session.flush()
    return town


def all_text(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def members_of(phone: Phone, town: Town, label: str = "成员") -> list[Message]:
    return phone.taps(phone.presses(f"cards.open:{town.households['H001'].id}"), label)


def name_of(session: Session, person: Person) -> str:
    session.expire_all()
    return person.name


@pytest.mark.parametrize("who", [CADRE, SUPERVISOR, EAST_SUPERVISOR, ADMIN])
def test_whoever_is_in_charge_puts_the_name_right_and_the_member_is_told(
    session: Session, office: Office, town: Town, who: int
) -> None:
    phone = Phone(session, office, who)
    question = phone.taps(members_of(phone, town), "改名 李小妹")
    assert "应该怎么写" in all_text(question)
    (done,) = phone.says("  李晓梅 ")
    assert "李小妹" in done.text
    assert "<b>李晓梅</b>" in done.text
    assert name_of(session, town.resident) == "李晓梅"
    assert "李晓梅" in all_text(phone.taps([done], "返回"))
    assert "已改成：<b>李晓梅</b>" in all_text(Phone(session, office, RESIDENT).receives())
    assert session.scalars(select(Draft)).all() == [], "the dialogue is over"


def test_it_is_said_in_english_too(session: Session, office: Office, town: Town) -> None:
    town.cadre.language = town.resident.language = "en"
    session.flush()
    phone = Phone(session, office, CADRE)
    assert "How is the name" in all_text(phone.taps(members_of(phone, town, "Members"), "Rename 李小妹"))
    assert "just the name" in all_text(phone.says("12345"))
    assert "is <b>李晓梅</b> now" in all_text(phone.says("李晓梅"))
    assert "changed your name in Lianxin to: <b>李晓梅</b>" in all_text(Phone(session, office, RESIDENT).receives())


def test_the_audit_says_who_was_renamed_by_whom_and_no_name(session: Session, office: Office, town: Town) -> None:
    phone = Phone(session, office, CADRE)
    phone.taps(members_of(phone, town), "改名")
    phone.says("李晓梅")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "member_renamed")).one()
    found = (entry.person_id, entry.about, entry.object_id, entry.facts)
    assert found == (town.cadre.id, "household", town.households["H001"].id, {"member": town.resident.id})


@pytest.mark.parametrize("words", ["12345", "……", "名" * 51])
def test_what_is_no_name_is_asked_again_and_changes_nothing(
    session: Session, office: Office, town: Town, words: str
) -> None:
    phone = Phone(session, office, CADRE)
    question = phone.taps(members_of(phone, town), "改名")
    assert "请只打字发名字，不超过 50 个字" in all_text(phone.says(words))
    assert "请只打字发名字" in all_text(phone.sends_photo())
    assert name_of(session, town.resident) == "李小妹"
    phone.taps(question, "取消")
    phone.says("李晓梅")
    assert name_of(session, town.resident) == "李小妹", "called off"


@pytest.mark.parametrize("who", [OTHER_CADRE, NEIGHBOUR, RESIDENT])
def test_nobody_else_renames_them(session: Session, office: Office, town: Town, who: int) -> None:
    membership_id = session.scalars(select(Membership.id).where(Membership.person_id == town.resident.id)).one()
    phone = Phone(session, office, who)
    assert "李小妹" not in all_text(phone.presses(f"onboarding.rename:{membership_id}")) + phone.toast()
    phone.says("别的名字")
    assert name_of(session, town.resident) == "李小妹"


def test_with_the_household_goes_the_open_question(session: Session, office: Office, town: Town) -> None:
    phone = Phone(session, office, CADRE)
    phone.taps(members_of(phone, town), "改名")
    supervisor = Phone(session, office, SUPERVISOR)
    supervisor.taps(supervisor.taps(members_of(supervisor, town), "解除"), "确定解除")
    assert "过期" in all_text(phone.says("李晓梅"))
    assert name_of(session, town.resident) == "李小妹"


def test_an_official_is_called_what_the_roster_says(session: Session, office: Office, town: Town) -> None:
    membership = {"state": "linked", "since": office.now(), "linked_at": office.now(), "linked_by": "phone"}
    session.add(Membership(household_id=town.households["H001"].id, person_id=town.other_cadre.id, **membership))
    session.flush()
    phone = Phone(session, office, CADRE)
    assert phone.taps(members_of(phone, town), "改名 李联系") == []
    assert "姓名以名册为准" in phone.toast()


def test_whoever_was_an_official_keeps_the_name_that_stands_in_the_records(
    session: Session, office: Office, town: Town
) -> None:
    past = {"role": "cadre", "unit_id": town.east.id, "granted_at": office.now(), "revoked_at": office.now()}
    session.add(RoleGrant(person_id=town.resident.id, **past))
    session.flush()
    phone = Phone(session, office, CADRE)
    assert phone.taps(members_of(phone, town), "改名 李小妹") == []
    assert "李小妹以前担任过干部" in phone.toast()
    town.cadre.language = "en"
    session.flush()
    assert phone.taps(members_of(phone, town, "Members"), "Rename 李小妹") == []
    assert "used to be an official" in phone.toast()
    phone.says("李晓梅")
    assert name_of(session, town.resident) == "李小妹"


def test_what_is_half_filled_in_is_not_lost_by_it(session: Session, office: Office, town: Town) -> None:
    phone = Phone(session, office, CADRE)
    phone.presses(f"visits.open:{town.households['H001'].id}")
    phone.says("屋顶漏雨")
    assert phone.taps(members_of(phone, town), "改名") == []
    assert "没填完" in phone.toast()
    assert session.scalars(select(Draft.journey)).all() == ["visits"]


def test_whoever_was_erased_meanwhile_keeps_no_name(
    session: Session, office: Office, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Phone(session, office, CADRE)
    phone.taps(members_of(phone, town), "改名")
    asked = members.check_may_rename

    def erased_just_after(session: Session, actor: Actor, membership_id: int) -> Claim:
        found = asked(session, actor, membership_id)
        town.resident.name, town.resident.erased_at = "已注销人员", office.now()
        session.flush()
        return found

    monkeypatch.setattr(members, "check_may_rename", erased_just_after)
    assert "过期" in all_text(phone.says("李晓梅"))


@pytest.mark.parametrize(("language", "words"), [("zh_CN", "联系卡的“成员”里改"), ("en", "“Members” on the card")])
def test_a_request_for_a_correction_says_where_names_are_changed(
    session: Session, office: Office, town: Town, language: str, words: str
) -> None:
    town.cadre.language = language
    session.flush()
    resident = Phone(session, office, RESIDENT)
    resident.taps(resident.says("/mydata"), "有错，要更正")
    resident.says("我叫李晓梅，不是李小妹")
    assert words in all_text(Phone(session, office, CADRE).receives()).replace('"Members"', "“Members”")
