"""Writing a step of a problem's course, and telling those concerned who did it and why."""

from collections.abc import Collection, Sequence

from models.problems import Problem, ProblemEvent
from models.queries import responsibility
from models.session import Session
from models.visits import Attachment
from services import outbox
from services.messages import Media
from services.office import Office
from services.rules.send_windows import Speech


def record(
    session: Session,
    office: Office,
    problem: Problem,
    act: str,
    person_id: int | None,
    *,
    note: str | None = None,
    media: Sequence[Media] = (),
) -> ProblemEvent:
    """`person_id` None: the clock did it. The problem already has the stage after the step."""
    event = ProblemEvent(
        problem_id=problem.id, at=office.now(), person_id=person_id, act=act, stage=problem.stage, note=note or None
    )
    session.add(event)
    session.flush()
    session.add_all(Attachment(problem_event_id=event.id, kind=item.kind, file_id=item.file_id) for item in media)
    session.flush()
    return event


def household_side(session: Session, problem: Problem) -> set[int]:
    """The reporter and the household's linked members; what is confidential is the reporter's alone."""
    relatives = () if problem.confidential else responsibility.linked_member_ids(session, problem.household_id)
    return {person_id for person_id in (problem.reporter_id, *relatives) if person_id is not None}


def supervisors(session: Session, problem: Problem) -> set[int]:
    return set(responsibility.supervisor_ids(session, problem.unit_id))


def in_charge(session: Session, problem: Problem) -> set[int]:
    """The owner; the supervisors of the unit while nobody owns it."""
    return supervisors(session, problem) if problem.owner_id is None else {problem.owner_id}


def tell(
    session: Session,
    office: Office,
    event: ProblemEvent,
    person_ids: Collection[int],
    *,
    speech: Speech = Speech.NOTICE,
    kind: str = "problems.changed",
) -> None:
    """News of a step, to everybody but whoever did it; each person hears of one step once."""
    for person_id in sorted(set(person_ids) - {event.person_id}):
        outbox.notice(
            session,
            office,
            person_id,
            kind,
            {"problem_id": event.problem_id, "event_id": event.id},
            speech=speech,
            unique_key=f"problem_event:{event.id}:{person_id}",
        )
