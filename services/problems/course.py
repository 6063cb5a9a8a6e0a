"""One step along the table of `rules.problem_course`: may they, can it be, and what it does to the row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models.actor import Actor
from models.problems import Problem, ProblemEvent
from models.queries import problem_people
from models.queries import problems as rows
from models.session import Session
from services.errors import NotAllowed, NotFound, Stale
from services.messages import Media
from services.office import Office
from services.problem_events import record
from services.problem_page.facts import parts_in
from services.rules.problem_clock import problem_deadline
from services.rules.problem_course import Act, Part, Stage, may_act, next_stage
from services.rules.working_time import WorkCalendar


@dataclass(frozen=True)
class Taken:
    """A problem that nobody else can change until the transaction ends, and what the actor is in it."""

    problem: Problem
    parts: frozenset[Part]


def take(session: Session, actor: Actor, problem_id: int) -> Taken:
    """Errors: NotFound where it isn't the actor's to see."""
    problem = rows.visible_for_change(session, actor, problem_id)
    if problem is None:
        raise NotFound
    return Taken(problem, parts_in(actor, problem, problem_people.place(session, problem)))


def check_part(taken: Taken, act: Act) -> None:
    """Whether the act is theirs at all. Errors: NotAllowed."""
    if not may_act(act, taken.parts):
        is_own = Part.OWNER in taken.parts
        raise NotAllowed("problems.refused.own_problem" if is_own else "problems.refused.not_yours")


def check(taken: Taken, act: Act) -> Stage:
    """The stage after the act. Errors: NotAllowed for the wrong part, Stale naming the present stage."""
    check_part(taken, act)
    stage = next_stage(taken.problem.stage, act)
    if stage is None:
        raise stale(taken.problem)
    return stage


def stale(problem: Problem) -> Stale:
    """Says in words where the problem stands."""
    return Stale(f"problems.now.{problem.stage}", number=problem.number)


def step(
    session: Session,
    office: Office,
    actor: Actor,
    taken: Taken,
    act: Act,
    *,
    note: str | None = None,
    media: Sequence[Media] = (),
) -> ProblemEvent:
    """Errors: as `check`; then nothing has changed."""
    stage = check(taken, act)
    mark(office, taken.problem, act)
    taken.problem.stage = stage
    return record(session, office, taken.problem, act, actor.id, note=note, media=media)


def mark(office: Office, problem: Problem, act: Act) -> None:
    """What an act does to the row besides its stage, which is still the one before."""
    match act:
        case Act.ACCEPT:
            problem.accepted_at = office.now()
        case Act.FINISH:
            problem.done_at, problem.asked_count = office.now(), 0
        case Act.ANSWER_SOLVED if problem.stage != Stage.CONFIRMED:
            # the rating that follows belongs to whoever owned it when it was closed
            problem.closed_at, problem.rated_owner_id, problem.rating = office.now(), problem.owner_id, None
        case Act.ANSWER_PARTLY:
            _reopen(problem)
        case Act.ANSWER_NOT_SOLVED:
            _reopen(problem)
            problem.not_solved_count += 1
            problem.due_at = _fresh_deadline(office, problem)
        case Act.REOPEN:
            _reopen(problem)
            problem.due_at = _fresh_deadline(office, problem)
        case Act.EXPLAIN | Act.REFER | Act.MARK_DUPLICATE | Act.WITHDRAW | Act.SILENCE:
            problem.closed_at = office.now()


def _reopen(problem: Problem) -> None:
    problem.done_at = problem.closed_at = problem.followed_up_at = None
    problem.asked_count = 0


def _fresh_deadline(office: Office, problem: Problem) -> datetime:
    calendar = WorkCalendar(office.policy)
    return problem_deadline(problem.category, office.local_now(), office.policy, calendar).astimezone(UTC)
