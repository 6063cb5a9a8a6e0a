"""Making invitations, and two people at one link."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actor import Actor, Role
from models.people import Invitation, Person, RoleGrant, Unit
from models.queries import actors, officials, person_references
from models.session import Database
from services.accounts import Account
from services.errors import Conflict, NotFound
from services.invitations import Opening, create_invitation, invite, invite_by_codes, open_invitation
from services.office import Office, Site
from services.rules.card_codes import hash_token
from tests.town import MONDAY_MORNING, FrozenClock, Town, build_town, make_office


def token_of(link: str) -> str:
    return link.partition("?start=i")[2]


def test_the_console_invites_by_codes(session: Session, town: Town) -> None:
    link = invite_by_codes(session, make_office(), role=Role.SUPERVISOR, unit_code="V1", person_code="C001")
    row = session.scalars(select(Invitation)).one()
    assert link.startswith("https://t.me/lianxin_bot?start=i")
    assert row.token_hash == hash_token(token_of(link))
    assert (row.role, row.unit_id, row.person_id) == ("supervisor", town.east.id, town.cadre.id)
    assert (row.expires_at - row.created_at).total_seconds() == 72 * 3600


@pytest.mark.parametrize(("unit", "person"), [("V9", None), ("V1", "C999")])
def test_unknown_codes_are_named(session: Session, town: Town, unit: str, person: str | None) -> None:
    with pytest.raises(NotFound) as refused:
        invite_by_codes(session, make_office(), role=Role.CADRE, unit_code=unit, person_code=person)
    assert refused.value.params["code"] in ("V9", "C999")
    assert session.scalars(select(Invitation)).all() == []


def test_no_link_is_made_without_the_bots_name(session: Session, town: Town) -> None:
    with pytest.raises(Conflict):
        invite_by_codes(session, Office(site=Site(), clock=FrozenClock()), role=Role.CADRE, unit_code="V1")


def test_whoever_is_no_longer_active_is_not_invited(session: Session, town: Town) -> None:
    town.cadre.is_active = False
    with pytest.raises(Conflict):
        invite_by_codes(session, make_office(), role=Role.CADRE, unit_code="V1", person_code="C001")


def test_an_administrator_invites_within_the_own_units_only(session: Session, town: Town) -> None:
    office = make_office()
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.admin.id)).one().unit_id = town.west.id
    session.flush()
    admin = actors.actor_by_telegram_id(session, 301, language="zh_CN")
    assert invite(session, office, admin, role=Role.CADRE, unit_id=town.west_group.id)
    assert invite(session, office, admin, role=Role.CADRE, unit_id=town.west.id, person_id=town.other_cadre.id)
    for unit_id, person_id in ((town.east.id, None), (town.town.id, None), (town.west.id, town.cadre.id)):
        with pytest.raises(NotFound):
            invite(session, office, admin, role=Role.ADMIN, unit_id=unit_id, person_id=person_id)


@pytest.fixture
def east_admin(session: Session, town: Town) -> Actor:
    """Of 东村 alone, whose cadre hasn't joined yet."""
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.east_supervisor.id)).one().role = "admin"
    town.cadre.telegram_user_id = None
    session.flush()
    return actors.actor_by_telegram_id(session, 202, language="zh_CN")


def link_for_the_cadre(session: Session, town: Town, by: Actor) -> str:
    return invite(session, make_office(), by, role=Role.CADRE, unit_id=town.east.id, person_id=town.cadre.id)


def open_with_a_new_account(session: Session, link: str) -> Opening:
    return open_invitation(session, make_office(), Account(555, "谁", "zh_CN"), token_of(link))


def give_role(session: Session, town: Town, unit: Unit) -> None:
    session.add(RoleGrant(person_id=town.cadre.id, role="supervisor", unit_id=unit.id, granted_at=MONDAY_MORNING))
    session.flush()


def test_an_old_link_does_not_hand_on_a_role_that_the_inviter_does_not_administer(
    session: Session, town: Town, east_admin: Actor
) -> None:
    link = link_for_the_cadre(session, town, east_admin)
    give_role(session, town, town.town)
    assert open_with_a_new_account(session, link) == Opening.WRONG
    assert session.scalar(select(Person).where(Person.telegram_user_id == 555)) is None


def test_a_link_for_somebody_dies_with_the_inviters_role(session: Session, town: Town, east_admin: Actor) -> None:
    link = link_for_the_cadre(session, town, east_admin)
    officials.revoke_all(session, east_admin.id, at=MONDAY_MORNING)
    assert open_with_a_new_account(session, link) == Opening.WRONG
    assert town.cadre.telegram_user_id is None


def test_a_newer_role_within_the_inviters_units_leaves_the_link_good(
    session: Session, town: Town, east_admin: Actor
) -> None:
    link = link_for_the_cadre(session, town, east_admin)
    give_role(session, town, town.east_group)
    assert open_with_a_new_account(session, link) == Opening.WELCOME
    assert town.cadre.telegram_user_id == 555


def test_the_operators_link_stays_good(session: Session, town: Town, east_admin: Actor) -> None:
    link = invite_by_codes(session, make_office(), role=Role.CADRE, unit_code="V1", person_code="C001")
    give_role(session, town, town.town)
    assert open_with_a_new_account(session, link) == Opening.WELCOME


@pytest.mark.parametrize("telegram", [101, 201, 401])
def test_nobody_else_invites(session: Session, town: Town, telegram: int) -> None:
    actor = actors.actor_by_telegram_id(session, telegram, language="zh_CN")
    with pytest.raises(NotFound):
        invite(session, make_office(), actor, role=Role.ADMIN, unit_id=town.east.id)


def test_two_accounts_at_one_link_at_the_same_moment_let_in_one(database: Database) -> None:
    office = make_office()
    with database.transaction() as session:
        town = build_town(session)
        token = create_invitation(session, office, role=Role.CADRE, unit=town.east, person=None)
    together = Barrier(2)

    def open_it(telegram: int) -> Opening:
        together.wait()
        with database.transaction() as session:
            return open_invitation(session, office, Account(telegram, "人", "zh_CN"), token)

    with ThreadPoolExecutor(2) as phones:
        openings = sorted(phones.map(open_it, (801, 802)))
    assert openings == [Opening.WELCOME, Opening.WRONG]
    with database.reading() as session:
        assert len(session.scalars(select(Person).where(Person.telegram_user_id.in_((801, 802)))).all()) == 1


def test_every_table_that_names_a_person_is_moved_when_two_become_one(session: Session, town: Town) -> None:
    named = {column.table.name for column in person_references.references()}
    assert {"memberships", "role_grants", "drafts", "outbox", "visits", "problems", "pairings", "invitations"} <= named
    person_references.move(session, town.cadre.id, town.other_cadre.id)
    for column in person_references.references():
        assert not session.scalars(select(column).where(column == town.cadre.id)).all(), column
