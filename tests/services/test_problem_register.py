"""Entering a problem in the register."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.people import RoleGrant
from models.post import OutboxMessage
from models.problems import Problem, ProblemEvent
from models.queries import responsibility
from models.visits import Attachment
from services.messages import Media
from services.problem_register import register_problem
from tests.town import ZONE, FrozenClock, Town, make_office


def register(session: Session, town: Town, household: str = "H001", **changed: object) -> Problem:
    facts = {
        "household_id": town.households[household].id,
        "source": "visit",
        "reporter_id": None,
        "entered_by_id": town.cadre.id,
        "category": "water",
        "summary": "水管坏了",
    } | changed
    return register_problem(session, make_office(), **facts)


def told(session: Session) -> dict[int | None, str]:
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "problems.reported"))
    return {row.person_id: row.speech for row in rows}


def test_numbers_follow_one_another_and_begin_anew_each_year(session: Session, town: Town) -> None:
    assert [register(session, town).number, register(session, town).number] == ["P-2026-000001", "P-2026-000002"]
    new_year = make_office(FrozenClock(datetime(2027, 1, 1, 0, 30, tzinfo=ZONE)))
    problem = register_problem(
        session,
        new_year,
        household_id=town.households["H001"].id,
        source="visit",
        reporter_id=None,
        entered_by_id=town.cadre.id,
        category="water",
        summary="",
    )
    assert problem.number == "P-2027-000001"


def test_it_belongs_to_the_primary_cadre_and_is_due_by_its_category(session: Session, town: Town) -> None:
    problem = register(session, town)
    assert (problem.owner_id, problem.stage, problem.unit_id) == (town.cadre.id, "reported", town.east_group.id)
    assert problem.due_at == datetime(2026, 3, 3, 18, 0, tzinfo=ZONE)  # water: one working day


def test_the_first_step_of_its_course_carries_what_was_sent(session: Session, town: Town) -> None:
    problem = register(session, town, media=[Media("photo", "f1"), Media("voice", "f2")])
    event = session.scalars(select(ProblemEvent).where(ProblemEvent.problem_id == problem.id)).one()
    assert (event.act, event.stage, event.person_id, event.note) == ("reported", "reported", town.cadre.id, "水管坏了")
    attached = session.scalars(
        select(Attachment).where(Attachment.problem_event_id == event.id).order_by(Attachment.id)
    )
    assert [(one.kind, one.file_id) for one in attached] == [("photo", "f1"), ("voice", "f2")]


def test_without_a_cadre_it_goes_to_the_nearest_supervisor(session: Session, town: Town) -> None:
    assert register(session, town, "H004").owner_id == town.supervisor.id  # 西村 has none of its own


def test_a_confidential_one_goes_past_the_own_cadre_and_is_told_to_no_relative(session: Session, town: Town) -> None:
    problem = register(session, town, entered_by_id=town.admin.id, confidential=True)
    assert problem.owner_id == town.east_supervisor.id
    assert told(session) == {town.east_supervisor.id: "notice"}


def test_nobody_in_charge_is_said_honestly(session: Session, town: Town) -> None:
    for grant in session.scalars(select(RoleGrant).where(RoleGrant.role == "supervisor")):
        grant.revoked_at = grant.granted_at
    assert register(session, town, "H004").owner_id is None


def test_a_supervisor_who_can_be_reached_comes_before_a_nearer_one_who_cannot(session: Session, town: Town) -> None:
    town.east_supervisor.telegram_user_id = None
    session.flush()
    assert responsibility.supervisor_ids(session, town.east_group.id) == (town.supervisor.id,)


def test_the_household_hears_of_what_somebody_else_entered_and_the_enterer_hears_nothing(
    session: Session, town: Town
) -> None:
    register(session, town)
    assert told(session) == {town.resident.id: "notice"}


def test_the_owner_hears_of_what_the_household_reported(session: Session, town: Town) -> None:
    register(session, town, source="household", reporter_id=town.resident.id, entered_by_id=town.resident.id)
    assert told(session) == {town.cadre.id: "notice"}


def test_danger_is_told_to_owner_and_supervisor_at_any_hour(session: Session, town: Town) -> None:
    register(session, town, entered_by_id=town.resident.id, reporter_id=town.resident.id, urgency="danger")
    assert told(session) == {town.cadre.id: "emergency", town.east_supervisor.id: "emergency"}


def test_one_draft_makes_one_problem(session: Session, town: Town) -> None:
    assert register(session, town, draft_id=7).id == register(session, town, draft_id=7).id
    assert session.scalar(select(func.count()).select_from(Problem)) == 1
    assert register(session, town, draft_id=8).number == "P-2026-000002"
