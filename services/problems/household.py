"""What a household may do about its problem at any time: add to it, urge, withdraw."""

from collections.abc import Sequence
from datetime import date, timedelta

from models.actor import Actor
from models.problems import Problem
from models.session import Session
from services.errors import Conflict, Invalid, NotAllowed
from services.i18n import translator
from services.messages import Media
from services.office import Office
from services.problem_events import household_side, in_charge, record, tell
from services.problems.course import check, check_part, stale, step, take
from services.rules.problem_course import URGE_EVERY, WORKING_STAGES, Act, Part, urge_allowed


def check_material(session: Session, actor: Actor, problem_id: int) -> str:
    """The problem's number. Errors: NotFound, NotAllowed where it isn't of the actor's household."""
    return _own(session, actor, problem_id).number


def add_material(
    session: Session, office: Office, actor: Actor, problem_id: int, *, text: str, media: Sequence[Media]
) -> Problem:
    """In any stage. Errors: NotFound, NotAllowed, Invalid where nothing is said."""
    problem = _own(session, actor, problem_id)
    if not (text or media):
        raise Invalid("problems.refused.say_something")
    event = record(session, office, problem, "material", actor.id, note=text, media=media)
    tell(session, office, event, in_charge(session, problem))
    return problem


def urge(session: Session, office: Office, actor: Actor, problem_id: int) -> Problem:
    """催办, once per three days.

    Errors: NotFound, NotAllowed, Stale, Conflict with the day from which it is possible again.
    """
    taken = take(session, actor, problem_id)
    check_part(taken, Act.WITHDRAW)  # whoever may withdraw it may urge it
    problem = taken.problem
    if problem.stage not in WORKING_STAGES:
        raise stale(problem)
    last = office.local(problem.last_urged_at).date() if problem.last_urged_at else None
    if last is not None and not urge_allowed(last, office.today()):
        raise Conflict("problems.refused.urged", day=_next_urge(actor, last))
    problem.last_urged_at = office.now()
    event = record(session, office, problem, "urged", actor.id)
    tell(session, office, event, in_charge(session, problem))
    return problem


def check_withdraw(session: Session, actor: Actor, problem_id: int) -> Problem:
    """Before asking whether they mean it. Errors: as `withdraw`."""
    taken = take(session, actor, problem_id)
    check(taken, Act.WITHDRAW)
    return taken.problem


def withdraw(session: Session, office: Office, actor: Actor, problem_id: int) -> Problem:
    """Errors: NotFound, NotAllowed, Stale where it has ended."""
    taken = take(session, actor, problem_id)
    event = step(session, office, actor, taken, Act.WITHDRAW)
    tell(session, office, event, household_side(session, taken.problem) | in_charge(session, taken.problem))
    return taken.problem


def _own(session: Session, actor: Actor, problem_id: int) -> Problem:
    taken = take(session, actor, problem_id)
    if Part.HOUSEHOLD not in taken.parts:
        raise NotAllowed("problems.refused.not_yours")
    return taken.problem


def _next_urge(actor: Actor, last: date) -> str:
    return translator(actor.language).date(last + timedelta(days=URGE_EVERY))
