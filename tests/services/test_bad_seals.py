"""The clock goes on for everybody, whatever value of whomever doesn't open."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from models.erasure_log import ErasureLog
from models.households import Membership
from models.people import Person
from models.post import OutboxMessage
from models.problems import Problem
from models.queries import actors
from models.sealed_rows import sealed_tables
from models.sealing import sealed_columns
from models.visits import Visit
from services import retention
from services.office import Office
from services.problem_register import register_problem
from services.problems import working
from services.problems.questions import tick_questions
from services.rules.problem_course import Act
from services.ticks import run_due
from tests.seals import damage
from tests.town import ZONE, FrozenClock, Town, build_town, make_office

MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZONE)


@pytest.fixture
def town(session: Session) -> Town:
    town = build_town(session)
    for code, home in town.households.items():
        home.phone, home.notes, home.address = "13912345678", f"{code} 屋顶漏雨", "云溪镇一组 1 号"
    for person in (town.cadre, town.resident, town.neighbour, town.admin):
        person.phone = "13912345678"
    session.flush()
    return town


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(MONDAY)


@pytest.fixture
def office(clock: FrozenClock, tmp_path: Path) -> Office:
    return replace(make_office(clock), erasures=ErasureLog(tmp_path / "lianxin.key"))


def spoil_everything(session: Session) -> int:
    """Each sealed value of the database; returns how many."""
    session.flush()
    count = 0
    for table in sealed_tables():
        for name, kind in sealed_columns(table):
            rows = session.scalars(text(f"SELECT id FROM {table.name} WHERE {name} LIKE 'lx1.%'")).all()
            for row_id in rows:
                damage(session, kind.place, row_id)
            count += len(rows)
    session.expunge_all()
    return count


def handled_problem(session: Session, office: Office, town: Town) -> None:
    found = register_problem(
        session,
        office,
        household_id=town.households["H001"].id,
        source="household",
        reporter_id=town.resident.id,
        entered_by_id=town.resident.id,
        category="roads",
        summary="路塌了",
    )
    cadre = actors.actor_by_person_id(session, town.cadre.id, language="zh_CN")
    assert cadre
    for act in (Act.ACCEPT, Act.FINISH):
        working.take_step(session, office, cadre, found.id, act)


def test_reminders_and_digests_are_made_though_nothing_opens(
    session: Session, town: Town, office: Office, clock: FrozenClock
) -> None:
    session.add(Visit(
        household_id=town.households["H001"].id, cadre_id=town.cadre.id, method="home", condition="steady",
        said="屋顶漏雨", visited_on=date(2026, 1, 5), recorded_at=MONDAY,
    ))  # fmt: skip
    assert spoil_everything(session) > 10
    clock.moment = MONDAY + timedelta(days=7)
    assert run_due(session, office) == 4
    kinds = session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.kind)).all()
    assert kinds == ["digest", "digest", "reminder", "reminder"]


def test_households_are_asked_though_nothing_opens(
    session: Session, town: Town, office: Office, clock: FrozenClock
) -> None:
    handled_problem(session, office, town)
    spoil_everything(session)
    clock.moment = MONDAY + timedelta(days=3)
    assert tick_questions(session, office) == 1
    clock.moment = MONDAY + timedelta(days=6)
    assert tick_questions(session, office) == 1, "given up after day 5"


def test_one_person_who_cannot_be_erased_keeps_nobody_else(session: Session, town: Town, office: Office) -> None:
    bad, good = town.resident.id, town.neighbour.id
    long_ago = office.now() - timedelta(days=4 * 366)
    ended = update(Membership).where(Membership.person_id.in_([bad, good]))
    session.execute(ended.values(state="ended", ended_at=long_ago))
    damage(session, "persons.phone", bad)
    session.expunge_all()
    assert retention.sweep(session, office)["former_members"] == 1
    assert retention.sweep(session, office)["former_members"] == 0, "and the night comes to its end"
    assert list(session.scalars(select(Person.id).where(Person.erased_at.is_not(None)))) == [good]


def test_words_that_do_not_open_keep_nobody_elses(session: Session, town: Town, office: Office) -> None:
    """Of people who were erased while their matter was open, and it is over now."""
    persons = (town.resident.id, town.neighbour.id)
    for person_id in persons:
        number = register_problem(
            session,
            office,
            household_id=town.households["H001"].id,
            source="household",
            reporter_id=person_id,
            entered_by_id=person_id,
            category="roads",
            summary="路塌了",
        ).id
        if person_id == persons[0]:
            damage(session, "problems.summary", number)
    session.execute(update(Problem).values(closed_at=office.now()))
    session.execute(update(Person).where(Person.id.in_(persons)).values(erased_at=office.now()))
    session.expunge_all()
    assert retention.sweep(session, office)["erased_words"] == 1
    assert retention.sweep(session, office)["erased_words"] == 0
