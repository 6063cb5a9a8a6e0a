"""Erasure: whoever is erased can't be found in any row, and what the office did stays as it was."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.erasure_log import ErasureLog
from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant
from models.post import InboxLetter, OutboxMessage
from models.problems import Problem, ProblemEvent
from models.queries import actors
from models.schema import Base
from models.visits import Attachment, Visit
from services import erasure, outbox, register
from services.accounts import let_go
from services.errors import Conflict
from services.i18n import Language, translator
from services.messages import Message
from services.office import Office, Site
from services.rules.visits import HouseholdStatus
from tests.phone import Phone
from tests.town import FrozenClock, Town, build_town

RESIDENT = 4_014_014_014  # in no other number
CANARY = "蓝色铁门后面第三棵枣树"


@pytest.fixture
def town(session: Session) -> Town:
    town = build_town(session)
    town.resident.name = "张小燕"  # the head of the household bears another name
    town.resident.telegram_user_id = RESIDENT
    session.flush()
    return town


@pytest.fixture
def office(tmp_path: Path) -> Office:
    site = Site(name="云溪镇", town_hotline="0000-12345", bot_username="lianxin_bot")
    return Office(site, clock=FrozenClock(), erasures=ErasureLog(tmp_path / "lianxin.key"))


@pytest.fixture
def problem(session: Session, office: Office, town: Town) -> Problem:
    """Reported by the resident with words and a photo; the letters of it are kept."""
    phone = Phone(session, office, RESIDENT)
    phone.taps(phone.says("反映问题"), "饮水")
    phone.says(CANARY)
    phone.taps(phone.sends_photo("photo-of-the-tree"), "提交")
    update = json.dumps({"message": {"text": CANARY, "from": {"first_name": "张小燕"}}}, ensure_ascii=False)
    session.add(
        InboxLetter(update_id=1, chat_id=RESIDENT, body=update, received_at=office.now(), state="done", attempts=0)
    )
    session.flush()
    return session.scalars(select(Problem)).one()


def close(session: Session, problem: Problem) -> None:
    problem.stage, problem.closed_at = "confirmed", datetime(2026, 3, 1, tzinfo=UTC)
    session.flush()


def everything(session: Session) -> str:
    """All text of all rows, as the database holds it for whoever may read it."""
    session.expire_all()
    return "\n".join(
        str(value) for table in Base.metadata.sorted_tables for row in session.execute(select(table)) for value in row
    )


def erase(session: Session, office: Office, person: Person) -> bool:
    return erasure.erase_person(session, office, None, person.id)


def test_nothing_of_the_person_is_left_and_the_matter_is_still_there(
    session: Session, office: Office, town: Town, problem: Problem
) -> None:
    close(session, problem)
    outbox.reply(session, office, RESIDENT, Message(CANARY), person_id=town.resident.id)
    before = everything(session)
    assert all(words in before for words in (CANARY, "张小燕", str(RESIDENT), "photo-of-the-tree"))
    stages = list(session.scalars(select(ProblemEvent.act).order_by(ProblemEvent.id)))
    facts = (problem.number, problem.category, problem.stage, problem.reported_at, problem.owner_id)
    assert erase(session, office, town.resident)
    after = everything(session)
    assert [words for words in (CANARY, "张小燕", str(RESIDENT), "photo-of-the-tree") if words in after] == []
    assert town.resident.name == "已注销人员"
    assert (problem.number, problem.category, problem.stage, problem.reported_at, problem.owner_id) == facts
    assert list(session.scalars(select(ProblemEvent.act).order_by(ProblemEvent.id))) == stages


def unlinked_by_the_operator(session: Session, office: Office, town: Town) -> None:
    let_go(session, office, town.resident)


def unlinked_by_the_cadre(session: Session, office: Office, town: Town) -> None:
    membership = session.scalars(select(Membership.id).where(Membership.person_id == town.resident.id)).one()
    Phone(session, office, 101).presses(f"onboarding.unlink_yes:{membership}")


@pytest.mark.parametrize("unlink", [unlinked_by_the_operator, unlinked_by_the_cadre])
def test_nothing_is_left_either_where_the_lost_phone_was_unlinked_before(
    session: Session, office: Office, town: Town, problem: Problem, unlink: Callable[[Session, Office, Town], None]
) -> None:
    close(session, problem)
    dead = json.dumps({"message": {"text": CANARY}}, ensure_ascii=False)
    session.add(InboxLetter(update_id=2, chat_id=RESIDENT, body=dead, received_at=office.now(), state="dead"))
    outbox.reply(session, office, RESIDENT, Message(CANARY), person_id=town.resident.id)
    unlink(session, office, town)
    assert erase(session, office, town.resident)
    after = everything(session)
    assert [words for words in (CANARY, str(RESIDENT), "photo-of-the-tree") if words in after] == []


def test_the_post_of_a_lost_phone_is_not_that_of_whoever_found_it(
    session: Session, office: Office, town: Town, problem: Problem
) -> None:
    """What they send is theirs and stays when the former owner is erased."""
    let_go(session, office, town.resident)
    close(session, problem)
    found = json.dumps({"message": {"text": "我是邻村的"}}, ensure_ascii=False)
    session.add(InboxLetter(update_id=3, chat_id=RESIDENT, body=found, received_at=office.now(), state="done"))
    outbox.reply(session, office, RESIDENT, Message("请先看说明"), person_id=None)
    erase(session, office, town.resident)
    after = everything(session)
    assert CANARY not in after
    assert "我是邻村的" in after
    assert "请先看说明" in after


def test_the_way_in_is_gone_and_nothing_queued_leaves(session: Session, office: Office, town: Town) -> None:
    outbox.reply(session, office, RESIDENT, Message("张大山"), person_id=town.resident.id)
    erase(session, office, town.resident)
    session.expire_all()
    assert town.resident.telegram_user_id is None
    assert set(session.scalars(select(OutboxMessage.state))) == {"cancelled"}
    states = session.scalars(select(Membership.state).where(Membership.person_id == town.resident.id))
    assert list(states) == ["ended"]
    answers = Phone(session, office, RESIDENT).says("我的联系卡")
    assert "张大山" not in "".join(one.text for one in answers)


def test_words_of_an_open_matter_stay_until_it_is_over(
    session: Session, office: Office, town: Town, problem: Problem
) -> None:
    erase(session, office, town.resident)
    assert problem.summary == CANARY, "the cadre must still know what it is about"
    assert erasure.finish(session, office, limit=10) == 0
    close(session, problem)
    assert erasure.finish(session, office, limit=10) == 1
    assert CANARY not in everything(session)
    assert erasure.finish(session, office, limit=10) == 0


def test_pictures_without_words_go_too_when_the_matter_is_over(
    session: Session, office: Office, town: Town, problem: Problem
) -> None:
    problem.summary = ""
    erase(session, office, town.resident)
    assert "photo-of-the-tree" in everything(session)
    close(session, problem)
    assert erasure.finish(session, office, limit=10) == 1
    assert "photo-of-the-tree" not in everything(session)
    assert erasure.finish(session, office, limit=10) == 0


@pytest.mark.parametrize("is_official", [False, True])
def test_what_was_said_in_somebody_elses_matter_goes_when_it_is_over_and_officials_records_stay(
    session: Session, office: Office, town: Town, problem: Problem, is_official: bool
) -> None:
    who = town.east_supervisor if is_official else town.neighbour
    session.add(
        ProblemEvent(problem_id=problem.id, at=office.now(), person_id=who.id, act="note", stage="new", note="井边")
    )
    session.flush()
    erase(session, office, who)
    assert "井边" in everything(session)
    assert erasure.finish(session, office, limit=10) == 0
    close(session, problem)
    assert erasure.finish(session, office, limit=10) == (0 if is_official else 1)
    assert ("井边" in everything(session)) == is_official
    assert erasure.finish(session, office, limit=10) == 0


@pytest.mark.parametrize(("language", "head"), [("zh_CN", "户主姓名、住址、电话"), ("en", "head of a household")])
def test_the_head_of_a_household_stays_in_the_register_and_the_question_says_so(
    session: Session, office: Office, town: Town, language: Language, head: str
) -> None:
    household = town.households["H001"]
    town.resident.name = household.head
    phone = household.phone
    erase(session, office, town.resident)
    assert (town.resident.name, household.head, household.phone) == ("已注销人员", "张大山", phone)
    t = translator(language)
    for question in (t.plain("rights.erase.question"), t.plain("rights.erase.question_open", n=2)):
        assert head in question


def test_doing_it_again_changes_nothing(session: Session, office: Office, town: Town) -> None:
    assert erase(session, office, town.resident)
    assert not erase(session, office, town.resident)
    assert len(office.require_erasures().erasures()) == 1


def test_an_official_with_households_hands_them_over_first(session: Session, office: Office, town: Town) -> None:
    with pytest.raises(Conflict) as refused:
        erase(session, office, town.cadre)
    assert refused.value.message_id == "rights.erase.has_households"
    assert refused.value.params == {"n": 2}
    assert office.require_erasures().erasures() == [], "nothing that was refused is remembered"


def test_the_last_administrator_stays(session: Session, office: Office, town: Town) -> None:
    with pytest.raises(Conflict):
        erase(session, office, town.admin)


def test_of_an_official_the_roster_stays_and_the_rest_goes(session: Session, office: Office, town: Town) -> None:
    person = town.east_supervisor
    assert erase(session, office, person)
    session.expire_all()
    assert (person.name, person.code, person.post, person.unit_id) == ("钱督导", "S002", "干部", town.east.id)
    assert (person.telegram_user_id, person.phone, person.language, person.consented_at) == (None,) * 4
    held = select(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.revoked_at.is_(None))
    assert session.scalars(held).all() == []


def test_visits_stay_whoever_is_erased(session: Session, office: Office, town: Town) -> None:
    session.add(visit(town, "H001", "老人身体好"))
    erase(session, office, town.resident)
    assert session.scalars(select(Visit.said)).one() == "老人身体好"


def visit(town: Town, code: str, said: str) -> Visit:
    return Visit(
        household_id=town.households[code].id,
        cadre_id=town.cadre.id,
        method="home",
        condition="steady",
        said=said,
        visited_on=datetime(2026, 3, 1, tzinfo=UTC).date(),
        recorded_at=datetime(2026, 3, 1, tzinfo=UTC),
        latitude=30.5,
        longitude=104.5,
    )


def has_gone(session: Session, office: Office, household: Household, status: str = "moved") -> None:
    """As the supervisor says on its card (`tests/handlers/test_register.py`)."""
    supervisor = actors.actor_by_telegram_id(session, 201, language="zh_CN")
    register.take_off(session, office, supervisor, household.id, HouseholdStatus(status))


def test_a_household_that_has_gone_is_erased_with_its_members(
    session: Session, office: Office, town: Town, problem: Problem
) -> None:
    close(session, problem)
    household = town.households["H001"]
    household.address, household.notes = "东村 1 号", CANARY
    made = visit(town, "H001", CANARY)
    session.add(made)
    session.flush()
    session.add(Attachment(visit_id=made.id, kind="photo", file_id="photo-of-the-door"))
    has_gone(session, office, household)
    pairings = session.scalars(select(Pairing.id)).all()
    old_card = household.card_code
    assert erasure.erase_household(session, office, None, household.id)
    after = everything(session)
    for words in (CANARY, "张大山", "张小燕", "东村 1 号", "13800000001", "photo-of-the-door", old_card, "104.5"):
        assert words not in after
    assert (household.code, household.head) == ("H001", "已注销农户")
    assert (made.visited_on.isoformat(), made.condition) == ("2026-03-01", "steady")
    assert session.scalars(select(Pairing.id)).all() == pairings
    assert not erasure.erase_household(session, office, None, household.id)


def test_a_household_that_was_erased_is_not_put_back(session: Session, office: Office, town: Town) -> None:
    household = town.households["H002"]
    has_gone(session, office, household)
    erasure.erase_household(session, office, None, household.id)
    phone = Phone(session, office, 201)
    (page,) = phone.taps(phone.says("/card H002"), "更正状态")
    assert page.text == "这户的资料已经注销，不能恢复在册。"
    assert [one.label for row in page.buttons for one in row] == ["返回"]
    assert phone.presses(f"cards.put_back:{household.id}") == []
    assert "不能恢复在册" in phone.toast()
    assert household.status == "moved"
    town.supervisor.language = "en"
    (page,) = phone.presses(f"cards.correct:{household.id}")
    assert "was erased; it can't be put back on the register" in page.text
    assert "records stay" not in page.text


def test_an_old_backup_does_not_put_it_back_either(session: Session, office: Office, town: Town) -> None:
    household = town.households["H002"]
    with session.begin_nested() as lost:
        has_gone(session, office, household)
        erasure.erase_household(session, office, None, household.id)
        lost.rollback()
    session.expire_all()
    assert household.status == "active"
    assert erasure.apply_again(session, office) == 1
    assert (household.head, household.status) == ("已注销农户", "closed")


@pytest.mark.parametrize("status", ["active", "away"])
def test_a_household_that_is_here_is_not_erased(session: Session, office: Office, town: Town, status: str) -> None:
    town.households["H001"].status = status
    session.flush()
    with pytest.raises(Conflict) as refused:
        erasure.erase_household(session, office, None, town.households["H001"].id)
    way = translator("zh_CN").plain(refused.value.message_id, **refused.value.params)
    for word in ("更正状态", "登记迁出", "销户"):
        assert word in way, "it names the way, in the words of the buttons"


def test_a_household_with_an_open_problem_waits(session: Session, office: Office, town: Town, problem: Problem) -> None:
    has_gone(session, office, town.households["H001"], "closed")
    with pytest.raises(Conflict):
        erasure.erase_household(session, office, None, town.households["H001"].id)


def test_a_member_who_also_lives_elsewhere_stays(session: Session, office: Office, town: Town) -> None:
    household = town.households["H001"]
    session.add(
        Membership(
            household_id=town.households["H002"].id,
            person_id=town.resident.id,
            state="linked",
            since=office.now(),
            linked_at=office.now(),
        )
    )
    session.flush()
    has_gone(session, office, household)
    erasure.erase_household(session, office, None, household.id)
    assert town.resident.name == "张小燕"


def test_what_the_log_has_and_the_rows_have_not_is_done_at_the_next_start(
    session: Session, office: Office, town: Town
) -> None:
    """As after a kill between the two, and after a restore."""
    with session.begin_nested() as lost:
        erase(session, office, town.resident)
        lost.rollback()
    session.expire_all()
    assert town.resident.telegram_user_id == RESIDENT
    assert erasure.apply_again(session, office) == 1
    assert town.resident.telegram_user_id is None
    assert erasure.apply_again(session, office) == 0


def test_what_was_erased_stays_so_whatever_an_old_backup_brings_back(
    session: Session, office: Office, town: Town
) -> None:
    session.execute(update(Pairing).values(cadre_id=town.other_cadre.id))
    with session.begin_nested() as before_the_handover:
        erase(session, office, town.cadre)
        before_the_handover.rollback()
    session.execute(update(Pairing).values(cadre_id=town.cadre.id))
    session.expire_all()
    assert erasure.apply_again(session, office) == 1
    assert town.cadre.telegram_user_id is None


def test_whoever_has_the_number_of_an_erased_person_by_now_is_left_alone(
    session: Session, office: Office, town: Town
) -> None:
    with session.begin_nested() as lost:
        erase(session, office, town.resident)
        lost.rollback()
    session.expire_all()
    town.resident.created_at += timedelta(microseconds=1)
    session.flush()
    assert erasure.apply_again(session, office) == 0
    assert town.resident.telegram_user_id == RESIDENT


def test_rows_that_the_log_has_lost_are_written_into_it_again(session: Session, office: Office, town: Town) -> None:
    erase(session, office, town.resident)
    office.require_erasures().file.unlink()
    erasure.apply_again(session, office)
    assert [one.id for one in office.require_erasures().erasures()] == [town.resident.id]


def test_without_a_place_to_remember_it_nothing_is_erased(session: Session, town: Town) -> None:
    with pytest.raises(RuntimeError):
        erase(session, Office(clock=FrozenClock()), town.resident)
