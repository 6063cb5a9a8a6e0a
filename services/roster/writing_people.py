"""People of the roster as rows, and the roles that they hold for their unit."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.actor import Actor
from models.people import Person
from models.queries import roster as rows
from models.queries.roster import GrantRow
from models.session import Session
from services import audit
from services.office import Office
from services.roster.stored import Stored
from services.rules.roster.changes import SheetChanges
from services.rules.roster.values import CadreRow

Ids = Mapping[str, int]
Changes = SheetChanges[CadreRow]
Grant = tuple[int, str, int]  # person, role, unit


def write_people(session: Session, office: Office, changes: Changes, stored: Stored, units: Ids) -> dict[str, int]:
    """Everybody's id by code."""
    added = [
        _values(row, units) | {"code": row.code, "is_active": True, "created_at": office.now()} for row in changes.added
    ]
    ids = stored.person_ids | rows.add_persons(session, added)
    changed = [{"id": ids[one.row.code]} | _kept(one.row, stored, units) for one in changes.changed]
    rows.change(session, Person, changed)
    return ids


def write_grants(
    session: Session,
    office: Office,
    changes: Changes,
    stored: Stored,
    units: Ids,
    people: Ids,
    *,
    by: Actor | None,
) -> None:
    """A role that the file names is held for the person's unit; whoever changes units takes the own roles along."""
    now = office.now()
    granted: set[Grant] = {
        (people[row.code], role, units[row.unit_code]) for row in changes.added for role in row.roles or ()
    }
    left: list[GrantRow] = []
    for row in (one.row for one in changes.changed):
        leaving = _leaving(row, stored, units, people)
        staying = [grant for grant in stored.grants[people[row.code]] if grant not in leaving]
        wanted = {(people[row.code], role, units[row.unit_code]) for role in _roles(row, stored, leaving)}
        granted |= wanted - {(grant.person_id, grant.role, grant.unit_id) for grant in staying}
        left += leaving
    rows.revoke_grants(session, (grant.id for grant in left), at=now)
    rows.add_grants(
        session,
        [
            {"person_id": person_id, "role": role, "unit_id": unit_id, "granted_at": now}
            for person_id, role, unit_id in sorted(granted)
        ],
    )
    revoked = [(grant.person_id, grant.role, grant.unit_id) for grant in left]
    for act, grants in (("role_revoked", revoked), ("role_granted", sorted(granted))):
        of_each = [(person_id, audit.Facts(role=role, unit=unit_id)) for person_id, role, unit_id in grants]
        audit.record_each(session, office, by, act, "person", of_each)


def _values(row: CadreRow, units: Ids) -> dict[str, Any]:
    """Column → value; None where the cell is empty."""
    return {
        "name": row.name,
        "unit_id": units[row.unit_code],
        "post": row.post,
        "phone": row.phone,
        "max_households": row.max_households,
    }


def _kept(row: CadreRow, stored: Stored, units: Ids) -> dict[str, Any]:
    """Every column of the sheet, so that all rows are one statement; an empty cell keeps what is stored."""
    person = stored.state.cadres[row.code]
    before = {"post": person.post, "phone": person.phone, "max_households": person.max_households}
    return {name: before.get(name) if value is None else value for name, value in _values(row, units).items()}


def _leaving(row: CadreRow, stored: Stored, units: Ids, people: Ids) -> list[GrantRow]:
    """The roles held for the unit that the person leaves."""
    before = stored.state.cadres[row.code].unit_code
    if before in ("", row.unit_code):
        return []
    return [grant for grant in stored.grants[people[row.code]] if grant.unit_id == units[before]]


def _roles(row: CadreRow, stored: Stored, leaving: list[GrantRow]) -> Iterator[str]:
    held = stored.state.cadres[row.code].roles
    yield from (role.value for role in row.roles or () if role not in held)
    yield from (grant.role for grant in leaving)
