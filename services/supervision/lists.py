"""The lists behind the numbers, a page at a time; whatever is no longer the supervisor's isn't shown any more."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from models.actor import Actor, Role
from models.queries import supervised_people as people_rows
from models.queries import supervision as rows
from models.queries.supervised_people import UnreachablePerson, WatchedCadre
from models.queries.supervision import WatchedHousehold, WatchedProblem
from models.session import Session
from services.errors import NotFound
from services.households import HouseholdLine
from services.office import Office
from services.rules.policy import Tier
from services.rules.search import SearchEntry, pinyin_key, rank, search_key
from services.supervision.exceptions import Ids, Section, exceptions_now, status_of

PAGE_SIZE = 8  # entries of a list, each with a button
FOUND_AT_MOST = 8  # cadres; whoever sees more should type more

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Page:
    """A part of a list of ids, and where it stands."""

    ids: Ids
    number: int  # from 0
    pages: int
    total: int


@dataclass(frozen=True)
class WatchedLine:
    """A household's line as everywhere, and who its cadre is (None: nobody)."""

    line: HouseholdLine
    cadre_name: str | None


def page_of(ids: Sequence[int], number: int) -> Page:
    """A page beyond the end is the last one: a list may have become shorter."""
    pages = max(-(-len(ids) // PAGE_SIZE), 1)
    number = min(number, pages - 1)
    return Page(tuple(ids[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]), number, pages, len(ids))


def exceptions(session: Session, office: Office, actor: Actor) -> dict[Section, Ids]:
    """What needs attention now in all the units that the actor supervises."""
    return exceptions_now(session, office, actor.paths(Role.SUPERVISOR))


def households(session: Session, office: Office, actor: Actor, ids: Ids) -> list[WatchedLine]:
    found = rows.households(session, actor, ids)
    today = office.today()
    return _in_order(ids, [_watched(office, household, today) for household in found], lambda one: one.line.id)


def problems(session: Session, actor: Actor, ids: Ids) -> list[WatchedProblem]:
    return _in_order(ids, rows.problems(session, actor, ids), lambda problem: problem.id)


def cadres(session: Session, actor: Actor, ids: Ids) -> list[WatchedCadre]:
    return _in_order(ids, people_rows.cadres(session, actor, ids), lambda cadre: cadre.id)


def unreachable(session: Session, actor: Actor, ids: Ids) -> list[UnreachablePerson]:
    return people_rows.unreachable(session, actor, ids)


def households_of_cadre(session: Session, actor: Actor, cadre_id: int) -> tuple[WatchedCadre, Ids]:
    """A cadre and the ids of those of their households that the actor supervises. Errors: NotFound."""
    found = people_rows.cadres(session, actor, (cadre_id,))
    if not found:
        raise NotFound
    return found[0], tuple(rows.helped_by(session, actor, cadre_id))


def search_cadres(session: Session, actor: Actor, query: str) -> list[WatchedCadre]:
    """Cadres of the actor's units by code, a part of the name, pinyin or initials; best first, `FOUND_AT_MOST`."""
    entries = [
        SearchEntry(person_id, name, code, search_key(name), pinyin_key(name))
        for person_id, name, code in people_rows.cadre_names(session, actor)
    ]
    return cadres(session, actor, tuple(rank(query, entries)[:FOUND_AT_MOST]))


def _watched(office: Office, household: WatchedHousehold, today: date) -> WatchedLine:
    line = HouseholdLine(
        household.id,
        household.code,
        household.head,
        household.unit_name,
        Tier(household.tier),
        household.status,
        household.muted_until,
        household.village_id,
        household.last_contact,
        status_of(office, household, today),
    )
    return WatchedLine(line, household.cadre_name)


def _in_order(ids: Ids, entries: Iterable[Entry], id_of: Callable[[Entry], int]) -> list[Entry]:
    return sorted(entries, key=lambda entry: ids.index(id_of(entry)))
