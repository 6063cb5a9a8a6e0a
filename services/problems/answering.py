"""The household's word on whether it is solved: the first answer counts, and never the owner's own."""

from models.actor import Actor
from models.problems import Problem, ProblemEvent
from models.queries import problems as rows
from models.session import Session
from services.errors import Conflict
from services.office import Office
from services.problem_events import household_side, in_charge, supervisors, tell
from services.problem_page.buttons import ASKABLE
from services.problems.course import Taken, check, check_part, stale, step, take
from services.rules.problem_course import Act, Answer, Part, Stage


def answer(
    session: Session,
    office: Office,
    actor: Actor,
    problem_id: int,
    given: Answer,
    *,
    done_id: int,
    as_proxy: bool = False,
) -> Problem:
    """The answer to the question about that `done`. A supervisor answers as proxy for those without Telegram.

    Errors: NotFound; NotAllowed for the owner and for whoever doesn't belong to the household; Conflict where
    somebody answered before, with their name; Stale naming the present stage.
    """
    taken = take(session, actor, problem_id)
    if as_proxy and Part.SUPERVISOR in taken.parts:
        taken = Taken(taken.problem, taken.parts | {Part.PROXY})
    _check_asked(session, taken, given, done_id)
    if given == Answer.CANT_SAY and rows.did_since(session, problem_id, done_id, given.act, actor.id):
        return taken.problem  # noted before
    event = step(session, office, actor, taken, given.act)
    _tell_answer(session, office, taken.problem, event)
    return taken.problem


def follow_up(
    session: Session, office: Office, actor: Actor, problem_id: int, given: Answer, *, done_id: int
) -> Problem:
    """Still fine, or it came back: the answer to the question 28 days after, and a change of mind before.

    Errors: as `answer`.
    """
    taken = take(session, actor, problem_id)
    check_part(taken, given.act)
    problem = taken.problem
    if problem.stage != Stage.CONFIRMED or done_id != rows.last_event_id(session, problem_id, Act.FINISH):
        raise stale(problem)
    if given == Answer.SOLVED:
        _check_not_answered(rows.answer_since(session, problem_id, problem.followed_up_at))
        step(session, office, actor, taken, given.act)
        return problem
    _tell_answer(session, office, problem, step(session, office, actor, taken, given.act))
    return problem


def rate(session: Session, actor: Actor, problem_id: int, rating: str) -> Problem:
    """Once, by the household; it belongs to whoever owned the problem when it was closed.

    No event: the course is public, the rated cadre sees ratings in aggregate only.
    """
    taken = take(session, actor, problem_id)
    check_part(taken, Act.ANSWER_SOLVED)
    if taken.problem.stage != Stage.CONFIRMED:
        raise stale(taken.problem)
    if taken.problem.rating is not None:
        raise Conflict("problems.refused.rated")
    taken.problem.rating = rating
    session.flush()
    return taken.problem


def _check_asked(session: Session, taken: Taken, given: Answer, done_id: int) -> None:
    problem = taken.problem
    check_part(taken, given.act)
    is_current = done_id == rows.last_event_id(session, problem.id, Act.FINISH)
    if is_current and problem.stage in ASKABLE:
        check(taken, given.act)
        return
    _check_not_answered(rows.answer_after(session, problem.id, done_id))
    raise stale(problem)


def _check_not_answered(answered: tuple[str, str] | None) -> None:
    if answered is not None:
        act, name = answered
        raise Conflict(f"problems.answered.{act.removeprefix('answer_')}", name=name)


def _tell_answer(session: Session, office: Office, problem: Problem, event: ProblemEvent) -> None:
    """ "Can't say" changes nothing and is in the course to read; "not solved" also goes to the supervisor."""
    if event.act == Act.ANSWER_CANT_SAY:
        return
    concerned = household_side(session, problem) | in_charge(session, problem)
    if event.act == Act.ANSWER_NOT_SOLVED:
        concerned |= supervisors(session, problem)
    tell(session, office, event, concerned)
