"""Officials come in by invitation; what everybody may set for themselves."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.actor import Role
from models.households import Membership
from models.people import Invitation, Person, RoleGrant
from models.post import Draft, OutboxMessage
from services import drafts
from services.invitations import create_invitation, deep_link
from services.messages import Message
from services.office import Office
from tests.phone import Phone
from tests.town import FrozenClock, Town, make_office

CADRE = ("今日走访", "记走访")
NEW = 800


@pytest.fixture
def newcomer(session: Session, town: Town) -> Person:
    """Imported with the roster, role and all; never seen here."""
    person = Person(code="C009", name="周新来", unit_id=town.east.id, created_at=make_office().now())
    session.add(person)
    session.flush()
    session.add(RoleGrant(person_id=person.id, role="cadre", unit_id=town.east.id, granted_at=make_office().now()))
    session.flush()
    return person


def invitation(
    session: Session, office: Office, town: Town, person: Person | None = None, role: Role = Role.CADRE
) -> str:
    return "/start i" + create_invitation(session, office, role=role, unit=town.east, person=person)


def text(messages: list[Message]) -> str:
    return "\n".join(message.text for message in messages)


def of(session: Session, telegram: int) -> Person | None:
    session.expire_all()
    return session.scalar(select(Person).where(Person.telegram_user_id == telegram))


def grants(session: Session, person: Person) -> list[tuple[str, int]]:
    rows = session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id, RoleGrant.revoked_at.is_(None)))
    return sorted((row.role, row.unit_id) for row in rows)


def test_an_invitation_brings_in_the_person_of_the_roster(
    session: Session, office: Office, town: Town, newcomer: Person
) -> None:
    phone = Phone(session, office, NEW)
    (notice,) = phone.says(invitation(session, office, town, newcomer))
    assert "名册上的姓名" in notice.text
    assert "要注销，请告诉管理员" in notice.text, "an official has no button for it"
    assert "照常向您的督导或单位说" in notice.text, "an official has no official to turn to"
    answers = phone.taps([notice], "同意")
    assert "周新来" in answers[-1].text
    assert answers[-1].keyboard[0] == CADRE
    person = of(session, NEW)
    assert person.id == newcomer.id
    assert person.consented_at is not None
    assert grants(session, person) == [("cadre", town.east.id)], "the role of the roster is not doubled"


def test_an_invitation_is_english_for_whoever_reads_english(
    session: Session, office: Office, town: Town, newcomer: Person
) -> None:
    phone = Phone(session, office, NEW, language_code="en")
    answers = phone.taps(phone.says(invitation(session, office, town, newcomer)), "I agree")
    assert "Hello 周新来" in answers[-1].text
    assert answers[-1].keyboard[0] == ("Today", "Log a visit")


def test_only_the_hash_of_a_token_is_stored(session: Session, office: Office, town: Town) -> None:
    token = create_invitation(session, office, role=Role.ADMIN, unit=town.town, person=None)
    row = session.scalars(select(Invitation)).one()
    assert token not in (row.token_hash, row.role)
    assert len(token) == 22, "128 bits"
    assert deep_link(office, token) == f"https://t.me/lianxin_bot?start=i{token}"


def test_an_invitation_without_a_person_is_for_whoever_opens_it_first(
    session: Session, office: Office, town: Town
) -> None:
    link = invitation(session, office, town, role=Role.SUPERVISOR)
    phone = Phone(session, office, NEW)
    answers = phone.taps(phone.says(link), "同意")
    assert answers[-1].keyboard[0] == ("本期简报", "督办")
    person = of(session, NEW)
    assert (person.name, person.unit_id) == ("人", town.east.id)
    assert grants(session, person) == [("supervisor", town.east.id)]
    assert "不能用了" in text(Phone(session, office, 801).says(link))
    assert of(session, 801) is None


def test_wrong_used_and_expired_get_the_same_answer(session: Session, town: Town, newcomer: Person) -> None:
    clock = FrozenClock()
    office = make_office(clock)
    used, expired = (invitation(session, office, town) for _ in range(2))
    gone = invitation(session, office, town, newcomer)
    Phone(session, office, NEW).says(used)
    clock.forward(hours=72, seconds=1)
    newcomer.is_active = False
    session.flush()
    stranger = Phone(session, office, 801)
    answers = [text(stranger.says(link)) for link in ("/start inonsense", used, expired, gone)]
    assert len(set(answers)) == 1
    assert of(session, 801) is None


def test_an_invitation_works_until_its_last_minute(session: Session, town: Town) -> None:
    clock = FrozenClock()
    office = make_office(clock)
    link = invitation(session, office, town)
    clock.forward(hours=71, minutes=59)
    assert "谁能看到" in text(Phone(session, office, NEW).says(link))


def test_after_five_wrong_links_the_sixth_waits(session: Session, office: Office, town: Town) -> None:
    phone = Phone(session, office, NEW)
    for _ in range(5):
        phone.says("/start inonsense")
    assert "一小时" in text(phone.says(invitation(session, office, town)))
    assert of(session, NEW) is None


def test_opening_the_own_link_again_is_answered_kindly(
    session: Session, office: Office, town: Town, newcomer: Person
) -> None:
    link = invitation(session, office, town, newcomer)
    phone = Phone(session, office, NEW)
    notice = phone.says(link)
    again = phone.says(link)
    assert "谁能看到" in text(again), "not agreed yet: the notice is shown once more"
    phone.taps(notice, "同意")
    answers = phone.says(link)
    assert "已经在里面" in answers[0].text
    assert answers[-1].keyboard[0] == CADRE


def test_declining_gives_the_account_and_the_invitation_back(
    session: Session, office: Office, town: Town, newcomer: Person
) -> None:
    link = invitation(session, office, town, newcomer)
    phone = Phone(session, office, NEW)
    (answer,) = phone.taps(phone.says(link), "不同意")
    assert "没有绑定您的 Telegram 账号；名册上的信息由单位管理" in answer.text
    assert "没有留下" not in answer.text, "the roster's entry is still there"
    session.expire_all()
    assert newcomer.telegram_user_id is None
    assert newcomer.name == "周新来", "the roster is the town's"
    assert "联系卡" in text(phone.says("你好"))
    phone.taps(phone.says(link), "同意")
    assert of(session, NEW).id == newcomer.id


def test_declining_tells_an_official_in_english_that_the_roster_stays(
    session: Session, office: Office, town: Town, newcomer: Person
) -> None:
    phone = Phone(session, office, NEW, language_code="en")
    (answer,) = phone.taps(phone.says(invitation(session, office, town, newcomer)), "I don't agree")
    assert "the roster's entry stays with your unit" in answer.text


def test_declining_an_open_invitation_leaves_no_person(session: Session, office: Office, town: Town) -> None:
    before = session.scalar(select(func.count()).select_from(Person))
    phone = Phone(session, office, NEW)
    (answer,) = phone.taps(phone.says(invitation(session, office, town)), "不同意")
    assert "没有留下您的资料" in answer.text
    assert session.scalar(select(func.count()).select_from(Person)) == before


def test_nothing_works_before_the_notice_was_agreed_to(
    session: Session, office: Office, town: Town, newcomer: Person
) -> None:
    phone = Phone(session, office, NEW)
    phone.says(invitation(session, office, town, newcomer))
    assert "谁能看到" in text(phone.says("/leave"))
    assert "谁能看到" in text(phone.says("/start"))


def test_an_older_notice_can_not_be_agreed_to(session: Session, office: Office, town: Town, newcomer: Person) -> None:
    phone = Phone(session, office, NEW)
    phone.says(invitation(session, office, town, newcomer))
    phone.presses("onboarding.agree:0")
    assert "过期" in phone.toast()
    assert of(session, NEW).consented_at is None


def test_a_member_of_a_household_who_becomes_an_official_stays_one_person(
    session: Session, office: Office, town: Town, newcomer: Person
) -> None:
    resident = town.resident
    household = town.households["H001"]
    drafts.begin(session, office, resident.id, "problems", {"text": "桥坏了"})
    phone = Phone(session, office, 401)
    answers = phone.says(invitation(session, office, town, newcomer))
    assert answers[0].keyboard[0] == CADRE, "the notice was agreed to before"
    person = of(session, 401)
    assert person.id == newcomer.id
    memberships = session.scalars(select(Membership).where(Membership.household_id == household.id)).all()
    assert [(row.person_id, row.state) for row in memberships] == [(newcomer.id, "linked")]
    assert session.scalars(select(Draft)).one().person_id == newcomer.id, "what was half written is not lost"
    assert session.scalar(select(func.count()).where(Person.name == "张大山")) == 0
    assert not session.scalars(select(OutboxMessage).where(OutboxMessage.person_id == resident.id)).all()


def test_an_account_of_the_roster_can_not_become_somebody_else(
    session: Session, office: Office, town: Town, newcomer: Person
) -> None:
    link = invitation(session, office, town, newcomer)
    answer = text(Phone(session, office, 102).says(link))
    assert "李联系" in answer
    assert "周新来" not in answer
    assert of(session, 102).id == town.other_cadre.id
    Phone(session, office, NEW).says(link)
    assert of(session, NEW).id == newcomer.id, "the link is still good for its owner"


def test_a_second_account_is_stopped_until_the_administrator_releases_the_first(
    session: Session, office: Office, town: Town
) -> None:
    link = invitation(session, office, town, town.cadre)
    phone = Phone(session, office, NEW)
    assert "管理员" in text(phone.says(link))
    phone.says(link)
    assert of(session, 101).id == town.cadre.id
    admin = Phone(session, office, 301)
    (told,) = admin.receives()
    assert "王联系" in told.text
    question = admin.taps([told], "解除")
    assert of(session, 101) is not None, "first a question"
    admin.taps(question, "确认")
    assert of(session, 101) is None
    assert admin.taps(question, "确认") == [], "a second tap leaves the message as it is"
    assert "已经解除了" in admin.toast()
    town.admin.language = "en"
    session.flush()
    assert admin.taps(question, "确认") == []
    assert "done already" in admin.toast()
    assert "联系卡" in text(Phone(session, office, 101).says("/today")), "the old account is a stranger at once"
    answers = phone.taps(phone.says(link), "同意")
    assert answers[-1].keyboard[0] == CADRE
    assert of(session, NEW).id == town.cadre.id


def test_releasing_is_for_the_units_own_administrator(session: Session, office: Office, town: Town) -> None:
    grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.admin.id)).one()
    grant.unit_id = town.west.id
    session.flush()
    admin = Phone(session, office, 301)
    admin.presses(f"onboarding.release_yes:{town.cadre.id}:101")
    assert "没有找到" in admin.toast()
    Phone(session, office, 201).presses(f"onboarding.release_yes:{town.cadre.id}:101")
    assert of(session, 101) is not None


def test_families_that_waited_are_shown_to_a_cadre_who_comes_in(session: Session, office: Office, town: Town) -> None:
    town.cadre.consented_at = None
    for telegram in (201, 202):
        Phone(session, office, telegram).blocks()
    session.flush()
    villager = Phone(session, office, 900)
    villager.taps(villager.says(f"/start h{town.households['H001'].card_code}"), "同意")
    cadre = Phone(session, office, 101)
    cadre.taps(cadre.says("/start"), "同意")
    cadre.taps(cadre.receives(), "确认")
    assert session.scalars(select(Membership).order_by(Membership.id.desc())).first().state == "linked"


def test_start_greets_and_lays_out_the_keyboard(session: Session, office: Office, town: Town) -> None:
    (answer,) = Phone(session, office, 201).says("/start")
    assert "赵督导" in answer.text
    assert answer.keyboard[0] == ("本期简报", "督办")
    (stranger,) = Phone(session, office, 999).says("/start")
    assert "扫描" in stranger.text
    assert stranger.keyboard == ()


def test_blocking_ends_the_channel_and_coming_back_revives_it(session: Session, office: Office, town: Town) -> None:
    phone = Phone(session, office, 101)
    assert phone.blocks() == []
    session.expire_all()
    assert town.cadre.unreachable_reason == "blocked the bot"
    phone.unblocks()
    session.expire_all()
    assert town.cadre.unreachable_since is None
    phone.blocks()
    phone.says("/start")
    session.expire_all()
    assert town.cadre.unreachable_since is None


def test_the_language_is_answered_in_the_new_language_with_its_keyboard(
    session: Session, office: Office, town: Town
) -> None:
    phone = Phone(session, office, 101)
    (answer,) = phone.taps(phone.says("/language"), "English")
    assert "English" in answer.text
    assert answer.keyboard[0] == ("Today", "Log a visit")
    assert of(session, 101).language == "en"
    (back,) = phone.taps(phone.says("/language"), "中文")
    assert back.keyboard[0] == CADRE
    phone.presses("onboarding.language:fr")
    assert of(session, 101).language == "zh_CN"


def test_the_notice_can_be_read_in_the_other_language(session: Session, office: Office, town: Town) -> None:
    phone = Phone(session, office, 900)
    (english,) = phone.taps(phone.says(f"/start h{town.households['H001'].card_code}"), "English")
    assert "What is kept" in english.text
    answers = phone.taps([english], "I agree")
    assert "Thank you" in answers[0].text


def test_whoever_holds_several_roles_switches_between_them(session: Session, office: Office, town: Town) -> None:
    session.add(RoleGrant(person_id=town.cadre.id, role="supervisor", unit_id=town.east.id, granted_at=office.now()))
    session.flush()
    phone = Phone(session, office, 101)
    for way in ("/start", "/help"):
        roles = phone.taps(phone.says(way), "身份")
    (answer,) = phone.taps(roles, "督导")
    assert answer.keyboard[0] == ("本期简报", "督办")
    assert of(session, 101).acting_as == "supervisor"
    assert phone.says("/start")[0].keyboard[0] == ("本期简报", "督办")
    phone.presses("onboarding.act_as:admin")
    assert "过期" in phone.toast()
    assert of(session, 101).acting_as == "supervisor"
    assert "只有一个身份" in text(Phone(session, office, 102).says("身份"))


def test_mydata_shows_what_is_kept_with_the_own_phone_in_full(session: Session, office: Office, town: Town) -> None:
    (answer,) = Phone(session, office, 101).says("/mydata")
    for part in ("王联系", "101", "13900000101", "联系干部", "东村", "2026年3月2日", "0000-12345"):
        assert part in answer.text
    assert "要注销，请告诉管理员" in answer.text, "an official is erased by the office alone"
    assert "请告诉联系干部" not in answer.text, "an official has no cadre to turn to"
    (household,) = Phone(session, office, 401).says("/mydata")
    assert "请告诉联系干部，" in household.text
    assert "张大山户（H001）" in household.text
    town.resident.language = "en"
    session.flush()
    assert "what we keep about you" in text(Phone(session, office, 401).says("/mydata"))
    town.admin.language = "en"
    session.flush()
    assert "To be erased, talk to the administrator" in text(Phone(session, office, 301).says("/mydata"))
    assert "没有连着任何资料" in text(Phone(session, office, 999).says("/mydata"))


def test_leave_is_asked_twice_kept_and_told_to_the_supervisor(session: Session, office: Office, town: Town) -> None:
    phone = Phone(session, office, 101)
    (question,) = phone.taps(phone.says("/leave"), "3 天")
    assert "3月4日" in question.text
    assert of(session, 101).away_until is None, "first a question"
    (answer,) = phone.taps([question], "确认")
    phone.taps([question], "确认")
    assert of(session, 101).away_until == date(2026, 3, 4)
    (told,) = Phone(session, office, 202).receives()
    assert "王联系" in told.text
    assert "3月4日" in told.text
    assert "我回来了" in [button.label for row in phone.says("/leave")[0].buttons for button in row]
    assert "请假到" in text(phone.says("/mydata"))
    assert "欢迎回来" in text(phone.taps([answer], "我回来了"))
    assert of(session, 101).away_until is None
    assert Phone(session, office, 202).receives() == [], "what isn't true any more isn't said"


@pytest.mark.parametrize("day", ["20260301", "20270301", "20261399", "x", "0"])
def test_a_day_in_the_past_far_away_or_invented_is_no_leave(
    session: Session, office: Office, town: Town, day: str
) -> None:
    phone = Phone(session, office, 101)
    phone.presses(f"onboarding.leave_yes:{day}")
    assert "过期" in phone.toast()
    assert of(session, 101).away_until is None


def test_leave_and_cancel_touch_no_half_written_visit(session: Session, office: Office, town: Town) -> None:
    drafts.begin(session, office, town.cadre.id, "visits", {"text": "说了很多"})
    phone = Phone(session, office, 101)
    (answer,) = phone.taps(phone.says("/leave"), "取消")
    assert "没有改动" in answer.text
    assert session.scalars(select(Draft)).one().data == {"text": "说了很多"}


def test_an_unconsented_official_is_not_asked_to_confirm(session: Session, town: Town) -> None:
    clock = FrozenClock()
    office = make_office(clock)
    town.cadre.consented_at = None
    session.flush()
    villager = Phone(session, office, 900)
    villager.taps(villager.says(f"/start h{town.households['H001'].card_code}"), "同意")
    clock.moment += timedelta(days=1)
    assert Phone(session, office, 101).receives() == []
