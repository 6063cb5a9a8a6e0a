"""Every number of a digest against plain SQL, on a random town with everything that can go wrong in one."""

import random
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from models.base import UtcDateTime
from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant, Unit
from models.problems import Problem, ProblemEvent
from models.visits import Visit
from services.office import Office
from services.supervision.exceptions import Findings, Section, find
from tests.digest_sql import INTERVAL, OWED, PROBLEMS, UNDER, days_since, oracle
from tests.town import ZONE, FrozenClock, make_office

NOW = datetime(2026, 3, 9, 8, 30, tzinfo=ZONE)  # a Monday
TODAY = NOW.date()
PERIOD = (date(2026, 3, 2), date(2026, 3, 8))
STAGES = ("reported", "accepted", "in_progress", "waiting", "done", "confirmed", "unconfirmed", "explained")


def moment(month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=ZONE)


class RandomTown:
    """Two towns of three villages under one county; 40 cadres and 200 households, many of them exceptions."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.random = session, random.Random(seed)
        county = self.unit("C", "county", None)
        self.towns = [self.unit(f"T{n}", "town", county) for n in (1, 2)]
        villages = [self.unit(f"{town.code}V{n}", "village", town) for town in self.towns for n in (1, 2, 3)]
        self.cadres = [self.cadre(n, self.random.choice(villages + self.towns)) for n in range(40)]
        for n in range(200):
            self.household(n, self.random.choice(villages))
        session.flush()

    def unit(self, code: str, kind: str, parent: Unit | None) -> Unit:
        unit = Unit(code=code, name=f"{code}名", kind=kind, parent_id=parent.id if parent else None, path="")
        self.session.add(unit)
        self.session.flush()
        unit.path = f"{parent.path if parent else '/'}{unit.id}/"
        return unit

    def person(self, name: str, **more: object) -> Person:
        blocked = moment(3, 1) if self.random.random() < 0.1 else None
        person = Person(name=name, created_at=moment(1, 5), unreachable_since=blocked, **more)
        self.session.add(person)
        self.session.flush()
        return person

    def cadre(self, n: int, unit: Unit) -> Person:
        chance = self.random.random
        joined = chance() < 0.8
        cadre = self.person(
            f"干部{n}",
            code=f"C{n:03}",
            unit_id=unit.id,
            max_households=self.random.choice((None, 2, 4, 8)),
            telegram_user_id=1000 + n if joined else None,
            consented_at=moment(1, 6) if joined and chance() < 0.9 else None,
            is_active=chance() < 0.9,
            away_until=self.random.choice((None, None, None, TODAY, TODAY - timedelta(days=1))),
        )
        revoked = moment(3, 3) if chance() < 0.1 else None
        self.session.add(
            RoleGrant(person_id=cadre.id, role="cadre", unit_id=unit.id, granted_at=moment(1, 5), revoked_at=revoked)
        )
        return cadre

    def household(self, n: int, village: Unit) -> None:
        chance = self.random.random
        household = Household(
            code=f"H{n:03}",
            head=f"户主{n}",
            unit_id=village.id,
            tier=self.random.choice(("red", "yellow", "green")),
            status=self.random.choice(("active",) * 6 + ("away", "moved", "closed")),
            muted_until=self.random.choice((None,) * 6 + (TODAY, TODAY - timedelta(days=1))),
            card_code=f"CARD{n:04}",
            created_at=moment(1, 5),
        )
        self.session.add(household)
        self.session.flush()
        if chance() < 0.9:
            self.pairing(household)
        if chance() < 0.3:
            state = self.random.choice(("linked", "linked", "pending", "ended"))
            member = self.person(f"家人{n}", telegram_user_id=5000 + n)
            self.session.add(
                Membership(household_id=household.id, person_id=member.id, state=state, since=moment(1, 9))
            )
        for _ in range(self.random.randrange(4)):
            self.visit(household)
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            self.problem(household)

    def pairing(self, household: Household) -> None:
        self.session.add(
            Pairing(
                household_id=household.id,
                cadre_id=self.random.choice(self.cadres[:25]).id,
                kind=self.random.choice(("primary",) * 5 + ("second",)),
                started_on=TODAY - timedelta(days=self.random.randrange(120)),
                ended_on=self.random.choice((None,) * 6 + (TODAY,)),
            )
        )

    def visit(self, household: Household) -> None:
        day = TODAY - timedelta(
            days=self.random.randrange(100) if self.random.random() < 0.5 else self.random.randrange(10)
        )
        self.session.add(
            Visit(
                household_id=household.id,
                cadre_id=self.random.choice(self.cadres).id,
                method=self.random.choice(("home", "phone", "elsewhere", "not_home")),
                condition="steady",
                visited_on=day,
                recorded_at=NOW,
            )
        )

    def problem(self, household: Household) -> None:
        stage = self.random.choice(STAGES)
        reported_at = NOW - timedelta(hours=self.random.randrange(1, 24 * 30))
        not_solved = self.random.choice((0, 0, 1))
        problem = Problem(
            number=f"P-{household.code}-{self.random.randrange(10**6):06}"[:16],
            household_id=household.id,
            source="household",
            entered_by_id=self.cadres[0].id,
            category="roads",
            urgency=self.random.choice(("normal", "normal", "danger")),
            summary="",
            owner_id=self.random.choice((*[cadre.id for cadre in self.cadres[:5]], None)),
            unit_id=household.unit_id,
            stage=stage,
            reported_at=reported_at,
            due_at=NOW + timedelta(hours=self.random.randrange(-200, 200)),
            closed_at=NOW - timedelta(hours=self.random.randrange(300)) if stage in STAGES[5:] else None,
            not_solved_count=not_solved,
        )
        self.session.add(problem)
        self.session.flush()
        acts = ["answer_not_solved"] * not_solved + self.random.choice(([], [], ["reopen"], ["answer_partly"]))
        for act in acts:
            at = NOW - timedelta(hours=self.random.randrange(300))
            self.session.add(ProblemEvent(problem_id=problem.id, at=at, act=act, stage="in_progress"))


MOMENTS = {
    "now": NOW,
    "two_hours_ago": NOW - timedelta(hours=2),
    "friday": moment(3, 6),
    "week_start": moment(3, 2),
    "week_end": moment(3, 9),
}


class Sql:
    """Plain SQL with the site's dates and moments filled in."""

    def __init__(self, session: Session, path: str) -> None:
        self.session = session
        self.is_sqlite = session.get_bind().dialect.name == "sqlite"
        self.values = {"path": f"{path}%", "today": TODAY, "first": PERIOD[0], "last": PERIOD[1]} | MOMENTS

    @property
    def days(self) -> str:
        return days_since(self.is_sqlite)

    def rows(self, sql: str) -> list[tuple[int, ...]]:
        used = {name: value for name, value in self.values.items() if f":{name}" in sql}
        moments = [bindparam(name, type_=UtcDateTime) for name in used if name in MOMENTS]
        if self.is_sqlite:  # where dates are text
            used |= {name: str(value) for name, value in used.items() if name in ("today", "first", "last")}
        return [tuple(row) for row in self.session.execute(text(sql).bindparams(*moments), used)]


