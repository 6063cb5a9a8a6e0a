"""The proposal of pairs from rows, and writing it."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actor import Actor
from models.households import Household, Pairing
from models.people import Person, RoleGrant, Unit
from models.problems import Problem
from models.queries import actors
from services import pairing, pairing_by_hand
from services.errors import Conflict, NotFound, Stale
from services.rules.pairing import UnpairedReason
from tests.town import MONDAY_MORNING, Town, make_office

OFFICE = make_office()
TODAY = date(2026, 3, 2)


def actor_of(session: Session, person: Person) -> Actor:
    session.flush()
    return actors.actor_by_telegram_id(session, person.telegram_user_id, language="zh_CN")


def add_households(session: Session, unit: Unit, *codes: str) -> list[Household]:
    added = [
        Household(code=code, head=f"户{code}", unit_id=unit.id, card_code=code, created_at=MONDAY_MORNING)
        for code in codes
    ]
    session.add_all(added)
    session.flush()
    return added


def add_cadre(session: Session, code: str, unit: Unit, *, most: int | None = None, active: bool = True) -> Person:
    person = Person(
        code=code, name=code, unit_id=unit.id, max_households=most, is_active=active, created_at=MONDAY_MORNING
    )
    session.add(person)
    session.flush()
    session.add(RoleGrant(person_id=person.id, role="cadre", unit_id=unit.id, granted_at=MONDAY_MORNING))
    session.flush()
    return person


def active_pairs(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(Household.code, Person.name)
        .join(Pairing, Pairing.household_id == Household.id)
        .join(Person, Person.id == Pairing.cadre_id)
        .where(Pairing.ended_on.is_(None), Pairing.kind == "primary")
    )
    return {code: name for code, name in rows}


def test_who_has_nobody_gets_the_own_villages_cadre_and_existing_pairs_stay(session: Session, town: Town) -> None:
    proposal = pairing.propose(session, OFFICE)
    assert proposal.pairs == ((town.households["H004"].id, town.other_cadre.id),)
    pairing.apply_proposal(session, OFFICE, proposal, by=None)
    assert active_pairs(session) == {"H001": "王联系", "H002": "王联系", "H003": "李联系", "H004": "李联系"}
    assert pairing.propose(session, OFFICE).pairs == ()


def test_looking_at_a_proposal_changes_nothing(session: Session, town: Town) -> None:
    pairing.propose(session, OFFICE)
    assert "H004" not in active_pairs(session)


def test_loads_within_a_village_differ_by_at_most_one_and_the_maximum_holds(session: Session, town: Town) -> None:
    add_cadre(session, "C101", town.west)
    add_cadre(session, "C102", town.west, most=1)
    add_households(session, town.west_group, *(f"N{n}" for n in range(8)))
    pairing.apply_proposal(session, OFFICE, pairing.propose(session, OFFICE), by=None)
    loads = Counter(name for code, name in active_pairs(session).items() if code not in ("H001", "H002"))
    assert loads == {"李联系": 5, "C101": 4, "C102": 1} or loads == {"李联系": 4, "C101": 5, "C102": 1}


def test_a_cadre_without_a_number_in_the_roster_has_the_sites_maximum(session: Session, town: Town) -> None:
    add_households(session, town.west_group, *(f"N{n:02}" for n in range(20)))
    proposal = pairing.propose(session, OFFICE)
    given = Counter(cadre_id for _, cadre_id in proposal.pairs)
    assert given[town.other_cadre.id] == OFFICE.policy.pairing_max - 1, "one household is there already"
    assert {one.reason for one in proposal.unpaired} == {UnpairedReason.ALL_FULL}
    assert len(proposal.unpaired) == 21 - 9


def test_towns_do_not_lend_each_other_cadres(session: Session, town: Town) -> None:
    other = Unit(code="T2", name="南镇", kind="town", parent_id=None, path="")
    session.add(other)
    session.flush()
    other.path = f"/{other.id}/"
    (alone,) = add_households(session, other, "S1")
    proposal = pairing.propose(session, OFFICE)
    assert alone.id not in dict(proposal.pairs)
    assert [(one.code, one.reason) for one in proposal.unpaired] == [("S1", UnpairedReason.NO_CADRE)]


def test_those_who_left_and_those_without_the_role_get_nobody(session: Session, town: Town) -> None:
    add_cadre(session, "C100", town.west, active=False)
    revoked = add_cadre(session, "C099", town.west)
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == revoked.id)).one().revoked_at = MONDAY_MORNING
    session.flush()
    assert set(pairing.propose(session, OFFICE).cadres) == {town.cadre.id, town.other_cadre.id}


@pytest.mark.parametrize("status", ["away", "moved", "closed"])
def test_only_active_households_are_paired(session: Session, town: Town, status: str) -> None:
    town.households["H004"].status = status
    session.flush()
    assert pairing.propose(session, OFFICE).pairs == ()


def test_a_proposal_keeps_to_the_units_it_was_asked_for(session: Session, town: Town) -> None:
    assert pairing.propose(session, OFFICE, within=(town.east.path,)).pairs == ()
    assert len(pairing.propose(session, OFFICE, within=(town.west.path,)).pairs) == 1


def test_the_same_rows_give_the_same_fingerprint_and_others_another(session: Session, town: Town) -> None:
    first, second = pairing.propose(session, OFFICE), pairing.propose(session, OFFICE)
    assert first.fingerprint == second.fingerprint
    add_households(session, town.west_group, "N1")
    assert pairing.propose(session, OFFICE).fingerprint != first.fingerprint


def test_what_was_not_shown_is_not_written(session: Session, town: Town) -> None:
    admin = actor_of(session, town.admin)
    shown = pairing.propose(session, OFFICE)
    add_cadre(session, "C000", town.west)
    with pytest.raises(Stale):
        pairing.confirm(session, OFFICE, admin, shown.fingerprint, within=(town.town.path,))
    assert "H004" not in active_pairs(session)


def test_a_household_paired_meanwhile_stops_the_whole_proposal(session: Session, town: Town) -> None:
    add_households(session, town.west_group, "N1")
    proposal = pairing.propose(session, OFFICE)
    session.add(
        Pairing(household_id=town.households["H004"].id, cadre_id=town.cadre.id, kind="primary", started_on=TODAY)
    )
    session.flush()
    with pytest.raises(Conflict) as refused:
        pairing.apply_proposal(session, OFFICE, proposal, by=None)
    assert refused.value.message_id == "administration.already_paired"
    assert active_pairs(session)["H004"] == "王联系"
    assert "N1" not in active_pairs(session)


# --- by hand


def test_choosing_another_cadre_ends_one_pairing_and_begins_the_next(session: Session, town: Town) -> None:
    admin = actor_of(session, town.admin)
    household = town.households["H001"]
    pairing_by_hand.pair(session, OFFICE, admin, household.id, town.other_cadre.id, instead_of=town.cadre.id)
    rows = session.execute(
        select(Pairing.cadre_id, Pairing.started_on, Pairing.ended_on)
        .where(Pairing.household_id == household.id)
        .order_by(Pairing.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        (town.cadre.id, date(2026, 1, 5), TODAY),
        (town.other_cadre.id, TODAY, None),
    ]


def test_a_pairing_that_changed_meanwhile_is_not_ended_by_an_old_button(session: Session, town: Town) -> None:
    admin = actor_of(session, town.admin)
    with pytest.raises(Stale):
        pairing_by_hand.pair(session, OFFICE, admin, town.households["H001"].id, town.other_cadre.id, instead_of=None)
    with pytest.raises(Stale):
        pairing_by_hand.end(session, OFFICE, admin, town.households["H001"].id, town.other_cadre.id)
    assert active_pairs(session)["H001"] == "王联系"


def test_after_an_ended_pairing_open_problems_are_the_supervisors(session: Session, town: Town) -> None:
    problem = Problem(
        number="P-2026-000001",
        household_id=town.households["H001"].id,
        source="household",
        entered_by_id=town.resident.id,
        category="water",
        summary="",
        owner_id=town.cadre.id,
        unit_id=town.east_group.id,
        stage="accepted",
        reported_at=MONDAY_MORNING,
        due_at=MONDAY_MORNING,
    )
    session.add(problem)
    session.flush()
    pairing_by_hand.end(session, OFFICE, actor_of(session, town.admin), town.households["H001"].id, town.cadre.id)
    session.expire_all()
    assert "H001" not in active_pairs(session)
    assert session.get_one(Problem, problem.id).owner_id == town.east_supervisor.id


@pytest.mark.parametrize("who", ["supervisor", "household member", "cadre of nothing"])
def test_only_cadres_can_be_chosen(session: Session, town: Town, who: str) -> None:
    person = {"supervisor": town.supervisor, "household member": town.resident}.get(who) or add_cadre(
        session, "C050", town.west, active=False
    )
    with pytest.raises(NotFound):
        pairing_by_hand.pair(
            session, OFFICE, actor_of(session, town.admin), town.households["H004"].id, person.id, instead_of=None
        )
    assert "H004" not in active_pairs(session)


def test_candidates_of_the_own_village_come_first_with_their_loads(session: Session, town: Town) -> None:
    found = pairing_by_hand.candidates(session, OFFICE, actor_of(session, town.admin), town.households["H004"])
    assert [(one.name, one.load, one.most) for one in found] == [("李联系", 1, 10), ("王联系", 2, 10)]


def test_a_household_that_has_gone_is_not_paired(session: Session, town: Town) -> None:
    town.households["H004"].status = "closed"
    session.flush()
    with pytest.raises(Conflict):
        pairing_by_hand.pair(
            session,
            OFFICE,
            actor_of(session, town.admin),
            town.households["H004"].id,
            town.other_cadre.id,
            instead_of=None,
        )


def test_households_outside_the_own_units_are_not_there(session: Session, town: Town) -> None:
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.admin.id)).one().unit_id = town.east.id
    with pytest.raises(NotFound):
        pairing_by_hand.place(session, actor_of(session, town.admin), town.households["H004"].id)
