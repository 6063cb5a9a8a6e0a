"""A checked roster against what is stored: what importing it would do, and nothing more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from services.rules.policy import Tier
from services.rules.roster.changes import (
    Changed,
    CurrentCadre,
    CurrentHousehold,
    CurrentState,
    CurrentUnit,
    FieldChange,
    Missing,
    Pair,
    RosterChanges,
    SheetChanges,
)
from services.rules.roster.values import CadreRow, HouseholdRow, Roster, RosterRole, UnitRow

RowT = TypeVar("RowT", UnitRow, CadreRow, HouseholdRow)
Current = CurrentUnit | CurrentCadre | CurrentHousehold

UNIT_FIELDS = ("name", "parent_code", "kind")
CADRE_FIELDS = ("name", "unit_code", "post", "phone", "roles", "max_households")
HOUSEHOLD_FIELDS = ("head", "unit_code", "address", "phone", "population", "tier", "hardship_cause", "notes")


def diff_roster(roster: Roster, current: CurrentState) -> RosterChanges:
    """For a roster without errors. A sheet that the file doesn't hold has nothing missing."""
    units = _compared(roster.units, current.units, UNIT_FIELDS)
    cadres = _compared(roster.cadres, current.cadres, CADRE_FIELDS)
    households = _compared(roster.households, current.households, HOUSEHOLD_FIELDS)
    begun, ended = _pairs(roster.households, current.households)
    return RosterChanges(
        units=replace(units, added=parents_first(units.added)),
        cadres=replace(cadres, added=tuple(map(_with_cadre_defaults, cadres.added))),
        households=replace(households, added=tuple(map(_with_household_defaults, households.added))),
        pairs_begun=begun,
        pairs_ended=ended,
    )


def parents_first(units: Iterable[UnitRow]) -> tuple[UnitRow, ...]:
    """Else in the order of the file; without recursion, for the tree may be deep."""
    waiting = {unit.code: unit for unit in units}
    ordered: list[UnitRow] = []
    while waiting:
        path = [next(iter(waiting.values()))]
        while (parent := waiting.get(path[-1].parent_code or "")) and len(path) <= len(waiting):
            path.append(parent)
        for unit in reversed(path):
            if waiting.pop(unit.code, None):
                ordered.append(unit)
    return tuple(ordered)


def _compared(rows: Sequence[RowT], current: Mapping[str, Current], fields: Sequence[str]) -> SheetChanges[RowT]:
    added: list[RowT] = []
    changed: list[Changed[RowT]] = []
    unchanged: list[str] = []
    for row in rows:
        stored = current.get(row.code)
        if stored is None:
            added.append(row)
        elif differences := _differences(row, stored, fields):
            changed.append(Changed(row, differences))
        else:
            unchanged.append(row.code)
    return SheetChanges(tuple(added), tuple(changed), tuple(unchanged), _missing(rows, current))


def _differences(
    row: UnitRow | CadreRow | HouseholdRow, stored: Current, fields: Sequence[str]
) -> tuple[FieldChange, ...]:
    pairs = ((field, getattr(stored, field), getattr(row, field)) for field in fields)
    changes = [FieldChange(field, old, new) for field, old, new in pairs if new is not None and new != old]
    if isinstance(stored, CurrentCadre) and not stored.active:
        changes.append(FieldChange("active", old=False, new=True))
    return tuple(changes)


def _missing(rows: Sequence[RowT], current: Mapping[str, Current]) -> tuple[Missing, ...]:
    if not rows:
        return ()
    there = {row.code for row in rows}
    expected = (stored for code, stored in current.items() if code not in there and _is_expected(stored))
    return tuple(Missing(stored.code, _name(stored)) for stored in expected)


def _is_expected(stored: Current) -> bool:
    match stored:
        case CurrentCadre():
            return stored.active
        case CurrentHousehold():
            return stored.in_roster
        case CurrentUnit():
            return True


def _name(stored: Current) -> str:
    return stored.head if isinstance(stored, CurrentHousehold) else stored.name


def _pairs(
    rows: Iterable[HouseholdRow], current: Mapping[str, CurrentHousehold]
) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """Begun, ended. An empty cell keeps the pair, the same cadre too; who has moved away isn't paired."""
    begun: list[Pair] = []
    ended: list[Pair] = []
    for row in rows:
        stored = current.get(row.code)
        before = stored.cadre_code if stored else None
        if row.cadre_code is None or row.cadre_code == before or (stored and not stored.in_roster):
            continue
        begun.append(Pair(row.code, row.cadre_code))
        if before is not None:
            ended.append(Pair(row.code, before))
    return tuple(begun), tuple(ended)


def _with_cadre_defaults(row: CadreRow) -> CadreRow:
    return replace(row, roles=row.roles or (RosterRole.CADRE,))


def _with_household_defaults(row: HouseholdRow) -> HouseholdRow:
    return replace(row, tier=row.tier or Tier.GREEN)
