"""A household that is taken off the register while others pair it has no cadre afterwards, whichever way it is paired."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress

import pytest
from sqlalchemy import select

from models.actor import Actor
from models.households import Household, Pairing
from models.queries import actors
from models.session import Database, Session
from services import pairing, pairing_by_hand, register, roster
from services.errors import DomainError
from services.rules.roster.values import CheckedRoster, HouseholdRow, Roster
from services.rules.visits import HouseholdStatus
from tests.town import Town, build_town, make_office

OFFICE = make_office()
FILE = CheckedRoster(Roster(households=(HouseholdRow("农户", 2, "H004", "杨春花", "G2", cadre_code="C002"),)))


def admin_of(session: Session) -> Actor:
    return actors.actor_by_telegram_id(session, 301, language="zh_CN")


def by_hand(session: Session, town: Town) -> None:
    household, cadre = town.households["H004"].id, town.other_cadre.id
    pairing_by_hand.pair(session, OFFICE, admin_of(session), household, cadre, instead_of=None)


def by_the_proposal(session: Session, town: Town) -> None:
    pairing.apply_proposal(session, OFFICE, pairing.propose(session, OFFICE), by=None)


def by_a_roster(session: Session, town: Town) -> None:
    roster.apply(session, OFFICE, FILE, by=None)


WAYS = [by_hand, by_the_proposal, by_a_roster]


@pytest.mark.parametrize("pair", WAYS)
def test_a_household_that_is_leaving_is_not_paired(database: Database, pair: Callable[[Session, Town], None]) -> None:
    with database.transaction() as session:
        town = build_town(session)

    def meanwhile() -> None:
        with suppress(DomainError), database.transaction() as session:
            pair(session, town)

    with ThreadPoolExecutor(1) as another:
        with database.transaction() as session:
            register.take_off(session, OFFICE, admin_of(session), town.households["H004"].id, HouseholdStatus.MOVED)
            pairing_it = another.submit(meanwhile)
            assert not wait([pairing_it], timeout=0.5).done, "it waits for what becomes of the household"
        pairing_it.result()
    with database.reading() as session:
        household = session.get_one(Household, town.households["H004"].id)
        assert household.status == "moved"
        assert session.scalars(select(Pairing).where(Pairing.household_id == household.id)).all() == []


@pytest.mark.parametrize("pair", WAYS)
def test_it_is_paired_where_nobody_takes_it_off(session: Session, pair: Callable[[Session, Town], None]) -> None:
    town = build_town(session)
    pair(session, town)
    begun = select(Pairing.cadre_id).where(Pairing.household_id == town.households["H004"].id)
    assert list(session.scalars(begun)) == [town.other_cadre.id]
