"""What the clock asks the household: on day 3, until day 6, and 28 days after it was confirmed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actor import Actor
from models.households import Membership
from models.post import OutboxMessage
from models.problems import Problem, ProblemEvent
from models.queries import actors
from services.problem_register import register_problem
from services.problems import answering, working
from services.problems.questions import tick_questions
from services.rules.problem_course import Act, Answer
from tests.phone import Phone
from tests.town import ZONE, FrozenClock, Town, make_office

DONE_AT = datetime(2026, 3, 2, 23, 30, tzinfo=ZONE)  # late on a Monday, already Monday afternoon in UTC


@pytest.fixture
def problem(session: Session, town: Town, clock: FrozenClock) -> Problem:
    """Done late on Monday 2 March."""
    found = register_problem(
        session,
        make_office(clock),
        household_id=town.households["H001"].id,
        source="household",
        reporter_id=town.resident.id,
        entered_by_id=town.resident.id,
        category="roads",
        summary="路塌了",
    )
    clock.moment = DONE_AT
    for act in (Act.ACCEPT, Act.FINISH):
        working.take_step(session, make_office(clock), actor(session, town.cadre.id), found.id, act)
    return found


def actor(session: Session, person_id: int) -> Actor:
    found = actors.actor_by_person_id(session, person_id, language="zh_CN")
    assert found is not None
    return found


def tick(session: Session, clock: FrozenClock, *, days: int, hour: int = 8) -> int:
    """The tick on that many calendar days after the day of `done`; run twice, since that must change nothing."""
    clock.moment = datetime(2026, 3, 2, hour, 30, tzinfo=ZONE) + timedelta(days=days)
    count = tick_questions(session, make_office(clock))
    before = messages(session)
    assert tick_questions(session, make_office(clock)) == 0
    assert messages(session) == before
    return count


def messages(session: Session) -> list[tuple[str, int | None, str]]:
    """What was queued about questions: kind, person, speech."""
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.kind.in_(("problems.question", "problems.ask_for_them", "problems.follow_up")))
        .order_by(OutboxMessage.id)
    )
    return [(row.kind, row.person_id, row.speech) for row in rows]


def answer(session: Session, clock: FrozenClock, town: Town, problem: Problem, given: Answer) -> None:
    done_id = session.scalars(select(ProblemEvent.id).where(ProblemEvent.act == "finish")).all()[-1]
    resident = actor(session, town.resident.id)
    answering.answer(session, make_office(clock), resident, problem.id, given, done_id=done_id)


def test_asked_when_done_once_more_on_day_three_and_given_up_on_day_six(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    asked_first = ("problems.question", town.resident.id, "notice")
    asked_again = ("problems.question", town.resident.id, "scheduled")
    assert messages(session) == [asked_first]
    assert tick(session, clock, days=2, hour=23) == 0
    assert messages(session) == [asked_first]
    assert tick(session, clock, days=3, hour=0) == 1
    assert messages(session) == [asked_first, asked_again]
    assert tick(session, clock, days=5, hour=23) == 0
    assert problem.stage == "done"
    assert tick(session, clock, days=6, hour=0) == 1
    assert messages(session) == [asked_first, asked_again]
    assert (problem.stage, problem.closed_at, problem.asked_count) == ("unconfirmed", clock.now(), 2)
    event = session.scalars(select(ProblemEvent).order_by(ProblemEvent.id.desc()).limit(1)).one()
    assert (event.act, event.stage, event.person_id) == ("silence", "unconfirmed", None)
    assert problem.rated_owner_id is None  # never "satisfied"


def test_the_household_reads_that_its_silence_is_not_satisfaction_and_may_still_answer(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    tick(session, clock, days=6)
    resident = Phone(session, make_office(clock), 401)
    news = resident.receives()[-1]
    assert "不算满意" in news.text
    resident.taps(resident.taps([news], "查看详情"), "没解决")
    assert (problem.stage, problem.not_solved_count) == ("in_progress", 1)


def test_the_owner_gets_no_message_of_the_clock(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    for days in (3, 6):
        tick(session, clock, days=days)
    rows = session.scalars(select(OutboxMessage.speech).where(OutboxMessage.person_id == town.cadre.id))
    assert "scheduled" not in set(rows)


def test_an_answer_ends_the_asking(session: Session, town: Town, clock: FrozenClock, problem: Problem) -> None:
    answer(session, clock, town, problem, Answer.PARTLY)
    assert tick(session, clock, days=3) == tick(session, clock, days=6) == 0
    assert problem.stage == "in_progress"


def test_cant_say_is_asked_again_on_day_three_and_then_given_up(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    answer(session, clock, town, problem, Answer.CANT_SAY)
    assert tick(session, clock, days=2) == 0
    assert tick(session, clock, days=3) == 1
    answer(session, clock, town, problem, Answer.CANT_SAY)
    assert tick(session, clock, days=6) == 1
    assert problem.stage == "unconfirmed"


def test_a_missed_day_three_is_not_asked_on_day_six(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    assert tick(session, clock, days=9) == 1
    assert problem.stage == "unconfirmed"
    assert [speech for _, _, speech in messages(session)] == ["notice"]


def test_a_second_done_starts_the_days_anew(session: Session, town: Town, clock: FrozenClock, problem: Problem) -> None:
    tick(session, clock, days=3)
    answer(session, clock, town, problem, Answer.NOT_SOLVED)
    cadre = actor(session, town.cadre.id)
    working.take_step(session, make_office(clock), cadre, problem.id, Act.FINISH)
    assert tick(session, clock, days=5) == 0
    assert tick(session, clock, days=6) == 1
    assert [speech for _, _, speech in messages(session)] == ["notice", "scheduled", "notice", "scheduled"]
    assert tick(session, clock, days=9) == 1
    assert problem.stage == "unconfirmed"


def test_a_question_that_was_answered_before_it_left_dies(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    tick(session, clock, days=3)
    resident = Phone(session, make_office(clock), 401)
    assert sum("解决了吗" in message.text for message in resident.receives()) == 2
    answer(session, clock, town, problem, Answer.SOLVED)
    assert not any("解决了吗" in message.text for message in resident.receives())


def test_where_nobody_can_be_reached_the_supervisor_is_asked_both_times(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    town.resident.unreachable_since = clock.now()
    session.flush()
    tick(session, clock, days=3)
    assert messages(session)[-1] == ("problems.ask_for_them", town.east_supervisor.id, "scheduled")


def test_where_only_the_owner_could_be_asked_the_supervisor_is(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    town.resident.unreachable_since = clock.now()
    household_id = town.households["H001"].id
    session.add(Membership(household_id=household_id, person_id=town.cadre.id, state="linked", since=clock.now()))
    session.flush()
    tick(session, clock, days=3)
    assert messages(session)[1:] == [("problems.ask_for_them", town.east_supervisor.id, "scheduled")]


def test_of_a_confidential_problem_only_the_reporter_is_asked(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    problem.confidential = True
    household_id = town.households["H001"].id
    session.add(Membership(household_id=household_id, person_id=town.neighbour.id, state="linked", since=clock.now()))
    session.flush()
    tick(session, clock, days=3)
    assert [person_id for _, person_id, _ in messages(session)[1:]] == [town.resident.id]


def test_confirmed_is_asked_about_once_after_28_days(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    answer(session, clock, town, problem, Answer.SOLVED)
    assert tick(session, clock, days=27, hour=23) == 0
    assert tick(session, clock, days=28, hour=0) == 1
    assert messages(session)[-1] == ("problems.follow_up", town.resident.id, "scheduled")
    assert problem.followed_up_at == clock.now()
    assert tick(session, clock, days=60) == 0


def test_still_fine_after_28_days_stays_confirmed(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    answer(session, clock, town, problem, Answer.SOLVED)
    tick(session, clock, days=28)
    resident = Phone(session, make_office(clock), 401)
    asked = resident.receives()[-1:]
    assert "现在还好吗" in asked[0].text
    (thanks,) = resident.taps(asked, "一直都好")
    assert "太好了" in thanks.text
    assert problem.stage == "confirmed"
    assert resident.taps(asked, "一直都好") == []
    assert "已经回答过" in resident.toast()


def test_came_back_after_28_days_is_in_progress_with_a_fresh_deadline(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    answer(session, clock, town, problem, Answer.SOLVED)
    tick(session, clock, days=28)  # Monday 30 March
    resident, cadre = (Phone(session, make_office(clock), telegram_id) for telegram_id in (401, 101))
    resident.taps(resident.receives()[-1:], "又出现了")
    assert problem.stage == "in_progress"
    assert problem.due_at == datetime(2026, 4, 9, 18, 0, tzinfo=ZONE)  # seven working days; 6 April is Qingming
    assert "没解决" in cadre.receives()[-1].text
    assert resident.receives()[-1].text != "现在还好吗"
    assert tick(session, clock, days=60) == 0


def test_a_problem_confirmed_anew_is_followed_up_anew(
    session: Session, town: Town, clock: FrozenClock, problem: Problem
) -> None:
    answer(session, clock, town, problem, Answer.SOLVED)
    tick(session, clock, days=28)
    resident = Phone(session, make_office(clock), 401)
    resident.taps(resident.receives()[-1:], "又出现了")
    cadre = actor(session, town.cadre.id)
    working.take_step(session, make_office(clock), cadre, problem.id, Act.FINISH)
    answer(session, clock, town, problem, Answer.SOLVED)
    assert tick(session, clock, days=55) == 0
    assert tick(session, clock, days=56) == 1
    assert [kind for kind, _, _ in messages(session)].count("problems.follow_up") == 2
