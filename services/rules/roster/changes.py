"""What is stored and what a roster would change of it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.rules.policy import Tier
from services.rules.roster.values import CadreRow, HouseholdRow, KnownCodes, RosterRole, UnitKind, UnitRow

Value = str | int | bool | tuple[str, ...] | None  # enums among them are strings
Row = TypeVar("Row")


@dataclass(frozen=True)
class CurrentUnit:
    """The fields of the three Current… have the names that they have in the roster's rows."""

    code: str
    name: str
    parent_code: str | None
    kind: UnitKind


@dataclass(frozen=True)
class CurrentCadre:
    code: str
    name: str
    unit_code: str
    post: str | None = None
    phone: str | None = None
    roles: tuple[RosterRole, ...] = ()
    max_households: int | None = None
    active: bool = True
    erased: bool = False


@dataclass(frozen=True)
class CurrentHousehold:
    """`cadre_code` is the active primary cadre's; `in_roster` is False for 迁出 and 销户."""

    code: str
    head: str
    unit_code: str
    address: str | None = None
    phone: str | None = None
    population: int | None = None
    tier: Tier = Tier.GREEN
    cadre_code: str | None = None
    hardship_cause: str | None = None
    notes: str | None = None
    in_roster: bool = True
    erased: bool = False


@dataclass(frozen=True)
class CurrentState:
    """What the database holds, by code."""

    units: Mapping[str, CurrentUnit] = field(default_factory=dict)
    cadres: Mapping[str, CurrentCadre] = field(default_factory=dict)
    households: Mapping[str, CurrentHousehold] = field(default_factory=dict)

    @property
    def known(self) -> KnownCodes:
        """What a roster may refer to; nobody is paired with a cadre who has left."""
        return KnownCodes(
            units=frozenset(self.units),
            cadres=frozenset(code for code, cadre in self.cadres.items() if cadre.active),
            households=frozenset(self.households),
            unit_parents={code: unit.parent_code for code, unit in self.units.items() if unit.parent_code},
        )


@dataclass(frozen=True)
class FieldChange:
    field: str
    old: Value
    new: Value


@dataclass(frozen=True)
class Changed(Generic[Row]):
    row: Row
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Missing:
    """Stored, but not in a file that has the sheet; reported, never removed."""

    code: str
    name: str


@dataclass(frozen=True)
class SheetChanges(Generic[Row]):
    added: tuple[Row, ...] = ()
    changed: tuple[Changed[Row], ...] = ()
    unchanged: tuple[str, ...] = ()  # codes
    missing: tuple[Missing, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.added and not self.changed


@dataclass(frozen=True)
class Pair:
    household_code: str
    cadre_code: str


@dataclass(frozen=True)
class RosterChanges:
    """`units.added` has parents before children; of `pairs_ended` and `pairs_begun`, end first, then begin."""

    units: SheetChanges[UnitRow]
    cadres: SheetChanges[CadreRow]
    households: SheetChanges[HouseholdRow]
    pairs_begun: tuple[Pair, ...] = ()
    pairs_ended: tuple[Pair, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Importing would change nothing (there may be something missing to report)."""
        sheets_empty = self.units.is_empty and self.cadres.is_empty and self.households.is_empty
        return sheets_empty and not self.pairs_begun and not self.pairs_ended
