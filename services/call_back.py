"""请干部联系我: one tap of a household, and whoever helps it is asked to call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.actor import Actor
from models.households import Household
from models.people import Person
from models.queries import cards as rows
from models.queries import outbox as outbox_rows
from models.queries import people, responsibility
from models.session import Session
from services import outbox
from services.errors import Conflict, NotFound, Stale
from services.office import Office
from services.rules.send_windows import Speech, may_leave
from services.rules.working_time import WorkCalendar

ONCE_IN = timedelta(hours=4)


@dataclass(frozen=True)
class Asked:
    """`names` of those who were asked; `at_once` is False in the night, when nobody is disturbed."""

    names: Sequence[str]
    at_once: bool


def request(session: Session, office: Office, actor: Actor, household_id: int) -> Asked:
    """Also for whoever is still pending. Errors: NotFound, Conflict within four hours of a request that is still open,
    Conflict where nobody can be reached."""
    if household_id not in actor.household_ids:
        raise NotFound
    household = session.get_one(Household, household_id)
    recipients = _recipients(session, office, household)
    if not recipients:
        raise Conflict("cards.call_back.nobody", hotline=office.site.town_hotline or "—")
    if _is_open(session, office, household_id, recipients):
        raise Conflict("cards.call_back.asked_before")
    asked_at = int(office.now().timestamp())
    for person_id in recipients:
        outbox.notice(
            session,
            office,
            person_id,
            "cards.call_back",
            {"household_id": household_id, "asked_by": actor.id, "asked_at": asked_at},
        )
    at_once = may_leave(Speech.NOTICE, office.local_now(), office.policy, WorkCalendar(office.policy))
    return Asked([session.get_one(Person, person_id).name for person_id in recipients], at_once)


def contacted(session: Session, office: Office, actor: Actor, household_id: int, asked_at: int) -> Household:
    """已联系: whoever asked is told. Errors: NotFound, Stale for a request that wasn't made to the actor, or is old,
    Conflict where somebody else has called already."""
    household = rows.visible(session, actor, household_id)
    if household is None:
        raise NotFound
    sent = rows.call_backs(session, [actor.id], since=office.now() - timedelta(days=7))
    asked_by = next((one["asked_by"] for one in sent if _names(one, household_id, asked_at)), None)
    if asked_by is None:
        raise Stale
    if outbox_rows.has_key(session, _done_key(household_id, asked_at)):
        raise Conflict("cards.call_back.done_before")
    outbox.notice(
        session,
        office,
        asked_by,
        "cards.called_back",
        {"household_id": household_id, "by": actor.id},
        unique_key=_done_key(household_id, asked_at),
    )
    return household


def _recipients(session: Session, office: Office, household: Household) -> tuple[int, ...]:
    """The primary cadre; on leave or out of reach the other contacts, then the supervisors nearest up the tree."""
    helpers = rows.helpers(session, [household.id]).get(household.id, [])
    here = [one for one in helpers if one.away_until is None or one.away_until < office.today()]
    choices = (
        [one.person_id for one in here if one.kind == "primary"],
        [one.person_id for one in here],
        responsibility.supervisor_ids(session, household.unit_id),
        [one.person_id for one in helpers],
    )
    return next((found for choice in choices if (found := people.reachable(session, choice))), ())


def _is_open(session: Session, office: Office, household_id: int, recipients: Sequence[int]) -> bool:
    recent = rows.call_backs(session, recipients, since=office.now() - ONCE_IN)
    open_ones = (
        one
        for one in recent
        if one["household_id"] == household_id
        and not outbox_rows.has_key(session, _done_key(household_id, one["asked_at"]))
    )
    return next(open_ones, None) is not None


def _names(request: dict[str, int], household_id: int, asked_at: int) -> bool:
    return (request.get("household_id"), request.get("asked_at")) == (household_id, asked_at)


def _done_key(household_id: int, asked_at: int) -> str:
    return f"called_back:{household_id}:{asked_at}"
