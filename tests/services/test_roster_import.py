"""Importing a roster: all of it or nothing, the same file twice changes nothing, and nobody loses anything silently."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.actor import Actor
from models.households import Household, Pairing
from models.people import Person, RoleGrant, Unit
from models.problems import Problem
from models.queries import actors
from models.session import Database
from models.supervision import RosterCheck
from services import roster
from services.errors import Conflict, Stale
from services.i18n import translator
from services.rules.policy import Tier
from services.rules.roster.checking import check_roster
from services.rules.roster.values import (
    CadreRow,
    CheckedRoster,
    Finding,
    HouseholdRow,
    Level,
    Roster,
    RosterRole,
    UnitKind,
    UnitRow,
)
from tests.phone import Phone
from tests.town import MONDAY_MORNING, Town, build_town, make_office

SAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "roster.xlsx"
OFFICE = make_office()
TODAY = date(2026, 3, 2)


def units(*rows: tuple[str, str, str | None, UnitKind | None]) -> tuple[UnitRow, ...]:
    return tuple(UnitRow("单位", n, *row) for n, row in enumerate(rows, start=2))


def cadre(code: str, unit_code: str = "V1", **more: object) -> CadreRow:
    return CadreRow("干部", 2, code, **({"name": f"干部{code}", "unit_code": unit_code} | more))


def household(code: str, unit_code: str = "G1", **more: object) -> HouseholdRow:
    return HouseholdRow("农户", 2, code, **({"head": f"户{code}", "unit_code": unit_code} | more))


def checked(**sheets: tuple[object, ...]) -> CheckedRoster:
    return CheckedRoster(Roster(**sheets))


def actor_of(session: Session, person: Person) -> Actor:
    session.flush()
    return actors.actor_by_telegram_id(session, person.telegram_user_id, language="zh_CN")


def unit(session: Session, code: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def person(session: Session, code: str) -> Person:
    return session.scalars(select(Person).where(Person.code == code)).one()


def held(session: Session, code: str) -> set[tuple[str, str]]:
    """Active roles of a person: (role, unit's code)."""
    rows = session.execute(
        select(RoleGrant.role, Unit.code)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(Person.code == code, RoleGrant.revoked_at.is_(None))
    )
    return {(role, unit_code) for role, unit_code in rows}


def pairings(session: Session, code: str) -> list[tuple[str | None, date, date | None]]:
    rows = session.execute(
        select(Person.code, Pairing.started_on, Pairing.ended_on)
        .join(Person, Person.id == Pairing.cadre_id)
        .join(Household, Household.id == Pairing.household_id)
        .where(Household.code == code)
        .order_by(Pairing.id)
    )
    return [tuple(row) for row in rows]


def everything(session: Session) -> list[tuple[object, ...]]:
    """All rows of the roster, to see that nothing changed."""
    session.flush()
    return [
        tuple(row)
        for table in (Unit, Person, RoleGrant, Household, Pairing)
        for row in session.execute(select(table.__table__).order_by(table.id))
    ]


def test_the_sample_town_is_imported_whole_and_quickly(session: Session) -> None:
    data = check_roster([("roster.xlsx", SAMPLE.read_bytes())], roster.known_codes(session))
    started = perf_counter()
    changes = roster.apply(session, OFFICE, data, by=None)
    took = perf_counter() - started
    assert (len(changes.cadres.added), len(changes.households.added)) == (78, 399)
    counts = {table: session.scalar(select(func.count()).select_from(table)) for table in (Unit, Person, Household)}
    assert counts == {Unit: 44, Person: 78, Household: 399}
    assert session.scalar(select(func.count()).select_from(Pairing)) == len(changes.pairs_begun) > 200
    assert session.scalar(select(func.count(Household.card_code.distinct()))) == 399
    assert {role for role, _ in held(session, "A001")} == {"admin"}
    village, town_unit = unit(session, "010101"), unit(session, "0101")
    assert village.path == f"{town_unit.path}{village.id}/"
    assert took < 5, "generous: it is a tenth of a second on an idle machine"


def test_an_unchanged_file_changes_nothing(session: Session) -> None:
    data = check_roster([("roster.xlsx", SAMPLE.read_bytes())], roster.known_codes(session))
    roster.apply(session, OFFICE, data, by=None)
    before = everything(session)
    again = check_roster([("roster.xlsx", SAMPLE.read_bytes())], roster.known_codes(session))
    assert roster.preview(session, OFFICE, again).is_empty
    assert roster.apply(session, OFFICE, again, by=None).is_empty
    assert everything(session) == before


def test_a_preview_writes_nothing(session: Session) -> None:
    build_town(session)
    before = everything(session)
    roster.preview(session, OFFICE, checked(households=(household("N1", cadre_code="C001"),)))
    assert everything(session) == before


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.torture)], indirect=True
)
def test_twenty_thousand_households_take_seconds(database: Database) -> None:
    villages = units(
        ("T", "大镇", None, UnitKind.TOWN), *((f"V{n}", f"村{n}", "T", UnitKind.VILLAGE) for n in range(200))
    )
    cadres = tuple(cadre(f"C{n:04}", f"V{n % 200}", roles=(RosterRole.CADRE,)) for n in range(2_500))
    households = tuple(household(f"H{n:05}", f"V{n % 200}", cadre_code=f"C{n % 2_500:04}") for n in range(20_000))
    data = checked(units=villages, cadres=cadres, households=households)
    started = perf_counter()
    with database.transaction() as session:
        roster.apply(session, OFFICE, data, by=None)
    assert perf_counter() - started < 60
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Pairing)) == 20_000