@pytest.fixture
def office() -> Office:
    return make_office(FrozenClock(NOW))


@pytest.mark.parametrize("seed", [1, 2])
def test_every_list_is_what_plain_sql_finds(session: Session, office: Office, seed: int) -> None:
    town = RandomTown(session, seed).towns[0]
    findings = find(session, office, (town.path,), PERIOD)
    sql = Sql(session, town.path)
    for section, query in oracle(sql.days).items():
        expected = sorted(row[0] for row in sql.rows(query))
        assert sorted(findings.lists[section]) == expected, section
        assert seed != 1 or expected, f"{section}: the random town has none, so nothing was shown"


@pytest.mark.parametrize("seed", [1, 2])
def test_every_count_is_what_plain_sql_counts(session: Session, office: Office, seed: int) -> None:
    town = RandomTown(session, seed).towns[1]
    findings = find(session, office, (town.path,), PERIOD)
    sql = Sql(session, town.path)
    assert [(findings.contacts, findings.visited)] == sql.rows(
        f"""SELECT count(*), count(DISTINCT v.household_id) FROM visits v JOIN households h ON h.id = v.household_id
            WHERE {UNDER} AND v.method <> 'not_home' AND v.visited_on BETWEEN :first AND :last"""
    )
    assert [(findings.confirmed,)] == sql.rows(
        f"SELECT count(*) {PROBLEMS} AND pr.stage = 'confirmed' AND pr.closed_at >= :week_start AND pr.closed_at < :week_end"
    )
    by_village = sql.rows(
        f"""SELECT u.name, count(*) FROM households h JOIN units u ON u.id = h.unit_id
            WHERE {OWED} AND {sql.days} > {INTERVAL} GROUP BY u.name, u.code ORDER BY u.code"""
    )
    assert list(findings.villages) == by_village
    assert findings.contacts
    assert findings.confirmed


def test_the_county_adds_up_its_towns(session: Session, office: Office) -> None:
    towns = RandomTown(session, 4).towns
    county = find(session, office, ("/",), PERIOD)
    parts = [find(session, office, (town.path,), PERIOD) for town in towns]
    for section in set(Section) - {Section.OVERLOADED, Section.ABSENT, Section.UNREACHABLE}:  # people may serve both
        assert sorted(county.lists[section]) == sorted(id_ for part in parts for id_ in part.lists[section])
    assert county.contacts == sum(part.contacts for part in parts)


def test_findings_survive_being_stored(session: Session, office: Office) -> None:
    town = RandomTown(session, 5).towns[0]
    findings = find(session, office, (town.path,), PERIOD)
    assert Findings.from_json(findings.to_json()) == findings
