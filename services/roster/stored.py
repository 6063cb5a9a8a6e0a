"""What the database holds, in the form in which a roster is compared with it, and the ids behind the codes."""

from collections import defaultdict
from dataclasses import dataclass

from models.queries import roster as rows
from models.queries import units as unit_rows
from models.queries.roster import GrantRow
from models.session import Session
from services.rules.policy import Tier
from services.rules.roster.changes import CurrentCadre, CurrentHousehold, CurrentState, CurrentUnit
from services.rules.roster.values import KnownCodes, RosterRole, UnitKind
from services.rules.visits import GONE


@dataclass(frozen=True)
class Stored:
    """`grants` are the active roles of each person by id."""

    state: CurrentState
    unit_ids: dict[str, int]
    person_ids: dict[str, int]
    household_ids: dict[str, int]
    grants: dict[int, list[GrantRow]]


def known_codes(session: Session) -> KnownCodes:
    """What the check of a file needs to know."""
    units = unit_rows.tree(session)
    parents = {unit.code: units[unit.parent_id].code for unit in units.values() if unit.parent_id}
    persons, households = rows.codes(session)
    return KnownCodes(frozenset(unit.code for unit in units.values()), persons, households, parents)


def read_stored(session: Session) -> Stored:
    """The whole roster, in half a dozen statements whatever its size."""
    units = unit_rows.tree(session)
    unit_codes = {unit.id: unit.code for unit in units.values()}
    persons, households, primaries = rows.persons(session), rows.households(session), rows.primaries(session)
    grants = _by_person(rows.grants(session))
    cadre_codes = {one.household_id: one.cadre_code or _stand_in_code(one.cadre_id) for one in primaries}
    state = CurrentState(
        units={
            one.code: CurrentUnit(one.code, one.name, unit_codes.get(one.parent_id or 0), UnitKind(one.kind))
            for one in units.values()
        },
        cadres={one.code: _cadre(one, unit_codes, grants[one.id]) for one in persons},
        households={one.code: _household(one, unit_codes[one.unit_id], cadre_codes.get(one.id)) for one in households},
    )
    person_ids = {one.code: one.id for one in persons}
    person_ids |= {_stand_in_code(one.cadre_id): one.cadre_id for one in primaries if one.cadre_code is None}
    return Stored(
        state,
        unit_ids={code: unit_id for unit_id, code in unit_codes.items()},
        person_ids=person_ids,
        household_ids={one.code: one.id for one in households},
        grants=grants,
    )


def _stand_in_code(person_id: int) -> str:
    """For a cadre who came in without the roster and hence has no code."""
    return f"#{person_id}"


def _by_person(grants: list[GrantRow]) -> dict[int, list[GrantRow]]:
    found: dict[int, list[GrantRow]] = defaultdict(list)
    for grant in grants:
        found[grant.person_id].append(grant)
    return found


def _cadre(row: rows.PersonRow, unit_codes: dict[int, str], grants: list[GrantRow]) -> CurrentCadre:
    held = {grant.role for grant in grants}
    return CurrentCadre(
        row.code,
        row.name,
        unit_codes.get(row.unit_id or 0, ""),
        row.post,
        row.phone,
        tuple(role for role in RosterRole if role in held),
        row.max_households,
        row.is_active,
        erased=row.erased_at is not None,
    )


def _household(row: rows.HouseholdRow, unit_code: str, cadre_code: str | None) -> CurrentHousehold:
    return CurrentHousehold(
        row.code,
        row.head,
        unit_code,
        row.address,
        row.phone,
        row.population,
        Tier(row.tier),
        cadre_code,
        row.hardship_cause,
        row.notes,
        in_roster=row.status not in GONE,
        erased=row.erased_at is not None,
    )
