"""Lists of households with the state of their visits: a cadre's own, today's three, and the search."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from models.actor import Actor
from models.queries import households as rows
from models.queries.households import HouseholdRow, NameEntry
from models.session import Session
from services.errors import NotFound
from services.office import Office
from services.rules.policy import Tier
from services.rules.search import SearchEntry, pinyin_key, rank, search_key
from services.rules.todays_three import Candidate
from services.rules.todays_three import todays_three as pick_three
from services.rules.visit_status import VisitStatus, VisitStatusKind, visit_status

FOUND_AT_MOST = 24  # three pages; whoever sees more should type more

_MOST_URGENT_FIRST = (
    VisitStatusKind.OVERDUE,
    VisitStatusKind.DUE,
    VisitStatusKind.WINDOW,
    VisitStatusKind.FRESH,
    VisitStatusKind.PAUSED,
)


@dataclass(frozen=True)
class HouseholdLine:
    """One household in a list; `visit` says when the next visit is welcome."""

    id: int
    code: str
    head: str
    unit_name: str
    tier: Tier
    household_status: str
    muted_until: date | None
    village_id: int | None
    last_contact: date | None
    visit: VisitStatus


def mine(session: Session, office: Office, actor: Actor) -> list[HouseholdLine]:
    """The households the actor helps, the most urgent first, then by code."""
    return sorted(_lines(office, rows.own(session, actor)), key=_urgency)


def todays_three(lines: Iterable[HouseholdLine]) -> list[HouseholdLine]:
    """Whom of these to see today, at most three; the reason is each line's `visit`."""
    by_id = {line.id: line for line in lines}
    candidates = [Candidate(one.id, one.tier, one.village_id, one.visit, one.code) for one in by_id.values()]
    return [by_id[pick.household_id] for pick in pick_three(candidates)]


def get(session: Session, office: Office, actor: Actor, household_id: int) -> HouseholdLine:
    """Errors: NotFound where the actor may not see it."""
    return _only(_lines(office, rows.visible(session, actor, [household_id])))


def get_own(session: Session, office: Office, actor: Actor, household_id: int) -> HouseholdLine:
    """Errors: NotFound where the actor doesn't help this household (any more)."""
    return _only(_lines(office, rows.own_one(session, actor, household_id)))


def search(session: Session, office: Office, actor: Actor, query: str) -> list[HouseholdLine]:
    """Whom the actor may see, by code, a part of the name, pinyin or its initials; best first, `FOUND_AT_MOST`."""
    return _found(session, office, actor, query, rows.visible_names(session, actor))


def search_own(session: Session, office: Office, actor: Actor, query: str) -> list[HouseholdLine]:
    """The same among the households that the actor helps."""
    return _found(session, office, actor, query, rows.own_names(session, actor))


def _found(
    session: Session, office: Office, actor: Actor, query: str, names: Iterable[NameEntry]
) -> list[HouseholdLine]:
    ranked = rank(query, [_entry(name) for name in names])[:FOUND_AT_MOST]
    by_id = {line.id: line for line in _lines(office, rows.visible(session, actor, ranked))}
    return [by_id[household_id] for household_id in ranked if household_id in by_id]


def _entry(name: NameEntry) -> SearchEntry:
    return SearchEntry(name.id, name.head, name.code, *_sounds(name.head))


@lru_cache(maxsize=40_000)  # names; two towns at the largest roster
def _sounds(head: str) -> tuple[str, str]:
    return search_key(head), pinyin_key(head)


def _lines(office: Office, found: Iterable[HouseholdRow]) -> list[HouseholdLine]:
    return [_line(office, row) for row in found]


def _line(office: Office, row: HouseholdRow) -> HouseholdLine:
    status = visit_status(
        office.today(),
        row.tier,
        row.last_contact,
        row.paired_since,
        row.status,
        row.muted_until,
        intervals=office.policy.visit_interval_days,
    )
    return HouseholdLine(
        row.id,
        row.code,
        row.head,
        row.unit_name,
        Tier(row.tier),
        row.status,
        row.muted_until,
        row.village_id,
        row.last_contact,
        status,
    )


def _urgency(line: HouseholdLine) -> tuple[int, int, str]:
    return _MOST_URGENT_FIRST.index(line.visit.kind), -line.visit.days_overdue, line.code


def _only(lines: list[HouseholdLine]) -> HouseholdLine:
    if not lines:
        raise NotFound
    return lines[0]
