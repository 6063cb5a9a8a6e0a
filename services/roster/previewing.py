"""What importing a checked roster would do to what is stored now."""

from dataclasses import dataclass, replace

from models.session import Session
from services.office import Office
from services.roster.stored import Stored, read_stored
from services.rules.roster.changes import CurrentCadre, RosterChanges
from services.rules.roster.differing import diff_roster
from services.rules.roster.erased import NOBODY, Erased, leave_out_erased
from services.rules.roster.values import CadreRow, CheckedRoster, Roster, RosterRole


@dataclass(frozen=True)
class RolesKept:
    """Roles that the file no longer names. They stay: only an administrator takes a role away, in the settings."""

    code: str
    name: str
    roles: tuple[RosterRole, ...]


@dataclass(frozen=True)
class Handover:
    """A household that goes from one cadre to another; the names are those that the file brings, else the stored."""

    head: str
    household_code: str
    old: str
    old_code: str
    new: str
    new_code: str


@dataclass(frozen=True)
class Plan(RosterChanges):
    """The changes, with names to recognise them by, and what the import leaves as it is though the file differs."""

    roles_kept: tuple[RolesKept, ...] = ()
    handovers: tuple[Handover, ...] = ()
    erased: Erased = NOBODY


def preview(session: Session, _office: Office, checked: CheckedRoster) -> Plan:
    """Changes nothing; for a roster without errors."""
    return plan(checked.roster, read_stored(session))


def plan(roster: Roster, stored: Stored) -> Plan:
    roster, erased = leave_out_erased(roster, stored.state)
    cadres, kept = _with_roles_kept(roster, stored)
    changes = diff_roster(replace(roster, cadres=cadres), stored.state)
    return Plan(
        changes.units,
        changes.cadres,
        changes.households,
        changes.pairs_begun,
        changes.pairs_ended,
        roles_kept=kept,
        handovers=_handovers(roster, stored, changes),
        erased=erased,
    )


def _handovers(roster: Roster, stored: Stored, changes: RosterChanges) -> tuple[Handover, ...]:
    heads = {one.code: one.head for one in roster.households}
    names = {code: one.name for code, one in stored.state.cadres.items()} | {
        one.code: one.name for one in roster.cadres
    }
    successors = {pair.household_code: pair.cadre_code for pair in changes.pairs_begun}
    return tuple(
        Handover(heads[household], household, names.get(old, "—"), old, names[new], new)
        for household, old, new in (
            (pair.household_code, pair.cadre_code, successors[pair.household_code]) for pair in changes.pairs_ended
        )
    )


def _with_roles_kept(roster: Roster, stored: Stored) -> tuple[tuple[CadreRow, ...], tuple[RolesKept, ...]]:
    """Each row with the roles that the person holds besides, so that they count as unchanged."""
    rows, kept = [], []
    for row in roster.cadres:
        unnamed = _unnamed(row, stored.state.cadres.get(row.code))
        if unnamed:
            kept.append(RolesKept(row.code, row.name, unnamed))
        held = {*(row.roles or ()), *unnamed}
        rows.append(replace(row, roles=tuple(role for role in RosterRole if role in held) or None))
    return tuple(rows), tuple(kept)


def _unnamed(row: CadreRow, person: CurrentCadre | None) -> tuple[RosterRole, ...]:
    if person is None or row.roles is None:
        return ()
    return tuple(role for role in person.roles if role not in row.roles)