def test_a_failure_half_way_leaves_nothing_behind(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(*_: object, **__: object) -> None:
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr("services.roster.applying.change_primaries", no_more)
    with database.transaction() as session:
        build_town(session)
        before = everything(session)
    with pytest.raises(RuntimeError), database.transaction() as session:
        roster.apply(session, OFFICE, checked(households=(household("N1", cadre_code="C001"),)), by=None)
    with database.reading() as session:
        assert everything(session) == before


def test_a_roster_with_errors_is_not_imported(session: Session) -> None:
    error = Finding(Level.ERROR, "农户", 3, "户主", "roster.error.missing")
    with pytest.raises(Conflict) as refused:
        roster.apply(
            session, OFFICE, CheckedRoster(Roster(units=units(("X", "某镇", None, UnitKind.TOWN))), (error,)), by=None
        )
    assert refused.value.message_id == "administration.has_errors"
    assert session.scalar(select(func.count()).select_from(Unit)) == 0


# --- units


def test_a_village_that_moves_takes_everything_below_along(session: Session) -> None:
    town = build_town(session)
    roster.apply(
        session,
        OFFICE,
        checked(units=units(("T2", "新镇", None, UnitKind.TOWN), ("V1", "东村", "T2", UnitKind.VILLAGE))),
        by=None,
    )
    new_town = unit(session, "T2")
    assert unit(session, "V1").path == f"{new_town.path}{town.east.id}/"
    assert unit(session, "G1").path == f"{new_town.path}{town.east.id}/{town.east_group.id}/"
    assert unit(session, "V2").path == f"{town.town.path}{town.west.id}/"


def test_children_may_stand_before_their_parents(session: Session) -> None:
    rows = units(
        ("c", "一组", "b", UnitKind.GROUP), ("b", "某村", "a", UnitKind.VILLAGE), ("a", "某镇", None, UnitKind.TOWN)
    )
    roster.apply(session, OFFICE, checked(units=rows), by=None)
    assert unit(session, "c").path == f"/{unit(session, 'a').id}/{unit(session, 'b').id}/{unit(session, 'c').id}/"


def test_units_that_another_import_turned_into_a_circle_are_refused(session: Session) -> None:
    build_town(session)
    with pytest.raises(Conflict) as refused:
        roster.apply(session, OFFICE, checked(units=units(("T", "云溪镇", "V1", None))), by=None)
    assert refused.value.message_id == "administration.units_in_a_circle"


# --- people


def test_a_new_role_is_granted_and_one_left_out_is_reported_not_revoked(session: Session) -> None:
    build_town(session)
    data = checked(cadres=(cadre("C001", name="王联系", roles=(RosterRole.SUPERVISOR,)),))
    changes = roster.preview(session, OFFICE, data)
    assert [(kept.code, kept.roles) for kept in changes.roles_kept] == [("C001", (RosterRole.CADRE,))]
    roster.apply(session, OFFICE, data, by=None)
    assert held(session, "C001") == {("cadre", "V1"), ("supervisor", "V1")}
    assert roster.preview(session, OFFICE, data).is_empty, "the same file again finds nothing to do"


def test_whoever_changes_units_leaves_the_access_to_the_old_one_behind(session: Session) -> None:
    build_town(session)
    data = checked(cadres=(cadre("S002", "V2", name="钱督导", roles=(RosterRole.SUPERVISOR, RosterRole.CADRE)),))
    roster.apply(session, OFFICE, data, by=None)
    assert held(session, "S002") == {("supervisor", "V2"), ("cadre", "V2")}


def test_a_role_given_for_another_unit_stays_as_it_is(session: Session) -> None:
    town = build_town(session)
    session.add(RoleGrant(person_id=town.cadre.id, role="supervisor", unit_id=town.west.id, granted_at=MONDAY_MORNING))
    session.flush()
    roster.apply(
        session,
        OFFICE,
        checked(cadres=(cadre("C001", name="王联系", roles=(RosterRole.CADRE, RosterRole.SUPERVISOR)),)),
        by=None,
    )
    assert held(session, "C001") == {("cadre", "V1"), ("supervisor", "V2")}


def test_an_empty_cell_keeps_what_is_stored(session: Session) -> None:
    town = build_town(session)
    town.households["H001"].address = "东一组1号"
    session.flush()
    roster.apply(
        session,
        OFFICE,
        checked(
            cadres=(cadre("C001", name="王新名"),),
            households=(household("H001", head="张大山", population=4),),
        ),
        by=None,
    )
    assert person(session, "C001").name == "王新名"
    assert person(session, "C001").phone == "13900000101"
    assert person(session, "C001").telegram_user_id == 101
    changed = session.get_one(Household, town.households["H001"].id)
    assert (changed.address, changed.population, changed.tier) == ("东一组1号", 4, "red")
    assert pairings(session, "H001") == [("C001", date(2026, 1, 5), None)]


def test_what_a_newer_file_leaves_out_is_reported_and_stays(session: Session) -> None:
    build_town(session)
    data = checked(households=(household("H001", head="张大山"),))
    changes = roster.preview(session, OFFICE, data)
    assert [missing.code for missing in changes.households.missing] == ["H002", "H003", "H004"]
    roster.apply(session, OFFICE, data, by=None)
    assert session.scalar(select(func.count()).select_from(Household)) == 4
    assert "刘小河（H002）" in roster.preview_text(translator("zh_CN"), data, changes)


def test_new_households_get_a_card_code_and_a_changed_one_keeps_its_own(session: Session) -> None:
    town = build_town(session)
    before = town.households["H001"].card_code
    data = checked(households=(household("N1"), household("N2"), household("H001", head="张大山二")))
    roster.apply(session, OFFICE, data, by=None)
    codes = dict(session.execute(select(Household.code, Household.card_code)).all())
    assert len(codes["N1"]) == 8
    assert codes["N1"] != codes["N2"]
    assert codes["H001"] == before


# --- pairs


def test_another_cadre_code_ends_one_pairing_and_begins_the_next(session: Session) -> None:
    build_town(session)
    roster.apply(session, OFFICE, checked(households=(household("H001", head="张大山", cadre_code="C002"),)), by=None)
    assert pairings(session, "H001") == [("C001", date(2026, 1, 5), TODAY), ("C002", TODAY, None)]


def test_those_concerned_are_told_in_one_message_each(session: Session) -> None:
    build_town(session)
    rows = (
        household("H001", head="张大山", cadre_code="C002"),
        household("H002", head="刘小河", cadre_code="C002"),
    )
    roster.apply(session, OFFICE, checked(households=rows), by=None)
    (new,) = Phone(session, OFFICE, 102).receives()
    assert "您新联系 2 户" in new.text
    assert "张大山（H001）" in new.text
    (former,) = Phone(session, OFFICE, 101).receives()
    assert "2 户" in former.text
    assert "张大山" not in former.text, "no longer theirs to read"
    (household_told,) = Phone(session, OFFICE, 401).receives()
    assert "李联系" in household_told.text
    assert "13900000102" in household_told.text
    assert Phone(session, OFFICE, 402).receives() == []


def test_open_problems_follow_the_household_to_its_new_cadre(session: Session) -> None:
    town = build_town(session)
    problem = _problem(session, town)
    roster.apply(
        session,
        OFFICE,
        checked(households=(household("H001", head="张大山", cadre_code="C002"),)),
        by=actors.actor_by_telegram_id(session, 301, language="zh_CN"),
    )
    assert session.get_one(Problem, problem.id).owner_id == town.other_cadre.id


def test_a_cadre_who_came_without_the_roster_is_replaced_like_any_other(session: Session) -> None:
    town = build_town(session)
    town.cadre.code = None
    session.flush()
    data = checked(households=(household("H001", head="张大山", cadre_code="C002"),))
    assert [pair.household_code for pair in roster.preview(session, OFFICE, data).pairs_ended] == ["H001"]
    roster.apply(session, OFFICE, data, by=None)
    assert pairings(session, "H001") == [(None, date(2026, 1, 5), TODAY), ("C002", TODAY, None)]


def test_a_household_that_has_moved_away_is_not_paired(session: Session) -> None:
    town = build_town(session)
    town.households["H004"].status = "moved"
    session.flush()
    roster.apply(session, OFFICE, checked(households=(household("H004", head="杨春花", cadre_code="C002"),)), by=None)
    assert pairings(session, "H004") == []


# --- the administrator's word


def test_a_check_is_applied_once(session: Session) -> None:
    town = build_town(session)
    admin = actor_of(session, town.admin)
    check = roster.keep_check(session, OFFICE, admin, checked(households=(household("N1"),)))
    roster.confirm(session, OFFICE, admin, check.id)
    assert session.scalar(select(func.count()).where(Household.code == "N1")) == 1
    with pytest.raises(Stale) as stale:
        roster.confirm(session, OFFICE, admin, check.id)
    assert stale.value.message_id == "administration.applied_before"
    assert session.get_one(RosterCheck, check.id).checked == {}, "people's data isn't kept twice"


def test_a_newer_check_of_the_same_person_supersedes_the_older(session: Session) -> None:
    town = build_town(session)
    admin = actor_of(session, town.admin)
    older = roster.keep_check(session, OFFICE, admin, checked(households=(household("N1"),)))
    newer = roster.keep_check(session, OFFICE, admin, checked(households=(household("N2"),)))
    with pytest.raises(Stale) as stale:
        roster.confirm(session, OFFICE, admin, older.id)
    assert stale.value.message_id == "administration.superseded"
    roster.confirm(session, OFFICE, admin, newer.id)
    assert set(session.scalars(select(Household.code))) == {"H001", "H002", "H003", "H004", "N2"}


def test_two_administrators_with_the_same_file_import_it_once(session: Session) -> None:
    town = build_town(session)
    session.add(RoleGrant(person_id=town.supervisor.id, role="admin", unit_id=town.town.id, granted_at=MONDAY_MORNING))
    first, second = actor_of(session, town.admin), actor_of(session, town.supervisor)
    data = checked(households=(household("N1", cadre_code="C001"),))
    checks = [roster.keep_check(session, OFFICE, one, data) for one in (first, second)]
    with pytest.raises(Stale):
        roster.confirm(session, OFFICE, second, checks[0].id)
    assert not roster.confirm(session, OFFICE, first, checks[0].id).is_empty
    assert roster.confirm(session, OFFICE, second, checks[1].id).is_empty, "compared anew at that moment"
    assert pairings(session, "N1") == [("C001", TODAY, None)]


@pytest.mark.parametrize(
    "data",
    [
        checked(households=(household("H003", "G2", head="改名"),)),
        checked(households=(household("H003", "G1", head="陈长林"),)),
        checked(households=(household("N1", "G2"),)),
        checked(households=(household("H003", "G2", head="陈长林", cadre_code="C001"),)),
        checked(cadres=(cadre("C002", "V2", name="李联系", roles=(RosterRole.ADMIN,)),)),
        checked(cadres=(cadre("A001", "T", name="孙管理", roles=(RosterRole.SUPERVISOR,)),)),
        checked(units=units(("V2", "西村", "V1", UnitKind.VILLAGE))),
        checked(units=units(("V1", "东村", "V2", UnitKind.VILLAGE))),
        checked(units=units(("X", "外镇", None, UnitKind.TOWN))),
    ],
    ids=[
        "foreign",
        "pulled in",
        "added outside",
        "pair outside",
        "role outside",
        "own role above",
        "unit pulled in",
        "own unit away",
        "root",
    ],
)
def test_an_administrator_of_one_village_touches_nothing_outside(session: Session, data: CheckedRoster) -> None:
    town = build_town(session)
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.admin.id)).one().unit_id = town.east.id
    admin = actor_of(session, town.admin)
    check = roster.keep_check(session, OFFICE, admin, data)
    before = everything(session)
    with pytest.raises(Conflict) as refused:
        roster.confirm(session, OFFICE, admin, check.id)
    assert refused.value.message_id == "administration.outside"
    assert everything(session) == before


