"""Households as rows, each new one with a card code of its own."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.households import Household
from models.queries import roster as rows
from models.session import Session
from services.office import Office
from services.roster.stored import Stored
from services.rules.card_codes import new_card_code
from services.rules.roster.changes import SheetChanges
from services.rules.roster.values import HouseholdRow

OPTIONAL = ("address", "phone", "population", "tier", "hardship_cause", "notes")


def write_households(
    session: Session, office: Office, changes: SheetChanges[HouseholdRow], stored: Stored, units: Mapping[str, int]
) -> dict[str, int]:
    """All households' ids by code."""
    codes = _fresh_card_codes(rows.card_codes(session)) if changes.added else iter(())
    added = [
        _values(row, units)
        | {"code": row.code, "card_code": next(codes), "status": "active", "created_at": office.now()}
        for row in changes.added
    ]
    ids = stored.household_ids | rows.add_households(session, added)
    changed = [{"id": ids[one.row.code]} | _kept(one.row, stored, units) for one in changes.changed]
    rows.change(session, Household, changed)
    return ids


def _values(row: HouseholdRow, units: Mapping[str, int]) -> dict[str, Any]:
    """Column → value; None where the cell is empty."""
    return {"head": row.head, "unit_id": units[row.unit_code]} | {name: getattr(row, name) for name in OPTIONAL}


def _kept(row: HouseholdRow, stored: Stored, units: Mapping[str, int]) -> dict[str, Any]:
    """Every column of the sheet, so that all rows are one statement; an empty cell keeps what is stored."""
    before = stored.state.households[row.code]
    return {name: getattr(before, name) if value is None else value for name, value in _values(row, units).items()}


def _fresh_card_codes(taken: set[str]) -> Iterator[str]:
    while True:
        code = new_card_code()
        if code not in taken:
            taken.add(code)
            yield code
