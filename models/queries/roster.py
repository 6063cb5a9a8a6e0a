"""The whole roster at once: read for comparing, written in bulk. Only the import uses it; nothing here is scoped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, insert, select, type_coerce, update
from sqlalchemy.orm import Session

from models.households import Household, Pairing
from models.people import Person, RoleGrant, Unit
from models.sealing import of_row, take_ids
from models.supervision import RosterCheck

_CODE = type_coerce(Person.code, String(64))  # as text that is there: only rows with a code are read
Values = Mapping[str, Any]  # column → value: what a row of a table is made of


@dataclass(frozen=True)
class PersonRow:
    id: int
    name: str
    unit_id: int | None
    post: str | None
    phone: str | None
    max_households: int | None
    is_active: bool
    code: str
    erased_at: datetime | None


@dataclass(frozen=True)
class GrantRow:
    id: int
    person_id: int
    role: str
    unit_id: int


@dataclass(frozen=True)
class HouseholdRow:
    id: int
    code: str
    head: str
    unit_id: int
    address: str | None
    phone: str | None
    population: int | None
    tier: str
    status: str
    hardship_cause: str | None
    notes: str | None
    erased_at: datetime | None


@dataclass(frozen=True)
class PrimaryRow:
    """An active primary pairing. A cadre who came in without the roster has no code."""

    household_id: int
    cadre_id: int
    cadre_code: str | None


def codes(session: Session) -> tuple[frozenset[str], frozenset[str]]:
    """The codes of persons and of households."""
    persons = session.scalars(select(Person.code).where(Person.code.is_not(None)))
    return frozenset(code for code in persons if code), frozenset(session.scalars(select(Household.code)))


def persons(session: Session) -> list[PersonRow]:
    """Everybody with a code."""
    columns = (Person.id, Person.name, Person.unit_id, Person.post, Person.phone, Person.max_households)
    query = select(*columns, Person.is_active, _CODE, Person.erased_at).where(Person.code.is_not(None))
    return [PersonRow(*row) for row in session.execute(query.order_by(Person.code))]


def grants(session: Session) -> list[GrantRow]:
    """Every role that is held now, in the order in which they were granted."""
    query = select(RoleGrant.id, RoleGrant.person_id, RoleGrant.role, RoleGrant.unit_id)
    rows = session.execute(query.where(RoleGrant.revoked_at.is_(None)).order_by(RoleGrant.id))
    return [GrantRow(*row) for row in rows]


def households(session: Session) -> list[HouseholdRow]:
    columns = (Household.id, Household.code, Household.head, Household.unit_id, Household.address, Household.phone)
    more = (Household.population, Household.tier, Household.status, Household.hardship_cause, Household.notes)
    query = select(*columns, *more).add_columns(Household.erased_at).order_by(Household.code)
    return [HouseholdRow(*row) for row in session.execute(query)]


def primaries(session: Session) -> list[PrimaryRow]:
    rows = session.execute(
        select(Pairing.household_id, Pairing.cadre_id, Person.code)
        .join(Person, Person.id == Pairing.cadre_id)
        .where(Pairing.kind == "primary", Pairing.ended_on.is_(None))
    )
    return [PrimaryRow(*row) for row in rows]


def card_codes(session: Session) -> set[str]:
    return set(session.scalars(select(Household.card_code)))


def add_units(session: Session, rows: Sequence[Values]) -> dict[str, int]:
    """Their ids by code."""
    return _added(session, Unit, rows)


def add_persons(session: Session, rows: Sequence[Values]) -> dict[str, int]:
    return _added(session, Person, rows)


def add_households(session: Session, rows: Sequence[Values]) -> dict[str, int]:
    return _added(session, Household, rows)


def add_grants(session: Session, rows: Sequence[Values]) -> None:
    if rows:
        session.execute(insert(RoleGrant), rows)


def change(session: Session, table: type[Unit | Person | Household], rows: Sequence[Values]) -> None:
    """Each row names its `id` and the columns to change, all rows the same ones."""
    if rows:
        session.execute(update(table), [of_row(session, table, row["id"], row) for row in rows])


def revoke_grants(session: Session, grant_ids: Iterable[int], *, at: datetime) -> None:
    rows = [{"id": grant_id, "revoked_at": at} for grant_id in grant_ids]
    if rows:
        session.execute(update(RoleGrant), rows)


def check_of(session: Session, person_id: int, check_id: int) -> RosterCheck | None:
    """The person's own check, which nobody else changes before we commit."""
    query = select(RosterCheck).where(RosterCheck.id == check_id, RosterCheck.person_id == person_id)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def waiting_checks(session: Session, person_id: int) -> list[RosterCheck]:
    query = select(RosterCheck).where(RosterCheck.person_id == person_id, RosterCheck.applied_at.is_(None))
    return list(session.scalars(query.with_for_update()))


def _added(session: Session, table: type[Unit | Person | Household], rows: Sequence[Values]) -> dict[str, int]:
    if not rows:
        return {}
    ids = take_ids(session, table, len(rows))
    numbered = zip(ids, rows, strict=True)
    session.execute(insert(table), [of_row(session, table, row_id, {**row, "id": row_id}) for row_id, row in numbered])
    return {row["code"]: row_id for row_id, row in zip(ids, rows, strict=True)}
