"""An old spreadsheet brings nobody back who was erased, and the check says whom it leaves out."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.erasure_log import ErasureLog
from models.households import Household, Pairing
from models.people import Person, RoleGrant
from models.queries import actors
from services import erasure, register, roster
from services.errors import Conflict
from services.i18n import translator
from services.office import Office
from services.roster.checks import require_own_units
from services.rules.roster.values import CadreRow, CheckedRoster, HouseholdRow, Roster, RosterRole
from services.rules.visits import HouseholdStatus
from tests.phone import Phone
from tests.town import Town, build_town, make_office

AN_OLD_FILE = CheckedRoster(
    Roster(
        cadres=(CadreRow("干部", 2, "C002", "李联系", "V2", phone="13900000102", roles=(RosterRole.CADRE,)),),
        households=(
            HouseholdRow("农户", 2, "H001", "张大山", "G1", address="东村 1 号", phone="13800000001"),
            HouseholdRow("农户", 3, "H003", "陈长林", "G2", cadre_code="C002"),
        ),
    )
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return replace(make_office(), erasures=ErasureLog(tmp_path / "lianxin.key"))


@pytest.fixture
def town(session: Session, office: Office) -> Town:
    """H001 has moved away and was erased; so was the other village's cadre, whose household has another one."""
    town = build_town(session)
    supervisor = actors.actor_by_telegram_id(session, 201, language="zh_CN")
    register.take_off(session, office, supervisor, town.households["H001"].id, HouseholdStatus.MOVED)
    pairing_of(session, town.households["H003"])[0].cadre_id = town.cadre.id
    session.flush()
    assert erasure.erase_household(session, office, None, town.households["H001"].id)
    assert erasure.erase_person(session, office, None, town.other_cadre.id)
    return town


def pairing_of(session: Session, household: Household) -> list[Pairing]:
    return list(session.scalars(select(Pairing).where(Pairing.household_id == household.id)))


def everything(session: Session) -> list[tuple[object, ...]]:
    session.flush()
    return [
        tuple(row)
        for table in (Person, RoleGrant, Household, Pairing)
        for row in session.execute(select(table.__table__).order_by(table.id))
    ]


def test_nobody_comes_back(session: Session, office: Office, town: Town) -> None:
    before = everything(session)
    changes = roster.apply(session, office, AN_OLD_FILE, by=None)
    assert everything(session) == before
    assert changes.is_empty
    assert (changes.cadres.unchanged, changes.households.unchanged) == ((), ("H003",))
    assert town.households["H001"].head == "已注销农户"
    assert (town.other_cadre.phone, town.other_cadre.is_active) == (None, False)


def test_no_household_is_paired_with_whoever_was_erased(session: Session, office: Office, town: Town) -> None:
    new = HouseholdRow("农户", 2, "H004", "杨春花", "G2", cadre_code="C002")
    for data in (AN_OLD_FILE, CheckedRoster(Roster(households=(new,)))):
        assert roster.apply(session, office, data, by=None).erased.cadres == ("C002",)
    (pairing,) = pairing_of(session, town.households["H003"])
    assert (pairing.cadre_id, pairing.started_on, pairing.ended_on) == (town.cadre.id, date(2026, 1, 5), None)
    assert pairing_of(session, town.households["H004"]) == []


def test_the_check_says_who_is_left_out_and_what_to_do(session: Session, office: Office, town: Town) -> None:
    changes = roster.preview(session, office, AN_OLD_FILE)
    chinese = roster.preview_text(translator("zh_CN"), AN_OLD_FILE, changes)
    assert "已注销的干部（1 人），不再写入，也不结对：C002" in chinese
    assert "已注销的农户（1 户），不再写入：H001" in chinese
    assert "新的编码" in chinese
    assert "张大山" not in chinese, "names are what was taken away"
    english = roster.preview_text(translator("en"), AN_OLD_FILE, changes)
    assert "Households that were erased (1): not written: H001" in english
    assert "use a new code" in english


def test_it_is_not_told_of_places_that_the_administrator_does_not_administer(
    session: Session, office: Office, town: Town
) -> None:
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.admin.id)).one().unit_id = town.west.id
    session.flush()
    admin = actors.actor_by_telegram_id(session, 301, language="zh_CN")
    with pytest.raises(Conflict) as refused:
        require_own_units(session, admin, roster.preview(session, office, AN_OLD_FILE))
    assert (refused.value.message_id, refused.value.params["codes"]) == ("administration.outside", "H001")


def test_a_household_may_still_name_an_erased_cadre_of_another_unit(
    session: Session, office: Office, town: Town
) -> None:
    """As it may name a living one; who is in charge of the household changes nothing of the cadre."""
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.admin.id)).one().unit_id = town.east.id
    session.flush()
    admin = actors.actor_by_telegram_id(session, 301, language="zh_CN")
    row = HouseholdRow("农户", 2, "H002", "刘大河", "G1", cadre_code="C002")
    check = roster.keep_check(session, office, admin, CheckedRoster(Roster(households=(row,))))
    assert roster.confirm(session, office, admin, check.id).erased.cadres == ("C002",)
    session.expire_all()
    assert town.households["H002"].head == "刘大河"
    (pairing,) = pairing_of(session, town.households["H002"])
    assert (pairing.cadre_id, pairing.ended_on) == (town.cadre.id, None)


def test_an_administrator_does_not_reactivate_them_either(session: Session, office: Office, town: Town) -> None:
    """They could never be erased again."""
    phone = Phone(session, office, 301)
    assert phone.presses(f"administration.reactivate:{town.other_cadre.id}") == []
    assert "换用新的编码" in phone.toast()
    assert not town.other_cadre.is_active
