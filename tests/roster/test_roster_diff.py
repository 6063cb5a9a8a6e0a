"""What importing a roster would do: exact, repeatable, and never a removal."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.rules.policy import Tier
from services.rules.roster.changes import (
    CurrentCadre,
    CurrentHousehold,
    CurrentState,
    CurrentUnit,
    FieldChange,
    Missing,
    Pair,
    RosterChanges,
)
from services.rules.roster.checking import check_roster
from services.rules.roster.differing import diff_roster, parents_first
from services.rules.roster.stored import from_json, to_json
from services.rules.roster.values import (
    CadreRow,
    HouseholdRow,
    KnownCodes,
    Roster,
    RosterRole,
    UnitKind,
    UnitRow,
)
from tests.roster.rosters import (
    CADRES,
    HOUSEHOLD_HEADER,
    HOUSEHOLDS,
    UNITS,
    checked,
    checked_rows,
    delimited,
    errors,
    xlsx,
)

EMPTY = CurrentState()


def apply_to_state(changes: RosterChanges, state: CurrentState) -> CurrentState:
    """What the importer does to the database, on values."""
    cadre_of = {code: stored.cadre_code for code, stored in state.households.items()}
    cadre_of |= {pair.household_code: None for pair in changes.pairs_ended}
    cadre_of |= {pair.household_code: pair.cadre_code for pair in changes.pairs_begun}
    households = _applied(changes.households, state.households, CurrentHousehold)
    return CurrentState(
        _applied(changes.units, state.units, CurrentUnit),
        _applied(changes.cadres, state.cadres, CurrentCadre),
        {code: replace(household, cadre_code=cadre_of.get(code)) for code, household in households.items()},
    )


def _applied(changes: Any, stored: Mapping[str, Any], current: type) -> dict[str, Any]:
    after = dict(stored)
    for row in changes.added:
        fields = {name: value for name, value in asdict(row).items() if name not in ("sheet", "row")}
        after[row.code] = current(**fields)
    for changed in changes.changed:
        new = {change.field: change.new for change in changed.fields}
        after[changed.row.code] = replace(after[changed.row.code], **new)
    return after


def imported(roster: Roster, state: CurrentState = EMPTY) -> CurrentState:
    return apply_to_state(diff_roster(roster, state), state)


def roster_with(**fields: Any) -> Roster:
    """The small roster with other fields in its first household."""
    roster = checked().roster
    first, *others = roster.households
    return replace(roster, households=(replace(first, **fields), *others))


def test_an_empty_database_gets_everything() -> None:
    changes = diff_roster(checked().roster, EMPTY)
    assert [row.code for row in changes.units.added] == ["01", "0101"]
    assert [row.code for row in changes.cadres.added] == ["G1", "G2"]
    assert [row.code for row in changes.households.added] == ["H1", "H2"]
    assert changes.pairs_begun == (Pair("H1", "G1"),)
    assert changes.pairs_ended == ()


def test_the_same_file_again_changes_nothing() -> None:
    changes = diff_roster(checked().roster, imported(checked().roster))
    assert changes.is_empty
    assert changes.households.unchanged == ("H1", "H2")
    assert changes.households.missing == ()


def test_a_changed_field_is_named_with_its_old_and_new_value() -> None:
    changes = diff_roster(roster_with(tier=Tier.GREEN, population=5), imported(checked().roster))
    (changed,) = changes.households.changed
    assert changed.fields == (FieldChange("population", 3, 5), FieldChange("tier", Tier.RED, Tier.GREEN))
    assert changes.units.is_empty
    assert changes.cadres.is_empty


def test_an_empty_optional_cell_keeps_the_old_value() -> None:
    emptied = roster_with(
        address=None, phone=None, population=None, tier=None, cadre_code=None, hardship_cause=None, notes=None
    )
    assert diff_roster(emptied, imported(checked().roster)).is_empty


def test_another_cadre_ends_one_pairing_and_begins_the_next() -> None:
    changes = diff_roster(roster_with(cadre_code="G2"), imported(checked().roster))
    assert (changes.pairs_ended, changes.pairs_begun) == ((Pair("H1", "G1"),), (Pair("H1", "G2"),))
    assert changes.households.is_empty


def test_a_pairing_that_the_file_does_not_name_stays() -> None:
    state = imported(roster_with(cadre_code="G2"))
    assert diff_roster(roster_with(cadre_code=None), state).pairs_ended == ()


def test_a_household_that_has_moved_away_is_neither_paired_nor_missed() -> None:
    state = imported(checked().roster)
    gone = replace(state.households["H1"], in_roster=False, cadre_code=None)
    state = replace(state, households={**state.households, "H1": gone})
    assert diff_roster(checked().roster, state).pairs_begun == ()
    without = replace(checked().roster, households=checked().roster.households[1:])
    assert diff_roster(without, state).households.missing == ()


def test_a_cadre_who_had_left_and_is_in_the_file_again_comes_back() -> None:
    state = imported(checked().roster)
    left = replace(state, cadres={**state.cadres, "G2": replace(state.cadres["G2"], active=False)})
    changes = diff_roster(checked().roster, left)
    assert changes.cadres.changed[0].fields == (FieldChange("active", False, True),)
    assert imported(checked().roster, left) == state


def test_nobody_can_be_paired_with_a_cadre_who_has_left() -> None:
    state = imported(checked().roster)
    left = replace(state, cadres={**state.cadres, "G1": replace(state.cadres["G1"], active=False)})
    assert errors(checked_rows(HOUSEHOLDS, left.known)) == [("表", 2, "联系干部编码", "unknown_cadre")]
    assert checked_rows(HOUSEHOLDS, state.known).findings == ()


def test_what_a_newer_file_lacks_is_reported_and_not_removed() -> None:
    state = imported(checked().roster)
    shorter = Roster(*(rows[:1] for rows in (checked().roster.units, checked().roster.cadres)), ())
    changes = diff_roster(shorter, state)
    assert changes.units.missing == (Missing("0101", "东桥村"),)
    assert changes.cadres.missing == (Missing("G2", "李永林"),)
    assert changes.is_empty
    assert imported(shorter, state) == state


def test_a_sheet_that_is_not_in_the_file_has_nothing_missing() -> None:
    only_units = replace(checked().roster, cadres=(), households=())
    changes = diff_roster(only_units, imported(checked().roster))
    assert (changes.cadres.missing, changes.households.missing) == ((), ())


def test_new_cadres_and_households_get_the_defaults_and_stored_ones_keep_theirs() -> None:
    bare = Roster((), (CadreRow("干部", 2, "G1", "甲", "01"),), (HouseholdRow("农户", 2, "H1", "乙", "01"),))
    changes = diff_roster(bare, EMPTY)
    assert changes.cadres.added[0].roles == (RosterRole.CADRE,)
    assert changes.households.added[0].tier is Tier.GREEN
    assert diff_roster(bare, imported(checked().roster)).cadres.changed[0].fields == (
        FieldChange("name", "王春山", "甲"),
        FieldChange("unit_code", "0101", "01"),
    )


def test_new_units_come_parents_first_however_the_file_orders_them() -> None:
    rows = [
        UnitRow("单位", number, code, code, parent, UnitKind.GROUP)
        for number, (code, parent) in enumerate([("c", "b"), ("x", None), ("b", "a"), ("d", "b"), ("a", "stored")])
    ]
    assert [unit.code for unit in parents_first(rows)] == ["a", "b", "c", "x", "d"]


def test_a_very_deep_tree_is_ordered_too() -> None:
    rows = [UnitRow("单位", 1, str(number), "组", str(number + 1), UnitKind.GROUP) for number in range(20_000)]
    assert [unit.code for unit in parents_first(rows)] == [str(number) for number in reversed(range(20_000))]


def test_json_brings_a_checked_roster_back_whole() -> None:
    result = checked(households=[*HOUSEHOLDS, ["", "无编码", "9", "", "1", -1, "蓝"]])
    assert from_json(to_json(result)) == result


# Round trip: what stands in a roster is what is read, by either kind of file, and importing it twice changes nothing.

TEXT = st.text(st.characters(whitelist_categories=["Lo", "Nd"]), min_size=1, max_size=20)
CODE = st.text("0123456789ABC-", min_size=1, max_size=12).filter(lambda code: not set(code) <= {"-"})
HOUSEHOLD = st.fixed_dictionaries(
    {
        "户编码": CODE,
        "户主": TEXT,
        "单位编码": st.sampled_from(["01", "0101"]),
        "地址": st.one_of(st.just(""), TEXT),
        "电话": st.one_of(st.just(""), st.integers(0, 99_999_999).map(lambda number: f"139{number:08}")),
        "人口": st.one_of(st.just(""), st.integers(0, 20)),
        "类别": st.sampled_from(["", "红", "关注", "绿"]),
        "联系干部编码": st.sampled_from(["", "G1", "G2"]),
        "困难原因": st.one_of(st.just(""), TEXT),
        "备注": st.one_of(st.just(""), TEXT),
    }
)


@given(
    st.lists(HOUSEHOLD, max_size=8, unique_by=lambda row: row["户编码"].lstrip("0")), st.sampled_from([",", ";", "\t"])
)
def test_what_is_written_is_what_is_read_and_importing_twice_changes_nothing(
    written: list[dict[str, str | int]], separator: str
) -> None:
    rows = [HOUSEHOLD_HEADER, *([row[column] for column in HOUSEHOLD_HEADER] for row in written)]
    workbook = check_roster([("a.xlsx", xlsx(单位=UNITS, 干部=CADRES, 农户=rows))], KnownCodes())
    files = {"单位": UNITS, "干部": CADRES, "农户": rows}
    csv_files = [(f"{name}.csv", delimited(table, separator)) for name, table in files.items()]
    assert workbook.errors == ()
    assert check_roster(csv_files, KnownCodes()) == workbook
    for read, row in zip(workbook.roster.households, written, strict=True):
        assert (read.code, read.head, read.unit_code) == (row["户编码"], row["户主"], row["单位编码"])
        assert (read.address or "", read.phone or "", read.notes or "") == (row["地址"], row["电话"], row["备注"])
        assert (read.population if read.population is not None else "") == row["人口"]
    state = imported(workbook.roster)
    assert diff_roster(workbook.roster, state).is_empty
    assert imported(workbook.roster, state) == state
