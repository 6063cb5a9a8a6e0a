"""An official with a role outside an administrator's units: whoever took the account over would hold that role too."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actor import Role
from models.people import Invitation, Person, RoleGrant
from services.invitations import invite_by_codes
from services.office import Office
from tests.phone import Phone
from tests.town import MONDAY_MORNING, Town, build_town

EAST_ADMIN, TOWN_ADMIN, CADRE = 202, 301, 101
OF_AN_ACCOUNT = ("onboarding.release:{id}:101", "onboarding.release_yes:{id}:101", "administration.deactivate_yes:{id}")


@pytest.fixture
def town(session: Session) -> Town:
    """The village's supervisor administers it; its cadre, without households, supervises the whole town besides."""
    town = build_town(session)
    grant_of(session, town.east_supervisor).role = "admin"
    session.add(RoleGrant(person_id=town.cadre.id, role="supervisor", unit_id=town.town.id, granted_at=MONDAY_MORNING))
    session.flush()
    return town


def grant_of(session: Session, person: Person, role: str | None = None) -> RoleGrant:
    query = select(RoleGrant).where(RoleGrant.person_id == person.id)
    return session.scalars(query.where(RoleGrant.role == role) if role else query).one()


def refused(phone: Phone, pressed: str) -> str:
    """What is said on top of the chat; nothing is said in it."""
    assert phone.presses(pressed) == []
    return phone.toast()


@pytest.mark.parametrize("pressed", OF_AN_ACCOUNT)
def test_the_account_is_not_the_villages_administrators_to_take(
    session: Session, office: Office, town: Town, pressed: str
) -> None:
    phone = Phone(session, office, EAST_ADMIN)
    assert refused(phone, pressed.format(id=town.cadre.id)) == refused(phone, pressed.format(id=10_000))
    session.expire_all()
    assert (town.cadre.telegram_user_id, town.cadre.is_active) == (CADRE, True)


def test_no_link_is_made_that_would_hand_the_other_role_on(session: Session, office: Office, town: Town) -> None:
    town.cadre.telegram_user_id = None
    session.flush()
    phone, grant = Phone(session, office, EAST_ADMIN), grant_of(session, town.cadre, "cadre")
    pressed = f"administration.invite_one:{town.cadre.id}:{grant.id}"
    assert refused(phone, pressed) == refused(phone, f"administration.invite_one:10000:{grant.id}")
    assert session.scalars(select(Invitation)).all() == []


def test_they_are_not_on_the_villages_list_and_the_others_get_their_links(
    session: Session, office: Office, town: Town
) -> None:
    town.cadre.telegram_user_id = None
    new = Person(code="C010", name="周新人", unit_id=town.east.id, created_at=MONDAY_MORNING)
    session.add(new)
    session.flush()
    session.add(RoleGrant(person_id=new.id, role="cadre", unit_id=town.east.id, granted_at=MONDAY_MORNING))
    session.flush()
    phone = Phone(session, office, EAST_ADMIN)
    assert "还有 1 人没有加入" in phone.says("邀请")[0].text
    _, link = phone.presses(f"administration.invite_all:cadre:{town.east.id}:0")
    assert "周新人您好" in link.text


def test_whoever_administers_both_units_may(session: Session, office: Office, town: Town) -> None:
    phone, grant = Phone(session, office, TOWN_ADMIN), grant_of(session, town.cadre, "cadre")
    phone.presses(OF_AN_ACCOUNT[1].format(id=town.cadre.id))
    session.expire_all()
    assert town.cadre.telegram_user_id is None
    assert len(phone.presses(f"administration.invite_one:{town.cadre.id}:{grant.id}")) == 2


def test_only_whoever_could_release_the_account_is_told_of_a_second_one(
    session: Session, office: Office, town: Town
) -> None:
    link = invite_by_codes(session, office, role=Role.CADRE, unit_code="V1", person_code="C001")
    Phone(session, office, 555).says(f"/start {link.partition('start=')[2]}")
    assert Phone(session, office, EAST_ADMIN).receives() == []
    (told,) = Phone(session, office, TOWN_ADMIN).receives()
    assert "王联系" in told.text
