"""Entries of the audit for the operator's eyes: ids become the codes that people know, where there are any."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from models.queries import audit as entries
from models.queries.audit import Entry
from models.session import Session
from services.errors import NotFound
from services.office import Office

# The facts that name an object by its id, and of which kind that is.
_OBJECTS = {"household": "household", "person": "person", "cadre": "person", "member": "person", "unit": "unit"}

Codes = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class Line:
    position: int
    at: datetime  # in the site's zone
    who: str | None  # code or #id; None: the operator or the clock, as `facts` say
    act: str
    about: str
    whose: str  # code or #id of the object, empty where there is none
    facts: tuple[tuple[str, str], ...]


def show(
    session: Session, office: Office, *, person: str | None, household: str | None, since: date | None, limit: int
) -> list[Line]:
    """The newest entries that fit, the newest last. Errors: NotFound for a code that nobody has."""
    found = entries.newest(
        session,
        person_id=_id(session, "person", person) if person else None,
        household_id=_id(session, "household", household) if household else None,
        since=datetime.combine(since, time(), office.zone) if since else None,
        limit=limit,
    )
    codes = _codes(session, found)
    return [_line(office, entry, codes) for entry in reversed(found)]


def _id(session: Session, kind: str, code: str) -> int:
    found = entries.id_of(session, kind, code)
    if found is None:
        raise NotFound("audit.unknown_code", code=code)
    return found


def _line(office: Office, entry: Entry, codes: Codes) -> Line:
    person_id, object_id = entry["person_id"], entry["object_id"]
    return Line(
        entry["position"],
        office.local(entry["at"]),
        _name(codes, "person", person_id) if person_id is not None else None,
        entry["act"],
        entry["about"],
        _name(codes, entry["about"], object_id) if object_id is not None else "",
        tuple(
            (name, _name(codes, _OBJECTS[name], value) if name in _OBJECTS else str(value))
            for name, value in entry["facts"].items()
        ),
    )


def _name(codes: Codes, kind: str, number: int) -> str:
    return codes.get((kind, number), f"#{number}")


def _codes(session: Session, found: Sequence[Entry]) -> Codes:
    ids: dict[str, set[int]] = defaultdict(set)
    for kind, number in (named for entry in found for named in _named(entry)):
        ids[kind].add(number)
    return {
        (kind, number): code
        for kind, numbers in ids.items()
        for number, code in entries.codes(session, kind, numbers).items()
    }


def _named(entry: Entry) -> Iterator[tuple[str, int]]:
    if entry["person_id"] is not None:
        yield "person", entry["person_id"]
    if entry["object_id"] is not None:
        yield entry["about"], entry["object_id"]
    yield from ((_OBJECTS[name], value) for name, value in entry["facts"].items() if name in _OBJECTS)
