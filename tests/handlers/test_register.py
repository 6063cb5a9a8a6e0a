"""迁出 and 销户, said on the card by whoever oversees the household: what ends with it, and the way back."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.households import Pairing
from models.people import RoleGrant
from models.post import OutboxMessage
from models.problems import Problem
from models.queries import actors, pairings
from services import pairing_by_hand
from services.errors import Conflict
from services.messages import Message
from services.office import Office
from tests.phone import Phone
from tests.town import Town

CADRE, SUPERVISOR, EAST_SUPERVISOR, ADMIN, RESIDENT = 101, 201, 202, 301, 401
TODAY = date(2026, 3, 2)


def corrections(session: Session, office: Office, town: Town, who: int) -> tuple[Phone, list[Message]]:
    phone = Phone(session, office, who)
    return phone, phone.taps(phone.says("/card H001"), "更正状态")


def take_off(session: Session, office: Office, town: Town, who: int = SUPERVISOR, word: str = "迁出") -> list[Message]:
    phone, page = corrections(session, office, town, who)
    return phone.taps(phone.taps(page, f"登记{word}"), f"确定登记{word}")


def labels(messages: list[Message]) -> list[str]:
    return [one.label for message in messages for row in message.buttons for one in row]


def acts(session: Session, *wanted: str) -> list[str]:
    return list(session.scalars(select(AuditEntry.act).where(AuditEntry.act.in_(wanted)).order_by(AuditEntry.position)))


@pytest.mark.parametrize("who", [SUPERVISOR, EAST_SUPERVISOR, ADMIN])
@pytest.mark.parametrize(("word", "status"), [("迁出", "moved"), ("销户", "closed")])
def test_whoever_oversees_it_takes_it_off_the_register(
    session: Session, office: Office, town: Town, who: int, word: str, status: str
) -> None:
    (page,) = take_off(session, office, town, who, word)
    session.expire_all()
    assert word in page.text
    assert town.households["H001"].status == status
    assert acts(session, "household_taken_off", "pairing_ended") == ["pairing_ended", "household_taken_off"]


def test_the_question_says_what_happens_and_nothing_has_happened_yet(
    session: Session, office: Office, town: Town
) -> None:
    phone, page = corrections(session, office, town, SUPERVISOR)
    (question,) = phone.taps(page, "登记迁出")
    for words in ("张大山（H001）", "不再安排走访", "结对到今天为止", "转给督导", "联系卡停用", "记录都保留"):
        assert words in question.text
    phone.taps([question], "返回")
    session.expire_all()
    assert town.households["H001"].status == "active"
    town.supervisor.language = "en"
    session.flush()
    (english,) = phone.presses(f"cards.take_off:{town.households['H001'].id}:closed")
    assert "open problems go on with the supervisor" in english.text


def test_the_cadre_alone_does_not_end_it(session: Session, office: Office, town: Town) -> None:
    phone, page = corrections(session, office, town, CADRE)
    assert "登记外出" in labels(page)
    assert not {"登记迁出", "登记销户"} & {*labels(page)}
    assert phone.presses(f"cards.take_off_yes:{town.households['H001'].id}:moved") == []
    session.expire_all()
    assert town.households["H001"].status == "active"


def test_a_cadre_who_also_oversees_the_unit_may(session: Session, office: Office, town: Town) -> None:
    unit = town.east.id
    session.add(RoleGrant(person_id=town.cadre.id, role="supervisor", unit_id=unit, granted_at=office.now()))
    session.flush()
    take_off(session, office, town, CADRE)
    session.expire_all()
    assert town.households["H001"].status == "moved"


def test_its_pairings_end_and_its_open_problems_go_to_the_supervisor(
    session: Session, office: Office, town: Town
) -> None:
    household = town.households["H001"].id
    session.add(Pairing(household_id=household, cadre_id=town.other_cadre.id, kind="second", started_on=TODAY))
    resident = Phone(session, office, RESIDENT)
    resident.taps(resident.says("反映问题"), "饮水")
    resident.taps(resident.says("水管坏了"), "提交")
    take_off(session, office, town)
    session.expire_all()
    assert set(session.scalars(select(Pairing.ended_on).where(Pairing.household_id == household))) == {TODAY}
    assert pairings.count_of(session, town.cadre.id) == 1
    page = Phone(session, office, CADRE).says("我的农户")
    assert "H001" not in "".join([*labels(page), *(one.text for one in page)])
    assert acts(session, "pairing_ended") == ["pairing_ended", "pairing_ended"]
    assert session.scalars(select(Problem.owner_id)).one() == town.east_supervisor.id


def test_the_cadre_is_told_and_the_household_expects_nobody(session: Session, office: Office, town: Town) -> None:
    take_off(session, office, town)
    (told,) = Phone(session, office, CADRE).receives()
    assert "1" in told.text
    queued = select(OutboxMessage.kind).where(OutboxMessage.chat_id == RESIDENT)
    assert list(session.scalars(queued)) == ["cards.cadre_changed"]
    assert Phone(session, office, RESIDENT).receives() == [], "a family that has gone isn't told to wait for a cadre"


def test_its_printed_card_opens_nothing(session: Session, office: Office, town: Town) -> None:
    take_off(session, office, town)
    stranger = Phone(session, office, 900)
    said = stranger.says(f"/start h{town.households['H001'].card_code}")
    assert "onboarding.agree" not in "".join(b.data for one in said for row in one.buttons for b in row)


@pytest.mark.parametrize(("language", "words"), [("zh_CN", "短码"), ("en", "Short code")])
def test_its_own_members_no_longer_read_the_code_of_the_card(
    session: Session, office: Office, town: Town, language: str, words: str
) -> None:
    town.resident.language = language
    session.flush()
    resident, household = Phone(session, office, RESIDENT), town.households["H001"].id
    (before,) = resident.presses(f"cards.open:{household}")
    assert words in before.text
    take_off(session, office, town)
    (after,) = resident.presses(f"cards.open:{household}")
    assert words not in after.text
    assert "0000-12345" in after.text, "whom to call stays"


def test_pressed_twice_it_is_done_once(session: Session, office: Office, town: Town) -> None:
    take_off(session, office, town)
    Phone(session, office, ADMIN).presses(f"cards.take_off_yes:{town.households['H001'].id}:closed")
    session.expire_all()
    assert town.households["H001"].status == "moved"
    assert acts(session, "household_taken_off") == ["household_taken_off"]


def test_a_mistake_is_put_back_and_paired_anew(session: Session, office: Office, town: Town) -> None:
    page, household = take_off(session, office, town), town.households["H001"]
    assert labels(page) == ["登记有误，恢复在册", "返回"]
    admin = actors.actor_by_telegram_id(session, ADMIN, language="zh_CN")
    with pytest.raises(Conflict):
        pairing_by_hand.pair(session, office, admin, household.id, town.cadre.id, instead_of=None)
    Phone(session, office, SUPERVISOR).taps(page, "恢复在册")
    session.expire_all()
    assert household.status == "active"
    assert acts(session, "household_put_back") == ["household_put_back"]
    assert household.id in {one.id for one in pairings.unpaired(session, admin.paths("admin"))}
    pairing_by_hand.pair(session, office, admin, household.id, town.cadre.id, instead_of=None)
    assert pairings.count_of(session, town.cadre.id) == 2


def test_old_buttons_of_a_household_that_has_gone_do_nothing(session: Session, office: Office, town: Town) -> None:
    take_off(session, office, town)
    phone = Phone(session, office, SUPERVISOR)
    assert phone.presses(f"cards.status:{town.households['H001'].id}:active") == []
    session.expire_all()
    assert town.households["H001"].status == "moved"


def test_no_card_is_printed_of_a_household_that_has_gone(session: Session, office: Office, town: Town) -> None:
    take_off(session, office, town)
    phone = Phone(session, office, SUPERVISOR)
    assert "打印联系卡" not in labels(phone.says("/card H001"))
    assert phone.presses(f"cards.print:{town.households['H001'].id}") == [], "no promise that nothing comes of"
    assert "正在" not in phone.toast()
    assert session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "errand.cards")).all() == []
