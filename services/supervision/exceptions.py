"""What a supervisor should look at in their units: exceptions, each found by the rule that the cadres' lists use too.

Lists hold ids in the order of urgency of the matters or of codes; people are never ordered by what they achieved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from models.queries import supervised_people as people_rows
from models.queries import supervision as rows
from models.queries.supervised_people import WatchedCadre
from models.queries.supervision import Paths, WatchedHousehold, WatchedProblem
from models.session import Session
from services.office import Office
from services.rules.policy import Tier
from services.rules.problem_clock import acknowledge_by, act_by
from services.rules.problem_course import CLOCK_STAGES, WORKING_STAGES, Stage
from services.rules.visit_status import VisitStatus, VisitStatusKind, visit_status
from services.rules.visits import HouseholdStatus
from services.rules.working_time import WorkCalendar
from services.site_days import end_of, start_of

Ids = tuple[int, ...]
Period = tuple[date, date]  # site-local, both included


class Section(StrEnum):
    """A kind of exception, in the order in which people read them."""

    PAST_DUE = "past_due"  # problems: the deadline is over, and the clock runs
    NOT_STARTED = "not_started"  # problems: not acknowledged or not acted upon in time, the deadline still to come
    NOT_SOLVED = "not_solved"  # problems: the household said so
    OWNERLESS = "ownerless"  # problems: nobody in charge
    OVERDUE = "overdue"  # households: not visited in time
    SILENT = "silent"  # households: no contact for two intervals, and nobody there uses the bot
    WITHOUT_CADRE = "without_cadre"  # households: no primary cadre
    OVERLOADED = "overloaded"  # cadres: more households than their maximum
    ABSENT = "absent"  # cadres: households, but they are on leave, left, lost the role or never joined
    UNREACHABLE = "unreachable"  # people: blocked the bot


class Absence(StrEnum):
    """Why a cadre can't look after their households at present."""

    LEFT = "left"  # deactivated, or no cadre any more
    NOT_JOINED = "not_joined"  # never opened the invitation, or didn't agree to the notice
    ON_LEAVE = "on_leave"


PROBLEMS = frozenset({Section.PAST_DUE, Section.NOT_STARTED, Section.NOT_SOLVED, Section.OWNERLESS})
HOUSEHOLDS = frozenset({Section.OVERDUE, Section.SILENT, Section.WITHOUT_CADRE})
CADRES = frozenset({Section.OVERLOADED, Section.ABSENT})

_TIERS = tuple(Tier)


