"""Who handles a problem: handed to somebody by the supervisor, or gone along with the household's new cadre."""

from models.actor import Actor
from models.people import Person
from models.problems import Problem
from models.queries import problem_people
from models.queries import problems as rows
from models.session import Session
from services import outbox
from services.errors import NotAllowed, NotFound, Stale
from services.office import Office
from services.problem_events import household_side, record, tell
from services.problem_page.facts import parts_in
from services.rules.problem_course import WORKING_STAGES, Part
from services.rules.send_windows import Speech

PAGE = 8  # cadres


def assignable(session: Session, actor: Actor, problem_id: int, page: int) -> tuple[list[tuple[Person, str]], bool]:
    """Whom the supervisor may hand it to, with their units, and whether there are more. Errors: as `assign`."""
    problem = _to_assign(session, actor, problem_id)
    found = problem_people.assignable(session, actor, problem, offset=page * PAGE, limit=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


def assign(session: Session, office: Office, actor: Actor, problem_id: int, person_id: int) -> tuple[Problem, Person]:
    """交办. Errors: NotFound for the problem or the cadre, NotAllowed without supervision, Stale where it has ended."""
    problem = _to_assign(session, actor, problem_id)
    successor = problem_people.may_be_assigned(session, actor, problem, person_id)
    if successor is None:
        raise NotFound
    _hand_over(session, office, problem, successor, "assigned", by_id=actor.id)
    return problem, successor


def follow_pairing(
    session: Session, office: Office, *, household_id: int, from_id: int, to_id: int, by_id: int | None
) -> int:
    """The household's primary cadre changed: the open problems of the old one go to the new one; how many.

    What the supervisor handed to others, or what is confidential, stays where it is. Doing it twice changes nothing.
    """
    successor = problem_people.person(session, to_id)
    if successor is None or from_id == to_id:
        return 0
    moving = [one for one in rows.open_of(session, household_id, from_id) if not one.confidential]
    for problem in moving:
        _hand_over(session, office, problem, successor, "handed_over", by_id=by_id)
    return len(moving)


def _to_assign(session: Session, actor: Actor, problem_id: int) -> Problem:
    problem = rows.visible_for_change(session, actor, problem_id)
    if problem is None:
        raise NotFound
    if Part.SUPERVISOR not in parts_in(actor, problem, problem_people.place(session, problem)):
        raise NotAllowed("problems.refused.not_yours")
    if problem.stage not in WORKING_STAGES:
        raise Stale(f"problems.now.{problem.stage}", number=problem.number)
    return problem


def _hand_over(
    session: Session, office: Office, problem: Problem, successor: Person, act: str, *, by_id: int | None
) -> None:
    before, problem.owner_id = problem.owner_id, successor.id
    if before is not None:
        outbox.withdraw_words(session, office, [before])
    event = record(session, office, problem, act, by_id, note=successor.name)
    speech = Speech.EMERGENCY if problem.urgency == "danger" else Speech.NOTICE
    tell(session, office, event, {successor.id}, speech=speech, kind="problems.assigned")
    concerned = household_side(session, problem) | ({before} if before is not None else set())
    tell(session, office, event, concerned - {successor.id})
