"""An administrator takes an account from a person who comes with another one, and sends the next invitation."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.people import Person, RoleGrant
from models.session import Database
from services.office import Office
from tests.phone import Phone
from tests.town import Town, build_town, make_office

CADRE, ADMIN, SECOND_ADMIN, NEW_PHONE = 101, 301, 777, 800


@pytest.fixture
def admin(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, ADMIN)


def has_account(session: Session, telegram: int) -> bool:
    session.expire_all()
    return session.scalar(select(Person.id).where(Person.telegram_user_id == telegram)) is not None


def another_admin(session: Session, town: Town, telegram: int | None) -> Person:
    agreed = {"consented_at": town.admin.consented_at, "consent_version": town.admin.consent_version}
    person = Person(code="A002", name="吴管理", unit_id=town.town.id, telegram_user_id=telegram, **agreed)
    person.created_at = town.admin.created_at
    session.add(person)
    session.flush()
    session.add(RoleGrant(person_id=person.id, role="admin", unit_id=town.town.id, granted_at=person.created_at))
    session.flush()
    return person


@pytest.mark.parametrize(
    ("language", "button", "words"),
    [
        ("zh_CN", "换 Telegram 账号", "请先邀请另一位管理员"),
        ("en", "Telegram account", "another administrator join first"),
    ],
)
def test_the_last_administrator_is_not_released(
    session: Session, admin: Phone, town: Town, language: str, button: str, words: str
) -> None:
    another_admin(session, town, None)
    town.admin.language = language
    session.flush()
    page = admin.presses(f"administration.person:{town.admin.id}")
    assert admin.taps(page, button) == []
    assert words in admin.toast()
    assert admin.presses(f"onboarding.release_yes:{town.admin.id}:{ADMIN}") == []
    assert words in admin.toast()
    assert has_account(session, ADMIN)


def test_whoever_opened_the_link_and_did_not_agree_is_no_other_administrator(
    session: Session, admin: Phone, town: Town
) -> None:
    undecided = another_admin(session, town, SECOND_ADMIN)
    undecided.consented_at = undecided.consent_version = None
    session.flush()
    admin.presses(f"onboarding.release_yes:{town.admin.id}:{ADMIN}")
    assert "请先邀请另一位管理员" in admin.toast()
    assert has_account(session, ADMIN)


def test_with_another_administrator_who_has_joined_both_can_be_released_but_not_both_at_once(
    session: Session, admin: Phone, town: Town
) -> None:
    other = another_admin(session, town, SECOND_ADMIN)
    admin.presses(f"onboarding.release_yes:{other.id}:{SECOND_ADMIN}")
    assert not has_account(session, SECOND_ADMIN)
    admin.presses(f"onboarding.release_yes:{town.admin.id}:{ADMIN}")
    assert has_account(session, ADMIN)


@pytest.mark.parametrize(
    ("language", "yes", "words", "button"),
    [("zh_CN", "确认", "重新发一份邀请", "重新发邀请"), ("en", "Confirm", "a new invitation", "Send a new invitation")],
)
def test_whoever_was_released_comes_back_by_a_new_invitation_that_is_one_tap_away(
    session: Session, admin: Phone, town: Town, language: str, yes: str, words: str, button: str
) -> None:
    town.admin.language = language
    session.flush()
    released = admin.taps(admin.presses(f"onboarding.release:{town.cadre.id}:{CADRE}"), yes)
    assert words in released[0].text
    *_, link = admin.taps(released, button)
    Phone(session, admin.office, NEW_PHONE).says("/start i" + link.text.partition("start=i")[2].split()[0])
    session.expire_all()
    assert town.cadre.telegram_user_id == NEW_PHONE


def test_without_a_role_there_is_nothing_to_invite_to(session: Session, admin: Phone, town: Town) -> None:
    session.execute(update(RoleGrant).where(RoleGrant.person_id == town.supervisor.id).values(revoked_at=func.now()))
    (released,) = admin.presses(f"onboarding.release_yes:{town.supervisor.id}:201")
    assert "先在名册里写上角色" in released.text
    assert not released.buttons


def test_whoever_releases_the_own_account_is_told_to_ask_another(session: Session, admin: Phone, town: Town) -> None:
    another_admin(session, town, SECOND_ADMIN)
    (released,) = admin.presses(f"onboarding.release_yes:{town.admin.id}:{ADMIN}")
    assert "请另一位管理员" in released.text
    assert not released.buttons, "a stranger can send no invitation"


def test_two_administrators_who_release_each_other_at_the_same_moment_are_one_afterwards(database: Database) -> None:
    with database.transaction() as session:
        town = build_town(session)
        accounts = {ADMIN: town.admin.id, SECOND_ADMIN: another_admin(session, town, SECOND_ADMIN).id}
    together = Barrier(2)

    def release_the_other(account: int) -> None:
        other = SECOND_ADMIN if account == ADMIN else ADMIN
        together.wait(timeout=10)
        with database.transaction() as session:
            Phone(session, make_office(), account).presses(f"onboarding.release_yes:{accounts[other]}:{other}")

    with ThreadPoolExecutor(2) as phones:
        list(phones.map(release_the_other, accounts))
    with database.reading() as session:
        assert sum(has_account(session, account) for account in accounts) == 1
