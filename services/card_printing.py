"""The cards of many households at once, as values for the printer."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from models.actor import Actor, Role
from models.queries import cards as rows
from models.queries import units as unit_rows
from models.queries.cards import Helper, PrintedRow
from models.queries.units import UnitNode, nearest
from models.session import Session
from services.errors import Conflict, NotFound
from services.office import Office
from services.rendering.card import Contact, PrintedCard

MOST_AT_ONCE = 2_000  # cards: half a minute's work and about as much as one file may hold
IN_ONE_FILE = ("county", "town", "village")  # kinds of units whose cards people print together


@dataclass(frozen=True)
class PrintableUnit:
    id: int
    name: str
    path: str
    households: int  # with those of the units below


def printed_cards(
    session: Session,
    office: Office,
    *,
    unit_path: str = "",
    household_ids: Collection[int] = (),
    reader: Actor | None = None,
) -> list[PrintedCard]:
    """For the households named, or all that live in the unit and below; by code.

    With a reader only those that they may see at this moment; without one the operator prints, at the console.
    A household without a cadre gets the town's hotline. Errors: Conflict without the bot's name, for the link.
    """
    require_link(office)
    found = (
        rows.present_under(session, unit_path, reader) if unit_path else rows.present(session, household_ids, reader)
    )
    helpers, secretaries = rows.helpers(session), rows.secretaries(session)
    units = unit_rows.tree(session)
    return [_card(office, one, helpers.get(one.id, []), _secretary(units, one, secretaries)) for one in found]


def printable_units(session: Session, actor: Actor) -> list[PrintableUnit]:
    """Units with households that the actor administers, from the top of the tree down, then by code."""
    units = unit_rows.tree(session)
    totals: Counter[int] = Counter()
    for unit_id, count in rows.counts_by_unit(session).items():
        totals.update(dict.fromkeys(units[unit_id].lineage, count))
    own = actor.paths(Role.ADMIN)
    found = [
        PrintableUnit(one.id, one.name, one.path, totals[one.id])
        for one in units.values()
        if one.kind in IN_ONE_FILE and totals[one.id] and one.path.startswith(own)
    ]
    return sorted(found, key=lambda one: len(one.path.split("/")))


def printable_unit(session: Session, actor: Actor, unit_id: int) -> PrintableUnit:
    """Errors: NotFound outside the actor's units."""
    found = next((one for one in printable_units(session, actor) if one.id == unit_id), None)
    if found is None:
        raise NotFound
    return found


def require_link(office: Office) -> None:
    """Errors: Conflict without the bot's public name: the QR codes need it."""
    if not office.site.bot_username:
        raise Conflict("cards.no_bot_name")


def _secretary(
    units: Mapping[int, UnitNode], household: PrintedRow, secretaries: Mapping[int, Helper]
) -> Helper | None:
    village = nearest(units, household.unit_id, "village")
    return secretaries.get(village.id) if village else None


def _card(office: Office, household: PrintedRow, helpers: Sequence[Helper], secretary: Helper | None) -> PrintedCard:
    site = office.site
    primary = next((one for one in helpers if one.kind == "primary"), None)
    second = next((one for one in helpers if one.kind != "primary"), secretary)
    is_same = primary and second and primary.person_id == second.person_id
    return PrintedCard(
        number=f"{household.id:06d}",
        issued_on=office.today(),
        household_code=household.code,
        household_head=household.head,
        cadre=_contact(primary) if primary else Contact(site.name, site.town_hotline),
        link=f"https://t.me/{site.bot_username}?start=h{household.card_code}",
        short_code=household.card_code,
        site=site.name,
        second=_contact(second) if second and not is_same else None,
        town_hotline=site.town_hotline,
        supervision_phone=site.supervision_phone,
    )


def _contact(helper: Helper) -> Contact:
    return Contact(helper.name, helper.phone or "", helper.unit_name or "", helper.post or "")
