"""Inviting, the settings in force, and taking roles away by chat."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Invitation, Person, RoleGrant
from models.post import OutboxMessage
from services.messages import Message
from services.office import Office, Site
from services.rules.card_codes import hash_token
from tests.phone import Phone
from tests.town import MONDAY_MORNING, Town, make_office

ADMIN, CADRE, OTHER_CADRE, SUPERVISOR = 301, 101, 102, 201
LINK = re.compile(r"https://t\.me/lianxin_bot\?start=i(\S+)")


@pytest.fixture
def admin(session: Session, town: Town) -> Phone:
    return Phone(session, make_office(), ADMIN)


def not_joined(session: Session, town: Town, code: str, name: str, role: str = "cadre", village: str = "V1") -> Person:
    unit = {"V1": town.east, "V2": town.west, "T": town.town}[village]
    person = Person(code=code, name=name, unit_id=unit.id, post="村会计", created_at=MONDAY_MORNING)
    session.add(person)
    session.flush()
    session.add(RoleGrant(person_id=person.id, role=role, unit_id=unit.id, granted_at=MONDAY_MORNING))
    session.flush()
    return person


def labels(message: Message) -> list[str]:
    return [one.label for row in message.buttons for one in row]


def grant_of(session: Session, person: Person) -> RoleGrant:
    return session.scalars(select(RoleGrant).where(RoleGrant.person_id == person.id)).one()


# --- inviting


def test_role_unit_person_and_a_link_to_forward(session: Session, admin: Phone, town: Town) -> None:
    person = not_joined(session, town, "C010", "周新人")
    (roles,) = admin.says("邀请")
    assert "还有 1 人没有加入" in roles.text
    assert labels(roles)[0] == "联系干部（1）"
    units = admin.taps([roles], "联系干部")
    people = admin.taps(units, "东村")
    assert labels(people[0])[0] == "周新人 · 村会计"
    hint, message = admin.taps(people, "周新人")
    assert "转发" in hint.text
    assert "周新人您好" in message.text
    assert "云溪镇" in message.text
    token = LINK.search(message.text)[1]
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.person_id, invitation.role, invitation.unit_id) == (person.id, "cadre", town.east.id)
    assert invitation.token_hash == hash_token(token)


def test_whoever_opens_the_link_is_in(session: Session, admin: Phone, town: Town) -> None:
    person = not_joined(session, town, "C010", "周新人")
    _, message = admin.presses(f"administration.invite_one:{person.id}:{grant_of(session, person).id}")
    token = LINK.search(message.text)[1]
    Phone(session, make_office(), 555).says(f"/start i{token}")
    assert session.get_one(Person, person.id).telegram_user_id == 555


def test_everybody_of_a_unit_gets_a_message_of_their_own(session: Session, admin: Phone, town: Town) -> None:
    for n in range(3):
        not_joined(session, town, f"C01{n}", f"新人{n}")
    not_joined(session, town, "C020", "别村人", village="V2")
    answers = admin.presses(f"administration.invite_all:cadre:{town.east.id}:0")
    assert [name in answer.text for name, answer in zip(("新人0", "新人1", "新人2"), answers[1:], strict=True)] == [
        True
    ] * 3
    assert len({LINK.search(answer.text)[1] for answer in answers[1:]}) == 3


def test_many_links_come_in_portions(session: Session, admin: Phone, town: Town) -> None:
    for n in range(23):
        not_joined(session, town, f"C{100 + n}", f"新人{n}")
    first = admin.presses(f"administration.invite_all:cadre:{town.east.id}:0")
    assert len(first) == 1 + 20 + 1
    assert "还有 3 个" in first[-1].text
    assert len(admin.taps(first[-1:], "更多")) == 1 + 3
    assert len(session.scalars(select(Invitation)).all()) == 23


def test_a_person_is_found_by_name_or_initials(session: Session, admin: Phone, town: Town) -> None:
    not_joined(session, town, "C010", "周新人")
    admin.taps(admin.says("/invite"), "按姓名找")
    (found,) = admin.says("zxr")
    assert labels(found)[0] == "周新人 · 东村 · 联系干部"
    assert LINK.search(admin.taps([found], "周新人")[1].text)
    (nobody,) = admin.says("王联系")
    assert "没有找到" in nobody.text, "has joined already"


def test_who_has_not_joined_is_listed_unit_by_unit(session: Session, admin: Phone, town: Town) -> None:
    not_joined(session, town, "C010", "周新人")
    not_joined(session, town, "S010", "吴督导", role="supervisor", village="T")
    (listed,) = admin.taps(admin.says("邀请"), "还没加入的人")
    assert "还没加入的 2 人" in listed.text
    assert "东村：周新人" in listed.text
    assert "云溪镇：吴督导" in listed.text


def test_when_everybody_is_in_there_is_nobody_to_invite(admin: Phone) -> None:
    assert "都已加入" in admin.says("邀请")[0].text


def test_without_the_bots_name_no_link_is_made(session: Session, town: Town) -> None:
    person = not_joined(session, town, "C010", "周新人")
    office: Office = replace(make_office(), site=Site(name="云溪镇"))
    admin = Phone(session, office, ADMIN)
    assert admin.presses(f"administration.invite_one:{person.id}:{grant_of(session, person).id}") == []
    assert admin.toast() != ""
    assert session.scalars(select(Invitation)).all() == []


def test_inviting_in_english(session: Session, admin: Phone, town: Town) -> None:
    town.admin.language = "en"
    person = not_joined(session, town, "C010", "周新人")
    assert "1 person hasn't joined yet" in admin.says("Invite")[0].text
    _, message = admin.presses(f"administration.invite_one:{person.id}:{grant_of(session, person).id}")
    assert "Hello 周新人!" in message.text


def test_people_of_other_units_are_neither_seen_nor_invited(session: Session, admin: Phone, town: Town) -> None:
    person = not_joined(session, town, "C020", "别村人", village="V2")
    grant_of(session, town.admin).unit_id = town.east.id
    session.flush()
    assert "都已加入" in admin.says("邀请")[0].text
    assert admin.presses(f"administration.invite_one:{person.id}:{grant_of(session, person).id}") == []
    assert "没有找到" in admin.toast()
    assert session.scalars(select(Invitation)).all() == []


# --- settings


def test_the_settings_in_force_are_shown_in_words(session: Session, admin: Phone) -> None:
    (page,) = admin.says("设置")
    for words in (
        "重点 7 天，关注 30 天，一般 90 天",
        "08:30–11:30、14:30–18:00",
        "0000-12345",
        "config.toml",
        "最多 10 户",
    ):
        assert words in page.text
    assert "饮水、电力、医疗 1 个工作日" in page.text
    assert "住房、纠纷 15 个工作日" in page.text


def test_the_settings_in_english(session: Session, admin: Phone, town: Town) -> None:
    town.admin.language = "en"
    session.flush()
    (page,) = admin.says("Settings")
    assert "red 7, yellow 30, green 90 days" in page.text
    assert "1 working day" in page.text


def test_cards_of_a_village_are_printed_by_an_errand(session: Session, admin: Phone, town: Town) -> None:
    choices = admin.taps(admin.says("设置"), "打印联系卡")
    assert labels(choices[0])[:3] == ["云溪镇（4）", "东村（2）", "西村（2）"]
    (answer,) = admin.taps(choices, "东村")
    assert "东村的 2 张" in answer.text
    errand = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "errand.cards")).one()
    assert errand.body == {"unit_path": town.east.path}


def test_cards_of_a_foreign_unit_are_not_printed(session: Session, admin: Phone, town: Town) -> None:
    grant_of(session, town.admin).unit_id = town.east.id
    session.flush()
    assert admin.presses(f"administration.print_cards:{town.town.id}") == []
    assert session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "errand.cards")).all() == []


# --- roles


def test_a_revoked_role_ends_with_the_next_message(session: Session, admin: Phone, town: Town) -> None:
    supervisor, card = Phone(session, make_office(), SUPERVISOR), f"cards.open:{town.households['H001'].id}"
    assert "张大山" in supervisor.presses(card)[0].text
    listed = admin.taps(admin.says("设置"), "人员与角色")
    assert labels(listed[0])[:2] == ["孙管理 · 管理员 · 云溪镇", "赵督导 · 督导 · 云溪镇"]
    page = admin.taps(listed, "赵督导")
    ask = admin.taps(page, "收回：督导")
    assert grant_of(session, town.supervisor).revoked_at is None
    (done,) = admin.taps(ask, "收回")
    assert "马上生效" in done.text
    session.expire_all()
    assert grant_of(session, town.supervisor).revoked_at is not None
    assert supervisor.presses(card) == []
    assert admin.taps(ask, "收回") == [], "a second tap leaves the message as it is"
    assert "已经收回了" in admin.toast()
    town.admin.language = "en"
    session.flush()
    assert admin.taps(ask, "收回") == []
    assert "done already" in admin.toast()


def test_whoever_loses_the_only_role_is_told_and_loses_the_keyboard(session: Session, admin: Phone, town: Town) -> None:
    supervisor, grant = Phone(session, make_office(), SUPERVISOR), grant_of(session, town.supervisor)
    admin.presses(f"administration.revoke_yes:{town.supervisor.id}:{grant.id}")
    (told,) = supervisor.receives()
    assert "您在云溪镇的督导身份已经结束" in told.text
    assert told.keyboard == ()
    assert "工作权限已经结束" in supervisor.says("督办")[0].text


def test_whoever_keeps_another_role_gets_its_keyboard(session: Session, admin: Phone, town: Town) -> None:
    kept = RoleGrant(person_id=town.supervisor.id, role="cadre", unit_id=town.town.id, granted_at=MONDAY_MORNING)
    grant = grant_of(session, town.supervisor)
    session.add(kept)
    town.supervisor.language = "en"
    session.flush()
    admin.presses(f"administration.revoke_yes:{town.supervisor.id}:{grant.id}")
    session.expire_all()
    supervisor = Phone(session, make_office(), SUPERVISOR)
    (told,) = supervisor.receives()
    assert "role as Supervisor for 云溪镇 has ended" in told.text
    assert told.keyboard == (("Today", "Log a visit"), ("My households", "Problems"))


def test_with_the_role_its_open_dialogue_is_over(session: Session, admin: Phone, town: Town) -> None:
    supervisor, grant = Phone(session, make_office(), SUPERVISOR), grant_of(session, town.supervisor)
    assert "请发姓名" in supervisor.says("查找")[0].text
    admin.presses(f"administration.revoke_yes:{town.supervisor.id}:{grant.id}")
    session.expire_all()
    (answer,) = supervisor.says("WECK-P3WE")
    assert "没有找到这张卡" in answer.text, "a card's code is read again"


def test_a_role_here_ends_for_somebody_from_elsewhere(session: Session, admin: Phone, town: Town) -> None:
    grant_of(session, town.admin).unit_id = town.east.id
    grant = RoleGrant(person_id=town.other_cadre.id, role="supervisor", unit_id=town.east.id, granted_at=MONDAY_MORNING)
    session.add(grant)
    session.flush()
    (done,) = admin.presses(f"administration.revoke_yes:{town.other_cadre.id}:{grant.id}")
    assert "李联系" in done.text
    session.expire_all()
    assert grant.revoked_at is not None


def test_a_role_that_was_given_back_has_not_ended(session: Session, admin: Phone, town: Town) -> None:
    grant = grant_of(session, town.supervisor)
    admin.presses(f"administration.revoke_yes:{town.supervisor.id}:{grant.id}")
    session.add(
        RoleGrant(person_id=town.supervisor.id, role="supervisor", unit_id=town.town.id, granted_at=MONDAY_MORNING)
    )
    session.flush()
    assert Phone(session, make_office(), SUPERVISOR).receives() == []


def test_whose_account_is_closed_is_told_once(session: Session, admin: Phone, town: Town) -> None:
    admin.presses(f"administration.deactivate_yes:{town.supervisor.id}")
    session.expire_all()
    supervisor = Phone(session, make_office(), SUPERVISOR)
    (told,) = supervisor.receives()
    assert "已停用" in told.text
    assert told.keyboard == ()
    admin.presses(f"administration.reactivate:{town.supervisor.id}")
    session.expire_all()
    assert supervisor.receives() == [], "open again before it was said"


def test_the_last_administrator_stays(session: Session, admin: Phone, town: Town) -> None:
    not_joined(session, town, "A002", "未到管理", role="admin", village="T")
    data = f"administration.revoke_yes:{town.admin.id}:{grant_of(session, town.admin).id}"
    assert admin.presses(data) == []
    assert "最后一位管理员" in admin.toast()
    assert admin.presses(f"administration.deactivate_yes:{town.admin.id}") == []
    assert grant_of(session, town.admin).revoked_at is None
    grant = session.scalars(
        select(RoleGrant).where(RoleGrant.role == "admin", RoleGrant.person_id != town.admin.id)
    ).one()
    other = session.get_one(Person, grant.person_id)
    other.telegram_user_id, other.consented_at = 777, town.admin.consented_at
    session.flush()
    assert "马上生效" in admin.presses(data)[0].text, "another one has joined"


def test_a_cadre_with_households_can_neither_be_closed_nor_lose_the_role(
    session: Session, admin: Phone, town: Town
) -> None:
    grant = grant_of(session, town.cadre)
    assert admin.presses(f"administration.deactivate_yes:{town.cadre.id}") == []
    assert "还联系着 2 户" in admin.toast()
    assert admin.presses(f"administration.revoke_yes:{town.cadre.id}:{grant.id}") == []
    assert "还联系着 2 户" in admin.toast()
    session.expire_all()
    assert town.cadre.is_active
    assert grant_of(session, town.cadre).revoked_at is None


def test_closing_an_account_and_opening_it_again(session: Session, admin: Phone, town: Town) -> None:
    page = admin.presses(f"administration.person:{town.supervisor.id}")
    ask = admin.taps(page, "停用此人")
    assert town.supervisor.is_active
    closed = admin.taps(ask, "停用此人")
    session.expire_all()
    assert not town.supervisor.is_active
    assert grant_of(session, town.supervisor).revoked_at is not None
    assert "已停用" in closed[0].text
    admin.taps(closed, "恢复此人")
    session.expire_all()
    assert town.supervisor.is_active
    assert grant_of(session, town.supervisor).revoked_at is not None, "roles are given anew"


def test_somebody_is_found_by_name(session: Session, admin: Phone, town: Town) -> None:
    listed = admin.taps(admin.says("设置"), "人员与角色")
    admin.taps(listed, "按姓名找")
    found = admin.says("王联系")
    (page,) = admin.taps(found, "王联系")
    assert "联系干部（东村）" in page.text


def test_people_of_other_units_cannot_be_touched(session: Session, admin: Phone, town: Town) -> None:
    grant_of(session, town.admin).unit_id = town.east.id
    session.flush()
    for action in ("administration.person", "administration.deactivate_yes"):
        assert admin.presses(f"{action}:{town.other_cadre.id}") == []
        assert "没有找到" in admin.toast()
    foreign = grant_of(session, town.other_cadre)
    assert admin.presses(f"administration.revoke_yes:{town.other_cadre.id}:{foreign.id}") == []
    assert foreign.revoked_at is None
    foreign.revoked_at = MONDAY_MORNING
    session.flush()
    admin.presses(f"administration.revoke_yes:{town.other_cadre.id}:{foreign.id}")
    assert "没有找到" in admin.toast(), "nor is it told what ended there"


def test_whoever_holds_a_role_elsewhere_is_not_closed_from_here(session: Session, admin: Phone, town: Town) -> None:
    session.add(
        RoleGrant(person_id=town.east_supervisor.id, role="supervisor", unit_id=town.west.id, granted_at=MONDAY_MORNING)
    )
    grant_of(session, town.admin).unit_id = town.east.id
    session.flush()
    assert admin.presses(f"administration.deactivate_yes:{town.east_supervisor.id}") == []
    assert town.east_supervisor.is_active


@pytest.mark.parametrize("user_id", [CADRE, SUPERVISOR, 401])
def test_nobody_else_administers(session: Session, town: Town, user_id: int) -> None:
    stranger = Phone(session, make_office(), user_id)
    for act in ("邀请", "设置"):
        assert "身份不能" in stranger.says(act)[0].text
    grant = grant_of(session, town.other_cadre)
    stranger.presses(f"administration.revoke_yes:{town.other_cadre.id}:{grant.id}")
    assert "身份不能" in stranger.toast()
    assert grant.revoked_at is None