@dataclass(frozen=True)
class Findings:
    """One period of one supervisor's unit, as a digest keeps it."""

    lists: Mapping[Section, Ids]
    villages: tuple[tuple[str, int], ...]  # of the overdue households, by the village's code
    contacts: int  # real contacts in the period
    visited: int  # households that they were with
    confirmed: int  # problems that a household confirmed as solved

    @property
    def is_all_well(self) -> bool:
        return not any(self.lists.values())

    def to_json(self) -> dict[str, Any]:
        return {
            "lists": {section: list(ids) for section, ids in self.lists.items()},
            "villages": [list(village) for village in self.villages],
            "contacts": self.contacts,
            "visited": self.visited,
            "confirmed": self.confirmed,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Findings":
        return cls(
            {section: tuple(data["lists"].get(section, ())) for section in Section},
            tuple((name, number) for name, number in data["villages"]),
            data["contacts"],
            data["visited"],
            data["confirmed"],
        )


def find(session: Session, office: Office, paths: Paths, period: Period) -> Findings:
    """The exceptions as they stand now, the answers and what went well in the period."""
    start, end = start_of(office, period[0]), end_of(office, period[1])
    households = rows.households_under(session, paths)
    lists = _lists(session, office, paths, households)
    lists[Section.NOT_SOLVED] = tuple(rows.not_solved_between(session, paths, start, end))
    contacts, visited = rows.contacts_between(session, paths, *period)
    return Findings(
        lists,
        _by_village(households, lists[Section.OVERDUE]),
        contacts,
        visited,
        rows.confirmed_between(session, paths, start, end),
    )


def exceptions_now(session: Session, office: Office, paths: Paths) -> dict[Section, Ids]:
    """As they stand now; `NOT_SOLVED` are the problems that are being worked on again."""
    return _lists(session, office, paths, rows.households_under(session, paths))


def status_of(office: Office, household: WatchedHousehold, today: date) -> VisitStatus:
    return visit_status(
        today,
        household.tier,
        household.last_contact,
        household.paired_since,
        household.status,
        household.muted_until,
        intervals=office.policy.visit_interval_days,
    )


def most_households(office: Office, cadre: WatchedCadre) -> int:
    return office.policy.pairing_max if cadre.max_households is None else cadre.max_households


def why_absent(office: Office, cadre: WatchedCadre) -> Absence | None:
    if not (cadre.is_active and cadre.holds_role):
        return Absence.LEFT
    if not cadre.has_joined:
        return Absence.NOT_JOINED
    on_leave = cadre.away_until is not None and cadre.away_until >= office.today()
    return Absence.ON_LEAVE if on_leave else None


def _lists(
    session: Session, office: Office, paths: Paths, households: Iterable[WatchedHousehold]
) -> dict[Section, Ids]:
    lists: dict[Section, list[int]] = {section: [] for section in Section}
    today = office.today()
    watched = [(household, status_of(office, household, today)) for household in households]
    for household, status in sorted(watched, key=_urgency):
        for section in _sections_of_household(office, household, status):
            lists[section].append(household.id)
    calendar = WorkCalendar(office.policy)
    for problem in rows.open_problems_under(session, paths):
        for section in _sections_of_problem(office, calendar, problem):
            lists[section].append(problem.id)
    for cadre in people_rows.cadres_under(session, paths):
        for section in _sections_of_cadre(office, cadre):
            lists[section].append(cadre.id)
    lists[Section.UNREACHABLE] = people_rows.unreachable_under(session, paths)
    return {section: tuple(ids) for section, ids in lists.items()}


def _urgency(watched: tuple[WatchedHousehold, VisitStatus]) -> tuple[int, int, str]:
    household, status = watched
    return _TIERS.index(Tier(household.tier)), -status.days_overdue, household.code


def _sections_of_household(office: Office, household: WatchedHousehold, status: VisitStatus) -> Iterable[Section]:
    if status.kind is VisitStatusKind.OVERDUE:
        yield Section.OVERDUE
        if not household.has_member and status.days_overdue >= office.policy.visit_interval_days[household.tier]:
            yield Section.SILENT
    if household.status == HouseholdStatus.ACTIVE and household.cadre_name is None:
        yield Section.WITHOUT_CADRE


def _sections_of_problem(office: Office, calendar: WorkCalendar, problem: WatchedProblem) -> Iterable[Section]:
    if problem.stage in CLOCK_STAGES and problem.due_at <= office.now():
        yield Section.PAST_DUE
    elif (begin_by := _begin_by(office, calendar, problem)) and begin_by <= office.local_now():
        yield Section.NOT_STARTED
    if problem.stage in WORKING_STAGES and problem.not_solved_count:
        yield Section.NOT_SOLVED
    if problem.stage in WORKING_STAGES and problem.owner_name is None:
        yield Section.OWNERLESS


def _begin_by(office: Office, calendar: WorkCalendar, problem: WatchedProblem) -> datetime | None:
    """By when the next first step is owed; None once there was one."""
    since = office.local(problem.counted_from)
    if problem.stage == Stage.REPORTED:
        return acknowledge_by(since, problem.urgency == "danger", calendar)
    return act_by(since, calendar) if problem.stage == Stage.ACCEPTED else None


def _sections_of_cadre(office: Office, cadre: WatchedCadre) -> Iterable[Section]:
    if cadre.households > most_households(office, cadre):
        yield Section.OVERLOADED
    if why_absent(office, cadre):
        yield Section.ABSENT


def _by_village(households: Iterable[WatchedHousehold], ids: Ids) -> tuple[tuple[str, int], ...]:
    wanted = set(ids)
    villages = sorted((one.village_code, one.village_name) for one in households if one.id in wanted)
    return tuple((name, len(list(group))) for (_, name), group in groupby(villages))
