"""What an older backup brings back of a household that was erased since: nobody helps it any more, and that is on record."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.erasure_log import ErasureLog
from models.households import Pairing
from models.problems import Problem
from models.queries import actors, pairings
from services import erasure, register
from services.office import Office
from services.rules.visits import HouseholdStatus
from tests.phone import Phone
from tests.town import MONDAY_MORNING, FrozenClock, Town, build_town

TODAY = MONDAY_MORNING.date()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(clock=FrozenClock(), erasures=ErasureLog(tmp_path / "lianxin.key"))


@pytest.fixture
def town(session: Session, office: Office) -> Town:
    """As an older backup brought it back: H002 was erased since, and has a cadre, a second one and an open problem."""
    town = build_town(session)
    household = town.households["H002"]
    with session.begin_nested() as since:
        supervisor = actors.actor_by_telegram_id(session, 201, language="zh_CN")
        register.take_off(session, office, supervisor, household.id, HouseholdStatus.MOVED)
        erasure.erase_household(session, office, None, household.id)
        since.rollback()
    session.expire_all()
    session.add(Pairing(household_id=household.id, cadre_id=town.other_cadre.id, kind="second", started_on=TODAY))
    session.add(
        Problem(
            number="P-2026-000001",
            household_id=household.id,
            source="visit",
            entered_by_id=town.cadre.id,
            category="water",
            summary="水管坏了",
            owner_id=town.cadre.id,
            unit_id=town.east_group.id,
            stage="accepted",
            reported_at=MONDAY_MORNING,
            due_at=MONDAY_MORNING,
        )
    )
    session.flush()
    return town


def test_its_pairings_end_and_that_is_on_record(session: Session, office: Office, town: Town) -> None:
    household = town.households["H002"]
    assert erasure.apply_again(session, office) == 1
    ended = session.scalars(select(Pairing.ended_on).where(Pairing.household_id == household.id))
    assert list(ended) == [TODAY, TODAY]
    record = select(AuditEntry.facts).where(AuditEntry.act == "pairing_ended", AuditEntry.object_id == household.id)
    assert {facts["cadre"] for facts in session.scalars(record)} == {town.cadre.id, town.other_cadre.id}
    assert pairings.count_of(session, town.cadre.id) == 1, "H001 stays"


def test_the_cadre_no_longer_has_it_and_the_open_problem_is_the_supervisors(
    session: Session, office: Office, town: Town
) -> None:
    erasure.apply_again(session, office)
    mine = Phone(session, office, 101).says("我的农户")
    assert "H001" in str(mine)
    assert "H002" not in str(mine)
    assert session.scalars(select(Problem.owner_id)).one() == town.east_supervisor.id


def test_what_is_as_it_was_is_left_alone(session: Session, office: Office, town: Town) -> None:
    erasure.apply_again(session, office)
    acts = select(AuditEntry.id).where(AuditEntry.act == "pairing_ended")
    before = list(session.scalars(acts))
    assert erasure.apply_again(session, office) == 0
    assert list(session.scalars(acts)) == before
