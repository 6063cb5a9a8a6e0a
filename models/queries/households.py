"""Households as lists show them: with the last real contact and the day from which the pairing counts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from models.actor import Actor
from models.households import Household, Pairing
from models.people import Unit
from models.queries.scope import household_visible_to, paired_with
from models.visits import Visit

_parent = aliased(Unit)

# One index entry per household is read: the newest contact, walking back over mere attempts.
LAST_CONTACT = (
    select(Visit.visited_on)
    .where(Visit.household_id == Household.id, Visit.method != "not_home")
    .order_by(Visit.visited_on.desc())
    .limit(1)
    .scalar_subquery()
)
# Visits are owed from the start of the primary pairing; without one, of the oldest other.
PAIRED_SINCE = (
    select(func.coalesce(func.max(case((Pairing.kind == "primary", Pairing.started_on))), func.min(Pairing.started_on)))
    .where(Pairing.household_id == Household.id, Pairing.ended_on.is_(None))
    .scalar_subquery()
)
VILLAGE_ID = case((Unit.kind == "village", Unit.id), (_parent.kind == "village", _parent.id))


@dataclass(frozen=True)
class HouseholdRow:
    id: int
    code: str
    head: str
    tier: str
    status: str
    muted_until: date | None
    unit_name: str
    village_id: int | None  # None: directly under the town
    last_contact: date | None
    paired_since: date | None


_COLUMNS = (
    Household.id,
    Household.code,
    Household.head,
    Household.tier,
    Household.status,
    Household.muted_until,
    Unit.name,
    VILLAGE_ID,
    LAST_CONTACT,
    PAIRED_SINCE,
)


@dataclass(frozen=True)
class NameEntry:
    """As much as a search needs to know."""

    id: int
    code: str
    head: str


def own(session: Session, actor: Actor) -> list[HouseholdRow]:
    """The households that the actor helps today, in any kind of pairing, by code."""
    return _rows(session, paired_with(actor))


def own_one(session: Session, actor: Actor, household_id: int) -> list[HouseholdRow]:
    """The same for one household: it, or nothing."""
    return _rows(session, paired_with(actor), Household.id == household_id)


def visible(session: Session, actor: Actor, ids: Collection[int]) -> list[HouseholdRow]:
    """Those of `ids` that the actor may see, by code."""
    return _rows(session, household_visible_to(actor), Household.id.in_(ids))


def own_names(session: Session, actor: Actor) -> list[NameEntry]:
    return _names(session, paired_with(actor))


def visible_names(session: Session, actor: Actor) -> list[NameEntry]:
    """Everybody the actor may find: a whole town for its supervisor."""
    return _names(session, household_visible_to(actor))


def _rows(session: Session, *conditions: ColumnElement[bool]) -> list[HouseholdRow]:
    query = (
        select(*_COLUMNS)
        .join(Unit, Unit.id == Household.unit_id)
        .outerjoin(_parent, _parent.id == Unit.parent_id)
        .where(*conditions)
        .order_by(Household.code)
    )
    return [HouseholdRow(*row) for row in session.execute(query)]


def _names(session: Session, condition: ColumnElement[bool]) -> list[NameEntry]:
    query = select(Household.id, Household.code, Household.head).where(condition)
    return [NameEntry(id=row.id, code=row.code, head=row.head) for row in session.execute(query)]