def test_within_the_own_village_the_administrator_may_do_all_of_it(session: Session) -> None:
    town = build_town(session)
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.admin.id)).one().unit_id = town.east.id
    admin = actor_of(session, town.admin)
    data = checked(
        units=units(("T", "云溪镇", None, UnitKind.TOWN), ("G9", "东九组", "V1", UnitKind.GROUP)),
        cadres=(cadre("C009", "V1", roles=(RosterRole.CADRE,)),),
        households=(household("N1", "G9", cadre_code="C009"), household("H003", "G2", head="陈长林")),
    )
    check = roster.keep_check(session, OFFICE, admin, data)
    roster.confirm(session, OFFICE, admin, check.id)
    assert pairings(session, "N1") == [("C009", TODAY, None)]


# --- in words


def test_the_preview_shows_changes_with_masked_numbers_in_both_languages(session: Session) -> None:
    build_town(session)
    data = checked(
        cadres=(cadre("C001", name="王联系", phone="13911112222", roles=(RosterRole.SUPERVISOR,)),),
        households=(household("H001", head="张大山", tier=Tier.GREEN, cadre_code="C002"),),
    )
    changes = roster.preview(session, OFFICE, data)
    chinese = roster.preview_text(translator("zh_CN"), data, changes)
    assert "139****0101 → 139****2222" in chinese
    assert "13911112222" not in chinese
    assert "重点 → 一般" in chinese
    assert "张大山（H001）的联系干部：王联系（C001）→ 李联系（C002）" in chinese
    assert "王联系：联系干部" in chinese
    assert "<" not in chinese
    english = roster.preview_text(translator("en"), data, changes)
    assert "Pairings: 1 begin, 1 end" in english
    assert "Cadre of 张大山 (H001): 王联系 (C001) → 李联系 (C002)" in english


def test_all_findings_are_listed_for_the_command_line(session: Session) -> None:
    findings = tuple(Finding(Level.ERROR, "农户", row, "户主", "roster.error.missing") for row in range(2, 42))
    data = CheckedRoster(Roster(), findings)
    text = roster.findings_text(translator("zh_CN"), data)
    assert text.count("\n") == 39
    assert "农户 第 41 行“户主”：不能为空。" in text
    assert "发现 40 处错误" in roster.preview_text(translator("zh_CN"), data, roster.preview(session, OFFICE, data))
    assert replace(data, findings=()).errors == ()


def _problem(session: Session, town: Town) -> Problem:
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
    return problem
