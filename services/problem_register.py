"""Entering a problem in the register: shared by everybody who may report one, whatever journey they come from."""

from collections.abc import Sequence
from datetime import UTC, datetime

from models.households import Household
from models.problems import Problem, ProblemEvent
from models.queries import problem_numbers, responsibility
from models.session import Session
from models.visits import Attachment
from services import outbox
from services.messages import Media
from services.office import Office
from services.rules.problem_clock import problem_deadline
from services.rules.problem_course import Stage
from services.rules.send_windows import Speech
from services.rules.working_time import WorkCalendar


def register_problem(
    session: Session,
    office: Office,
    *,
    household_id: int,
    source: str,
    reporter_id: int | None,
    entered_by_id: int,
    category: str,
    summary: str,
    urgency: str = "normal",
    confidential: bool = False,
    visit_id: int | None = None,
    draft_id: int | None = None,
    media: Sequence[Media] = (),
) -> Problem:
    """Number it, find its owner and its deadline, and tell those concerned; a draft entered twice is one problem.

    The caller has checked that the person may report for this household. A confidential problem goes past the own
    cadre to the supervisor; `owner_id` stays None where nobody in charge can be found.
    """
    if draft_id is not None and (entered := problem_numbers.of_draft(session, draft_id)):
        return entered
    household = session.get_one(Household, household_id)
    problem = Problem(
        number=_number(session, office),
        household_id=household_id,
        source=source,
        visit_id=visit_id,
        reporter_id=reporter_id,
        entered_by_id=entered_by_id,
        category=category,
        urgency=urgency,
        confidential=confidential,
        summary=summary,
        owner_id=_owner_id(session, household, confidential=confidential),
        unit_id=household.unit_id,
        stage=Stage.REPORTED,
        reported_at=office.now(),
        due_at=_due_at(office, category),
        draft_id=draft_id,
    )
    session.add(problem)
    session.flush()
    _open_course(session, problem, media)
    _tell(session, office, problem)
    return problem


def _number(session: Session, office: Office) -> str:
    year = office.today().year
    return f"P-{year}-{problem_numbers.next_number(session, 'P', year):06d}"


def _due_at(office: Office, category: str) -> datetime:
    return problem_deadline(category, office.local_now(), office.policy, WorkCalendar(office.policy)).astimezone(UTC)


def _owner_id(session: Session, household: Household, *, confidential: bool) -> int | None:
    cadre_id = None if confidential else responsibility.primary_cadre_id(session, household.id)
    return cadre_id or next(iter(responsibility.supervisor_ids(session, household.unit_id)), None)


def _open_course(session: Session, problem: Problem, media: Sequence[Media]) -> None:
    event = ProblemEvent(
        problem_id=problem.id,
        at=problem.reported_at,
        person_id=problem.entered_by_id,
        act="reported",
        stage=problem.stage,
        note=problem.summary or None,
    )
    session.add(event)
    session.flush()
    session.add_all(Attachment(problem_event_id=event.id, kind=item.kind, file_id=item.file_id) for item in media)
    session.flush()


def _tell(session: Session, office: Office, problem: Problem) -> None:
    """The owner, the household where somebody else entered it, and at risk of life or property the supervisor too."""
    in_charge, speech = _known(problem.owner_id), Speech.NOTICE
    if problem.urgency == "danger":
        in_charge.update(responsibility.supervisor_ids(session, problem.unit_id))
        speech = Speech.EMERGENCY
    concerned = _known(problem.reporter_id)
    if not problem.confidential:
        concerned.update(responsibility.linked_member_ids(session, problem.household_id))
    for person_ids, loudness in ((in_charge, speech), (concerned - in_charge, Speech.NOTICE)):
        for person_id in sorted(person_ids - {problem.entered_by_id}):
            outbox.notice(session, office, person_id, "problems.reported", {"problem_id": problem.id}, speech=loudness)


def _known(person_id: int | None) -> set[int]:
    return set() if person_id is None else {person_id}
