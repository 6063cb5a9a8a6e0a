"""Asking the household whether a problem is solved: when it is done, on day 3, and 28 days after it was confirmed."""

from datetime import date, datetime, time, timedelta

from models.problems import Problem
from models.queries import outbox as outbox_rows
from models.queries import problems as rows
from models.session import Session
from services import outbox
from services.office import Office
from services.problem_events import household_side, record, supervisors, tell
from services.problems.course import mark
from services.rules.problem_course import (
    ASK_AGAIN_AFTER,
    FOLLOW_UP_AFTER,
    Act,
    QuestionDue,
    Stage,
    next_stage,
    question_due,
)
from services.rules.send_windows import Speech


def ask(session: Session, office: Office, problem: Problem, *, speech: Speech) -> None:
    """Ask everybody of the household; where none of them can be reached, the supervisor is asked to ask them."""
    problem.asked_count += 1
    session.flush()
    done_id = rows.last_event_id(session, problem.id, Act.FINISH)
    params = {"problem_id": problem.id, "round": done_id}
    key = f"problem_question:{problem.id}:{done_id}:{problem.asked_count}"
    asked = _reachable(session, household_side(session, problem) - {problem.owner_id})
    kind = "problems.question" if asked else "problems.ask_for_them"
    for person_id in sorted(asked or supervisors(session, problem) - {problem.owner_id}):
        outbox.notice(session, office, person_id, kind, params, speech=speech, unique_key=f"{key}:{person_id}")


def tick_questions(session: Session, office: Office) -> int:
    """Do whatever is due between the bot and the households by now; how many problems that concerned.

    Idempotent: the rows decide, and every message carries a unique key.
    """
    today = office.today()
    done = rows.awaiting_answer(session, done_before=_start_of(office, today, days_ago=ASK_AGAIN_AFTER - 1))
    confirmed = rows.confirmed_without_follow_up(
        session, closed_before=_start_of(office, today, days_ago=FOLLOW_UP_AFTER - 1)
    )
    return sum(_pursue(session, office, problem, today) for problem in (*done, *confirmed))


def _pursue(session: Session, office: Office, problem: Problem, today: date) -> bool:
    is_done = problem.stage == Stage.DONE
    since = problem.done_at if is_done else problem.closed_at
    if since is None:
        return False
    asked = problem.asked_count if is_done else 0
    due = question_due(problem.stage, office.local(since).date(), asked, today)
    if due in (QuestionDue.ASK, QuestionDue.ASK_AGAIN):
        ask(session, office, problem, speech=Speech.SCHEDULED)
    elif due == QuestionDue.GIVE_UP:
        _give_up(session, office, problem)
    elif due == QuestionDue.FOLLOW_UP:
        _follow_up(session, office, problem)
    return due is not None


def _give_up(session: Session, office: Office, problem: Problem) -> None:
    stage = next_stage(problem.stage, Act.SILENCE)
    assert stage is not None  # only what is done is given up
    mark(office, problem, Act.SILENCE)
    problem.stage = stage
    event = record(session, office, problem, Act.SILENCE, None)
    # the owner sees it in the list: the clock gives a cadre one message a day, not one for each problem
    side = household_side(session, problem) - {problem.owner_id}
    tell(session, office, event, side, speech=Speech.SCHEDULED)


def _follow_up(session: Session, office: Office, problem: Problem) -> None:
    problem.followed_up_at = office.now()
    session.flush()
    done_id = rows.last_event_id(session, problem.id, Act.FINISH)
    for person_id in sorted(household_side(session, problem) - {problem.owner_id}):
        outbox.notice(
            session,
            office,
            person_id,
            "problems.follow_up",
            {"problem_id": problem.id, "round": done_id},
            speech=Speech.SCHEDULED,
            unique_key=f"problem_follow_up:{problem.id}:{done_id}:{person_id}",
        )


def _reachable(session: Session, person_ids: set[int]) -> set[int]:
    return {person_id for person_id in person_ids if outbox_rows.chat_of(session, person_id) is not None}


def _start_of(office: Office, today: date, *, days_ago: int) -> datetime:
    """The first moment of that local day: a coarse sieve for the database, the rule decides."""
    return datetime.combine(today - timedelta(days=days_ago), time.min, tzinfo=office.zone)
