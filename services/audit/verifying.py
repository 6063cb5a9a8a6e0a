"""Is the chain whole? Walked from its beginning, a few entries in memory at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from models.audit_chain import BEFORE_THE_FIRST, digest
from models.queries import audit as entries
from models.queries.audit import Entry
from models.session import Session
from services.errors import DomainError


class Fault(StrEnum):
    CHANGED = "changed"  # its hash isn't that of what it says
    MISSING = "missing"
    OUT_OF_ORDER = "out_of_order"  # it stands somewhere else than the entry before it was followed by
    INSERTED = "inserted"  # it was put in beside the chain
    CUT_OFF = "cut_off"  # the chain ends before the place that was written down
    REWRITTEN = "rewritten"  # the chain fits together, but isn't the one that was written down


@dataclass(frozen=True)
class End:
    """Where a chain ends: worth writing down elsewhere. `position` is also how many entries there are."""

    position: int = 0
    hash: str = BEFORE_THE_FIRST


class Broken(DomainError):
    """The first entry that is wrong; `entry_id` None where none stands in that place."""

    def __init__(self, fault: Fault, position: int, entry_id: int | None = None) -> None:
        super().__init__(f"audit.broken.{fault}", position=position, id="—" if entry_id is None else entry_id)
        self.fault = fault
        self.position = position
        self.entry_id = entry_id


def verify(session: Session, expected: End | None = None) -> End:
    """`expected` was written down earlier: the chain must still go through it. Errors: Broken."""
    end = End()
    for entry in _walked(session, entries.BEGINNING, end):
        end = _end_at(entry)
        if expected is not None and expected.position == end.position and expected != end:
            raise Broken(Fault.REWRITTEN, end.position, entry["id"])
    if (stray := entries.unchained_id(session)) is not None:
        raise Broken(Fault.INSERTED, end.position + 1, stray)
    if expected is not None and expected.position > end.position:
        raise Broken(Fault.CUT_OFF, end.position + 1)
    return end


def verify_newest(session: Session, most: int) -> End:
    """Only whether the newest so many fit together: quick, however long the chain. Errors: Broken."""
    before = entries.before_the_newest(session, most)
    end = _end_at(before) if before else End()
    for entry in _walked(session, entries.place_of(before) if before else entries.BEGINNING, end):
        end = _end_at(entry)
    return end


def _end_at(entry: Entry) -> End:
    return End(entry["position"], entry["hash"])


def _walked(session: Session, place: entries.Place, end: End) -> Iterator[Entry]:
    """The entries behind that place, each found to follow upon the one before. Errors: Broken."""
    while page := _page(session, place):
        for entry in page:
            _check(session, entry, end)
            end = _end_at(entry)
            yield entry
        place = entries.place_of(page[-1])


def _page(session: Session, place: entries.Place) -> list[Entry]:
    """Errors: Broken for an entry that can't even be read."""
    try:
        return entries.following(session, place)
    except ValueError:  # some value of the page is none of its column's
        pass
    try:
        return entries.following(session, place, limit=1)
    except ValueError:
        raise Broken(Fault.CHANGED, place[0] + 1, entries.following_id(session, place)) from None


def _check(session: Session, entry: Entry, end: End) -> None:
    """Errors: Broken where this entry doesn't follow upon `end`."""
    position = end.position + 1
    if entry["position"] == end.position:
        raise Broken(Fault.INSERTED, end.position, entry["id"])
    if entry["position"] != position or entry["previous_hash"] != end.hash:
        follower = entries.follower(session, end.hash)
        if follower and follower["id"] != entry["id"]:
            is_in_its_place = follower["position"] == position
            fault, wrong = (Fault.INSERTED, entry) if is_in_its_place else (Fault.OUT_OF_ORDER, follower)
            raise Broken(fault, position, wrong["id"])
        if entry["position"] != position:
            raise Broken(Fault.MISSING, position)
    if entry["hash"] != _digest(entry):
        raise Broken(Fault.CHANGED, position, entry["id"])


def _digest(entry: Entry) -> str | None:
    try:
        return digest(entry)
    except (AttributeError, TypeError):  # nothing where there must be something
        return None
