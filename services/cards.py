"""爱心联系卡: the view of one household and its pairing, as much of it as the reader may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from models.actor import Actor, Role
from models.households import Household
from models.problems import Problem
from models.queries import cards as rows
from models.queries import memberships, visits
from models.queries import units as unit_rows
from models.queries.cards import Helper, VisitLine
from models.queries.units import nearest
from models.session import Session
from services import audit, households
from services.card_printing import printed_cards, require_link
from services.errors import Conflict, NotFound, Stale
from services.households import HouseholdLine
from services.office import Office
from services.rules.card_codes import normalise_card_code
from services.rules.phones import mask_phone
from services.rules.visits import GONE, HouseholdStatus

__all__ = [
    "Card",
    "Contact",
    "Reader",
    "card_of",
    "find",
    "is_own_cadre",
    "mute",
    "oversees",
    "printed_cards",
    "require_link",
    "set_status",
]

VISITS_SHOWN = 3
MUTE_DAYS = (7, 30, 90)


class Reader(StrEnum):
    """What the reader is to the household; the first that fits decides what is shown."""

    CADRE = "cadre"
    HOUSEHOLD = "household"
    OVERSEER = "overseer"  # supervisor or administrator of the unit


@dataclass(frozen=True)
class Contact:
    """Somebody to call; `phone` is already in the form that the reader may see."""

    name: str
    post: str
    unit_name: str
    phone: str


@dataclass(frozen=True)
class Card:
    reader: Reader
    household: Household
    line: HouseholdLine  # with the next visit
    phone: str  # of the household, masked for those who only oversee
    cadre: Contact | None
    second: Contact | None  # second or temporary contact, else the village's secretary
    problems: Sequence[Problem]
    visits: Sequence[VisitLine]  # the last three
    attached: Mapping[int, Sequence[str]]  # photo, voice, document by visit; the household reads no notes


def card_of(session: Session, office: Office, actor: Actor, household_id: int) -> Card:
    """What an official is shown is recorded; a household's own reading isn't.

    Errors: NotFound where it isn't the actor's to see; Conflict for whoever is not linked to it yet.
    """
    _check_not_pending(actor, household_id)
    household = rows.visible(session, actor, household_id)
    if household is None:
        raise NotFound
    reader = _reader(session, actor, household_id)
    if reader is not Reader.HOUSEHOLD:
        audit.record(session, office, actor, "card_read", "household", household_id, reader=reader)
    helpers = rows.helpers(session, [household_id]).get(household_id, [])
    primary = next((one for one in helpers if one.kind == "primary"), None)
    last_visits = rows.last_visits(session, household_id, limit=VISITS_SHOWN)
    readable = () if reader is Reader.HOUSEHOLD else [visit.id for visit in last_visits]
    return Card(
        reader,
        household,
        households.get(session, office, actor, household_id),
        _shown(household.phone, reader),
        _contact(primary, reader),
        _contact(_second(session, household, primary, helpers), reader),
        rows.open_problems(session, actor, household_id),
        last_visits,
        visits.attachment_kinds(session, readable),
    )


def is_own_cadre(session: Session, actor: Actor, household_id: int) -> bool:
    return _reader(session, actor, household_id) is Reader.CADRE


def oversees(session: Session, actor: Actor, household_id: int) -> bool:
    """Supervisor or administrator of its unit, whatever else the actor is to it."""
    return rows.oversees(session, actor, household_id)


def find(session: Session, office: Office, actor: Actor, typed: str) -> list[HouseholdLine]:
    """By the printed card's short code, the household's code or a part of the name; best first."""
    code = normalise_card_code(typed)
    household = memberships.household_by_card(session, code) if code else None
    if household is not None and rows.visible(session, actor, household.id):
        return [households.get(session, office, actor, household.id)]
    found = households.search(session, office, actor, typed)
    exact = [line for line in found if line.code.casefold() == typed.strip().casefold()]
    return exact or found


def mute(session: Session, office: Office, actor: Actor, household_id: int, days: int) -> Household:
    """暂不提醒 for so many days from today on; 0 ends it. Errors: NotFound."""
    household = _to_correct(session, actor, household_id)
    household.muted_until = office.today() + timedelta(days=days) if days else None
    session.flush()
    return household


def set_status(session: Session, actor: Actor, household_id: int, status: HouseholdStatus) -> Household:
    """在册 or 外出. Errors: NotFound, Stale for a household that is off the register."""
    household = _to_correct(session, actor, household_id)
    if household.status in GONE:
        raise Stale
    household.status = status
    session.flush()
    return household


def _to_correct(session: Session, actor: Actor, household_id: int) -> Household:
    """For the own cadre and whoever oversees the unit, not for the household itself."""
    household = rows.visible_for_change(session, actor, household_id)
    if household is None or _reader(session, actor, household_id) is Reader.HOUSEHOLD:
        raise NotFound
    return household


def _check_not_pending(actor: Actor, household_id: int) -> None:
    states = {one.household_id: one.state for one in actor.belongings}
    if states.get(household_id) == "pending" and not actor.grants:
        raise Conflict("cards.pending")


def _reader(session: Session, actor: Actor, household_id: int) -> Reader:
    if actor.has(Role.CADRE) and rows.is_paired(session, actor, household_id):
        return Reader.CADRE
    return Reader.HOUSEHOLD if household_id in actor.linked_household_ids else Reader.OVERSEER


def _second(session: Session, household: Household, primary: Helper | None, helpers: Iterable[Helper]) -> Helper | None:
    other = next((one for one in helpers if one.kind != "primary"), None)
    village = nearest(unit_rows.tree(session), household.unit_id, "village")
    if other is not None or village is None:
        return other
    secretary = rows.secretaries(session, [village.id]).get(village.id)
    is_primary = secretary and primary and secretary.person_id == primary.person_id
    return None if is_primary else secretary


def _contact(helper: Helper | None, reader: Reader) -> Contact | None:
    if helper is None:
        return None
    return Contact(helper.name, helper.post or "", helper.unit_name or "", _shown(helper.phone, reader))


def _shown(phone: str | None, reader: Reader) -> str:
    if not phone:
        return ""
    return mask_phone(phone) if reader is Reader.OVERSEER else phone
