"""Handing a problem to somebody: by the supervisor, or along with the household's cadre."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import RoleGrant
from models.post import OutboxMessage
from models.problems import Problem, ProblemEvent
from models.queries import actors
from services import problem_owner
from services.errors import NotAllowed, NotFound, Stale
from services.messages import Message
from services.problem_register import register_problem
from tests.phone import Phone
from tests.town import FrozenClock, Town, make_office

OFFICE = make_office()


def reported(session: Session, town: Town, household: str = "H001", **changed: object) -> Problem:
    facts = {
        "household_id": town.households[household].id,
        "source": "household",
        "reporter_id": town.resident.id,
        "entered_by_id": town.resident.id,
        "category": "roads",
        "summary": "路塌了",
    } | changed
    return register_problem(session, OFFICE, **facts)


def labels(message: Message) -> list[str]:
    return [button.label for row in message.buttons for button in row]


def events(session: Session, problem: Problem) -> list[tuple[str, int | None, str | None]]:
    rows = session.scalars(select(ProblemEvent).where(ProblemEvent.problem_id == problem.id).order_by(ProblemEvent.id))
    return [(row.act, row.person_id, row.note) for row in rows]


def test_the_supervisor_hands_a_problem_to_any_cadre_of_the_unit(session: Session, town: Town) -> None:
    problem = reported(session, town)
    supervisor = Phone(session, OFFICE, 201)
    whom = supervisor.taps(supervisor.presses(f"problems.open:{problem.id}"), "交办")
    assert labels(whom[0]) == ["李联系 · 西村", "返回"]  # not the present owner
    (handed,) = supervisor.taps(whom, "李联系")
    assert "已交给李联系办理" in handed.text
    assert problem.owner_id == town.other_cadre.id
    assert events(session, problem)[-1] == ("assigned", town.supervisor.id, "李联系")
    (news,) = Phone(session, OFFICE, 102).receives()
    assert "有一件问题交给您办理" in news.text
    assert "138****0001" in news.text  # not the household's cadre
    assert labels(news) == ["受理", "更多"]
    assert "交给别人办理\n新的办理人：李联系\n" in Phone(session, OFFICE, 401).receives()[-1].text
    assert "李联系" in Phone(session, OFFICE, 101).receives()[-1].text
    Phone(session, OFFICE, 102).taps([news], "受理")
    assert problem.stage == "accepted"


def test_the_supervisor_is_told_where_no_message_reaches_the_new_owner(session: Session, town: Town) -> None:
    problem = reported(session, town)
    town.other_cadre.telegram_user_id = None
    session.flush()
    (handed,) = Phone(session, OFFICE, 201).presses(f"problems.give:{problem.id}:{town.other_cadre.id}")
    assert "李联系现在收不到连心的消息" in handed.text
    assert "已通知本人" not in handed.text


def test_the_former_owner_takes_no_more_steps(session: Session, town: Town) -> None:
    problem = reported(session, town)
    Phone(session, OFFICE, 201).presses(f"problems.give:{problem.id}:{town.other_cadre.id}")
    former = Phone(session, OFFICE, 101)
    assert former.presses(f"problems.accept:{problem.id}") == []
    assert "不由您来做" in former.toast()


def test_a_problem_without_an_owner_is_handed_out(session: Session, town: Town) -> None:
    problem = reported(session, town, "H004", reporter_id=None)
    problem.owner_id = None
    session.flush()
    supervisor = Phone(session, OFFICE, 201)
    (page,) = supervisor.presses(f"problems.open:{problem.id}")
    assert "由督导安排" in page.text
    supervisor.taps(supervisor.taps([page], "交办"), "王联系")
    assert problem.owner_id == town.cadre.id


def test_a_supervisor_assigns_only_in_the_own_unit_and_only_its_cadres(session: Session, town: Town) -> None:
    east = actors.actor_by_telegram_id(session, 202, language="zh_CN")
    own, foreign = reported(session, town), reported(session, town, "H003", reporter_id=town.neighbour.id)
    with pytest.raises(NotFound):
        problem_owner.assign(session, OFFICE, east, foreign.id, town.cadre.id)
    with pytest.raises(NotFound):
        problem_owner.assign(session, OFFICE, east, own.id, town.other_cadre.id)
    with pytest.raises(NotFound):
        problem_owner.assign(session, OFFICE, east, own.id, town.resident.id)
    assert (own.owner_id, foreign.owner_id) == (town.cadre.id, town.other_cadre.id)


def test_a_cadre_assigns_nothing(session: Session, town: Town) -> None:
    problem = reported(session, town)
    cadre = actors.actor_by_telegram_id(session, 101, language="zh_CN")
    with pytest.raises(NotAllowed):
        problem_owner.assign(session, OFFICE, cadre, problem.id, town.other_cadre.id)


def test_what_is_done_or_ended_is_not_assigned(session: Session, town: Town) -> None:
    problem = reported(session, town)
    supervisor = actors.actor_by_telegram_id(session, 201, language="zh_CN")
    for stage in ("done", "confirmed", "withdrawn"):
        problem.stage = stage
        session.flush()
        with pytest.raises(Stale) as refusal:
            problem_owner.assign(session, OFFICE, supervisor, problem.id, town.other_cadre.id)
        assert refusal.value.message_id == f"problems.now.{stage}"


def test_a_confidential_problem_is_never_handed_to_the_own_cadre(session: Session, town: Town) -> None:
    problem = reported(session, town, confidential=True)
    supervisor = Phone(session, OFFICE, 201)
    (whom,) = supervisor.presses(f"problems.assign:{problem.id}:0")
    assert labels(whom) == ["李联系 · 西村", "返回"]
    assert supervisor.presses(f"problems.give:{problem.id}:{town.cadre.id}") == []
    assert problem.owner_id == town.east_supervisor.id


def test_a_danger_is_handed_over_at_any_hour(session: Session, town: Town) -> None:
    problem = reported(session, town, urgency="danger")
    Phone(session, OFFICE, 201).presses(f"problems.give:{problem.id}:{town.other_cadre.id}")
    row = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "problems.assigned")).one()
    assert (row.person_id, row.speech) == (town.other_cadre.id, "emergency")


def test_a_notice_of_assignment_dies_when_it_is_handed_on(session: Session, town: Town) -> None:
    problem = reported(session, town)
    supervisor = Phone(session, OFFICE, 201)
    supervisor.presses(f"problems.give:{problem.id}:{town.other_cadre.id}")
    supervisor.presses(f"problems.give:{problem.id}:{town.cadre.id}")
    assert not any("交给您办理" in one.text for one in Phone(session, OFFICE, 102).receives())


def test_open_problems_follow_the_new_cadre_and_everything_else_stays(session: Session, town: Town) -> None:
    household_id = town.households["H001"].id
    open_, waiting, ended, confidential, given_away, other_household = (
        reported(session, town),
        reported(session, town),
        reported(session, town),
        reported(session, town, confidential=True),
        reported(session, town),
        reported(session, town, "H002", reporter_id=None),
    )
    waiting.stage, ended.stage, given_away.owner_id = "waiting", "confirmed", town.east_supervisor.id
    confidential.owner_id = town.cadre.id  # handed over before the pairing; the new cadre is an own cadre, too
    session.flush()
    clock = FrozenClock()
    moved = problem_owner.follow_pairing(
        session,
        make_office(clock),
        household_id=household_id,
        from_id=town.cadre.id,
        to_id=town.other_cadre.id,
        by_id=town.admin.id,
    )
    assert moved == 2
    owners = [one.owner_id for one in (open_, waiting, ended, confidential, given_away, other_household)]
    supervisor_id, old, new = town.east_supervisor.id, town.cadre.id, town.other_cadre.id
    assert owners == [new, new, old, old, supervisor_id, old]
    assert events(session, open_)[-1] == ("handed_over", town.admin.id, "李联系")
    assert sum("交给您办理" in one.text for one in Phone(session, OFFICE, 102).receives()) == 2
    again = problem_owner.follow_pairing(
        session, OFFICE, household_id=household_id, from_id=old, to_id=new, by_id=town.admin.id
    )
    assert again == 0


def test_a_revoked_cadre_is_not_offered(session: Session, town: Town) -> None:
    problem = reported(session, town)
    grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.other_cadre.id)).one()
    grant.revoked_at = grant.granted_at
    session.flush()
    (whom,) = Phone(session, OFFICE, 201).presses(f"problems.assign:{problem.id}:0")
    assert "没有可以交办的干部" in whom.text
