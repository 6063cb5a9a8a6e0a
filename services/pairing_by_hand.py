"""Pairing one household with a primary cadre of the administrator's choice, or ending its pairing."""

from dataclasses import dataclass

from models.actor import Actor, Role
from models.households import Household
from models.queries import pairings as rows
from models.queries import units as unit_rows
from models.queries.pairings import Primary
from models.session import Session
from services.errors import Conflict, NotFound, Stale
from services.office import Office
from services.pair_changes import change_primaries
from services.pairing import most_of, village_id
from services.rules.visits import GONE


@dataclass(frozen=True)
class Candidate:
    """`load` households already have this primary cadre, of at most `most`."""

    id: int
    name: str
    unit_name: str
    load: int
    most: int


def place(session: Session, actor: Actor, household_id: int) -> tuple[Household, Primary | None]:
    """The household and its primary cadre. Errors: NotFound outside the units that the actor administers."""
    household = rows.administered_household(session, actor, household_id)
    if household is None:
        raise NotFound
    return household, rows.primary(session, household_id)


def candidates(session: Session, office: Office, actor: Actor, household: Household) -> list[Candidate]:
    """Whom the household may be given: the own village's cadres first, then whoever has the fewest."""
    units, loads, present = unit_rows.tree(session), rows.loads(session), rows.primary(session, household.id)
    village = village_id(units, household.unit_id)
    found = [one for one in rows.cadres(session, actor.paths(Role.ADMIN)) if not present or one.id != present.cadre_id]
    found.sort(key=lambda one: (village_id(units, one.unit_id) != village, len(loads.get(one.id, [])), one.code or ""))
    return [
        Candidate(one.id, one.name, units[one.unit_id].name, len(loads.get(one.id, [])), most_of(office, one))
        for one in found
    ]


def candidate(session: Session, office: Office, actor: Actor, household: Household, cadre_id: int) -> Candidate:
    """Errors: NotFound for somebody who isn't one."""
    found = (one for one in candidates(session, office, actor, household) if one.id == cadre_id)
    if (chosen := next(found, None)) is None:
        raise NotFound
    return chosen


def pair(
    session: Session, office: Office, actor: Actor, household_id: int, cadre_id: int, *, instead_of: int | None
) -> Household:
    """End the pairing with `instead_of` and begin the next. Errors: NotFound, Stale where another cadre came first,
    Conflict for a household that has moved away."""
    household = _expected(session, actor, household_id, instead_of)
    if household.status in GONE:
        raise Conflict("administration.household_gone", head=household.head)
    candidate(session, office, actor, household, cadre_id)
    ended = [(household_id, instead_of)] if instead_of is not None else []
    change_primaries(session, office, ended=ended, begun=[(household_id, cadre_id)], by=actor)
    return household


def end(session: Session, office: Office, actor: Actor, household_id: int, cadre_id: int) -> Household:
    """The household stands on the supervisor's list then. Errors: NotFound, Stale where it is another cadre's."""
    household = _expected(session, actor, household_id, cadre_id)
    change_primaries(session, office, ended=[(household_id, cadre_id)], begun=(), by=actor)
    return household


def _expected(session: Session, actor: Actor, household_id: int, cadre_id: int | None) -> Household:
    household, present = place(session, actor, household_id)
    if (present.cadre_id if present else None) != cadre_id:
        raise Stale("administration.pairing_changed")
    return household
