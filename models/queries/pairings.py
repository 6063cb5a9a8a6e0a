"""Pairings of whole units: who helps whom, who could, and the changes of many at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.actor import Actor, Role
from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant, Unit
from models.problems import Problem
from models.queries.problems import OPEN
from models.queries.scope import supervised_by, units_under

Pair = tuple[int, int]  # household, cadre
AT_ONCE = 1_000  # households named in one statement
_ACTIVE_PRIMARY = and_(Pairing.kind == "primary", Pairing.ended_on.is_(None))


@dataclass(frozen=True)
class CadreRow:
    """An active cadre; `unit_id` is the own unit's, else that of the role."""

    id: int
    code: str | None
    name: str
    unit_id: int
    max_households: int | None


@dataclass(frozen=True)
class HouseholdRow:
    id: int
    code: str
    head: str
    unit_id: int


@dataclass(frozen=True)
class Primary:
    """Who is a household's primary cadre today."""

    pairing_id: int
    cadre_id: int
    cadre_name: str


def cadres(session: Session, paths: tuple[str, ...]) -> list[CadreRow]:
    """Active people with the role of a cadre and a place under `paths`, by code."""
    unit_id = func.coalesce(Person.unit_id, RoleGrant.unit_id)
    rows = session.execute(
        select(Person.id, Person.code, Person.name, unit_id.label("unit_id"), Person.max_households)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == unit_id)
        .where(RoleGrant.role == Role.CADRE, RoleGrant.revoked_at.is_(None), Person.is_active, units_under(paths))
        .order_by(Person.code, Person.id, RoleGrant.id)
    )
    return list({row.id: CadreRow(*row) for row in rows}.values())


def unpaired(session: Session, paths: tuple[str, ...]) -> list[HouseholdRow]:
    """Active households without a primary cadre, by code."""
    rows = session.execute(
        select(Household.id, Household.code, Household.head, Household.unit_id)
        .join(Unit, Unit.id == Household.unit_id)
        .outerjoin(Pairing, and_(Pairing.household_id == Household.id, _ACTIVE_PRIMARY))
        .where(Household.status == "active", Pairing.id.is_(None), units_under(paths))
        .order_by(Household.code)
    )
    return [HouseholdRow(*row) for row in rows]


def loads(session: Session) -> dict[int, list[int]]:
    """For every cadre with households: the units of those they are the primary cadre of, one entry a household."""
    rows = session.execute(
        select(Pairing.cadre_id, Household.unit_id)
        .join(Household, Household.id == Pairing.household_id)
        .where(_ACTIVE_PRIMARY)
    )
    found: dict[int, list[int]] = {}
    for cadre_id, unit_id in rows:
        found.setdefault(cadre_id, []).append(unit_id)
    return found


def count_of(session: Session, cadre_id: int) -> int:
    """In how many active pairings of any kind the person stands."""
    query = select(func.count()).where(Pairing.cadre_id == cadre_id, Pairing.ended_on.is_(None))
    return session.scalar(query) or 0


def administered_household(session: Session, actor: Actor, household_id: int) -> Household | None:
    return session.scalar(select(Household).where(Household.id == household_id, supervised_by(actor, Role.ADMIN)))


def primary(session: Session, household_id: int) -> Primary | None:
    row = session.execute(
        select(Pairing.id, Pairing.cadre_id, Person.name)
        .join(Person, Person.id == Pairing.cadre_id)
        .where(Pairing.household_id == household_id, _ACTIVE_PRIMARY)
    ).one_or_none()
    return Primary(*row) if row else None


def hold_registered(session: Session, household_ids: Collection[int]) -> bool:
    """Whoever takes one of them off the register waits until we commit; False where one is off it already."""
    ids = sorted(household_ids)  # everybody in the same order, so that no two wait for each other
    for start in range(0, len(ids), AT_ONCE):
        query = select(Household.status).where(Household.id.in_(ids[start : start + AT_ONCE])).order_by(Household.id)
        if not {"active", "away"}.issuperset(session.scalars(query.with_for_update())):
            return False
    return True


def end_primaries(session: Session, pairs: Collection[Pair], *, on: date) -> int:
    """End these primary pairings, from this day on; how many there were."""
    if not pairs:
        return 0
    wanted = set(pairs)
    rows = session.execute(select(Pairing.id, Pairing.household_id, Pairing.cadre_id).where(_ACTIVE_PRIMARY))
    ending = [{"id": row.id, "ended_on": on} for row in rows if (row.household_id, row.cadre_id) in wanted]
    if ending:
        session.execute(update(Pairing), ending)
    return len(ending)


def end_others(session: Session, household_id: int, *, on: date) -> list[int]:
    """Second and temporary pairings of a household; the cadres whose they were."""
    others = (Pairing.household_id == household_id, Pairing.kind != "primary", Pairing.ended_on.is_(None))
    return list(session.scalars(update(Pairing).where(*others).values(ended_on=on).returning(Pairing.cadre_id)))


def begin_primaries(session: Session, pairs: Iterable[Pair], *, on: date) -> bool:
    """False, and nothing is begun, where a household has a primary cadre already."""
    rows = [
        {"household_id": household_id, "cadre_id": cadre_id, "kind": "primary", "started_on": on}
        for household_id, cadre_id in pairs
    ]
    try:
        with session.begin_nested():
            if rows:
                session.execute(insert(Pairing), rows)
    except IntegrityError:
        return False
    return True


def with_open_problems(session: Session, pairs: Collection[Pair]) -> list[Pair]:
    """Those of `pairs` whose cadre owns an open problem of the household."""
    if not pairs:
        return []
    rows = session.execute(select(Problem.household_id, Problem.owner_id).where(Problem.stage.in_(OPEN)).distinct())
    return sorted(set(pairs) & {(household_id, owner_id) for household_id, owner_id in rows if owner_id is not None})


def linked_members(session: Session, household_ids: Collection[int]) -> list[tuple[int, int]]:
    """Who is linked to one of these households: (household, person)."""
    wanted = set(household_ids)
    rows = session.execute(
        select(Membership.household_id, Membership.person_id)
        .where(Membership.state == "linked")
        .order_by(Membership.id)
    )
    return [(household_id, person_id) for household_id, person_id in rows if household_id in wanted]
