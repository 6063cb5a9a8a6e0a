"""What the owner does about a problem; each step is told to the household with who and why."""

from collections.abc import Sequence

from models.actor import Actor
from models.problems import ProblemEvent
from models.session import Session
from services.errors import Invalid
from services.messages import Media
from services.office import Office
from services.problem_events import household_side, in_charge, tell
from services.problems.course import check, step, take
from services.problems.questions import ask
from services.rules.problem_course import Act
from services.rules.send_windows import Speech

WITH_NOTE = frozenset({Act.PROGRESS, Act.WAIT, Act.FINISH, Act.EXPLAIN, Act.REFER, Act.MARK_DUPLICATE, Act.REOPEN})
REASON_OPTIONAL = frozenset({Act.PROGRESS, Act.FINISH})


def check_possible(session: Session, actor: Actor, problem_id: int, act: Act) -> str:
    """The problem's number, before somebody types a note in vain. Errors: as `take_step`."""
    taken = take(session, actor, problem_id)
    check(taken, act)
    return taken.problem.number


def take_step(
    session: Session,
    office: Office,
    actor: Actor,
    problem_id: int,
    act: Act,
    *,
    note: str = "",
    media: Sequence[Media] = (),
) -> ProblemEvent:
    """受理, 记进展, 等待, 办结, another honest end, or the supervisor's 重新办理.

    Errors: NotFound; NotAllowed where it isn't the actor's step; Stale naming the present stage; Invalid without the
    reason that the household is owed.
    """
    taken = take(session, actor, problem_id)
    check(taken, act)
    if act in WITH_NOTE - REASON_OPTIONAL and not (note or media):
        raise Invalid("problems.refused.reason_needed")
    event = step(session, office, actor, taken, act, note=note, media=media)
    if act == Act.FINISH:
        ask(session, office, taken.problem, speech=Speech.NOTICE)
        return event
    concerned = household_side(session, taken.problem)
    if act == Act.REOPEN:
        concerned |= in_charge(session, taken.problem)
    tell(session, office, event, concerned)
    return event
