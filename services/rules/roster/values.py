"""The values that pass between reading, checking, comparing and storing a roster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from services.rules.policy import Tier

Cell = str | int | float | bool | date | datetime | time | timedelta
Param = str | int
Params = Mapping[str, Param]
File = tuple[str, bytes]


class UnitKind(StrEnum):
    """类型 of a unit."""

    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"
    GROUP = "group"
    DEPARTMENT = "department"


class RosterRole(StrEnum):
    """角色 in the workbook, in the order in which they are kept."""

    CADRE = "cadre"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class SheetKind(StrEnum):
    """The three sheets of the workbook, in the order in which they build on one another."""

    UNITS = "units"
    CADRES = "cadres"
    HOUSEHOLDS = "households"


class Level(StrEnum):
    """An error stops the import, a doubt is only shown."""

    ERROR = "error"
    DOUBT = "doubt"


class Unreadable(Exception):
    """The files can't be checked at all; `reason` is a message id with `params`."""

    def __init__(self, reason: str, params: Params | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params: Params = dict(params or {})


@dataclass(frozen=True)
class Table:
    """One sheet or one .csv file; `first_row_number` is what a spreadsheet shows beside `rows[0]`."""

    name: str
    rows: Sequence[Sequence[Cell]]
    first_row_number: int = 1
    hidden: bool = False


@dataclass(frozen=True)
class Finding:
    """One remark; `row` and `column` (the header as the file has it) are None where it is about a whole sheet."""

    level: Level
    sheet: str
    row: int | None
    column: str | None
    message_id: str
    params: Params = field(default_factory=dict)

    @property
    def frame_id(self) -> str:
        """The message that says where; its {problem} is `message_id` in words."""
        if self.row is None:
            return "roster.finding.at_sheet" if self.sheet else "roster.finding.anywhere"
        return "roster.finding.at" if self.column else "roster.finding.at_row"


@dataclass(frozen=True)
class UnitRow:
    """None in an optional field: the cell is empty, the stored value stays."""

    sheet: str
    row: int
    code: str
    name: str
    parent_code: str | None = None
    kind: UnitKind | None = None


@dataclass(frozen=True)
class CadreRow:
    sheet: str
    row: int
    code: str
    name: str
    unit_code: str
    post: str | None = None
    phone: str | None = None
    roles: tuple[RosterRole, ...] | None = None
    max_households: int | None = None


@dataclass(frozen=True)
class HouseholdRow:
    sheet: str
    row: int
    code: str
    head: str
    unit_code: str
    address: str | None = None
    phone: str | None = None
    population: int | None = None
    tier: Tier | None = None
    cadre_code: str | None = None
    hardship_cause: str | None = None
    notes: str | None = None


@dataclass(frozen=True)
class Roster:
    """Only rows without an error of their own; in the order of the file."""

    units: tuple[UnitRow, ...] = ()
    cadres: tuple[CadreRow, ...] = ()
    households: tuple[HouseholdRow, ...] = ()


@dataclass(frozen=True)
class KnownCodes:
    """What the database knows; `unit_parents` (code → parent's code) shows a cycle through stored units."""

    units: frozenset[str] = frozenset()
    cadres: frozenset[str] = frozenset()
    households: frozenset[str] = frozenset()
    unit_parents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckedRoster:
    roster: Roster
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)

    @property
    def doubts(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level is Level.DOUBT)
