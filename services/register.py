"""The register of households: 迁出 and 销户 take one off it, and a mistake puts it back. Nothing is deleted."""

from models.actor import Actor
from models.households import Household
from models.queries import cards as rows
from models.session import Session
from services import audit
from services.errors import Conflict, NotFound
from services.office import Office
from services.pair_changes import end_pairings
from services.rules.visits import GONE, HouseholdStatus


def overseen(session: Session, actor: Actor, household_id: int) -> Household:
    """For whoever oversees the unit; the own cadre alone doesn't end what others have given. Errors: NotFound."""
    household = rows.overseen_for_change(session, actor, household_id)
    if household is None:
        raise NotFound
    return household


def take_off(session: Session, office: Office, actor: Actor, household_id: int, status: HouseholdStatus) -> Household:
    """迁出 or 销户: the pairings end, open problems become the supervisor's, the printed card opens nothing.

    Errors: NotFound.
    """
    household = overseen(session, actor, household_id)
    if household.status in GONE:
        return household  # pressed twice
    household.status, household.muted_until = status, None
    session.flush()
    end_pairings(session, office, household_id, by=actor)
    audit.record(session, office, actor, "household_taken_off", "household", household_id, status=status)
    return household


def put_back(session: Session, office: Office, actor: Actor, household_id: int) -> Household:
    """在册 again, on the list of those to be paired. Errors: NotFound, Conflict once it was erased."""
    household = overseen(session, actor, household_id)
    if household.erased_at is not None:
        raise Conflict("cards.off.erased")
    if household.status in GONE:
        household.status = HouseholdStatus.ACTIVE
        session.flush()
        audit.record(session, office, actor, "household_put_back", "household", household_id)
    return household
