"""Saving the form: a visit, what was attached to it, and the problem it was turned into."""

from dataclasses import dataclass

from models.actor import Actor
from models.people import Person
from models.problems import Problem
from models.queries import visits as rows
from models.session import Session
from models.visits import Attachment, Visit
from services import drafts, households
from services.errors import Invalid
from services.households import HouseholdLine
from services.office import Office
from services.problem_register import register_problem
from services.visits import drafting
from services.visits.form import VisitForm


@dataclass(frozen=True)
class Saved:
    """`line` is the household after the visit: it says when the next one is welcome."""

    visit: Visit
    line: HouseholdLine
    problem: Problem | None = None
    owner_name: str = ""  # of the problem; empty where nobody in charge could be found


def saved_already(session: Session, actor: Actor, draft_id: int) -> Visit | None:
    """The visit that an earlier tap on the same form has saved."""
    return rows.of_draft(session, actor, draft_id)


def attached(session: Session, visit: Visit) -> list[str]:
    """What was saved with it: photo, voice, document, in the order in which it came."""
    return rows.attachment_kinds(session, [visit.id])[visit.id]


def save(session: Session, office: Office, actor: Actor, draft_id: int) -> Saved:
    """Turn the open form into a visit and end the dialogue.

    Errors: Stale where it isn't open, NotFound where the household is no longer the actor's, Invalid for a date
    that has become too old or a problem of which nothing was said.
    """
    _, form = drafting.expect(session, actor, draft_id)
    if form.household_id is None:
        raise Invalid("visits.pick_first")
    households.get_own(session, office, actor, form.household_id)
    _check(office, form)
    visit = _write(session, office, actor, form, draft_id)
    problem = _problem(session, office, actor, form, visit) if form.category else None
    drafts.end(session, actor.id)
    line = households.get_own(session, office, actor, form.household_id)
    return Saved(visit, line, problem, _owner_name(session, problem))


def _check(office: Office, form: VisitForm) -> None:
    drafting.check_day(office, form)
    if form.category and not (form.said or form.media):
        raise Invalid("visits.problem_needs_words")


def _write(session: Session, office: Office, actor: Actor, form: VisitForm, draft_id: int) -> Visit:
    latitude, longitude = form.location or (None, None)
    visit = Visit(
        household_id=form.household_id,
        cadre_id=actor.id,
        method=form.method,
        condition=form.condition,
        said=form.said or None,
        companions=form.companions or None,
        latitude=latitude,
        longitude=longitude,
        solved_on_spot=form.solved,
        visited_on=form.visited_on,
        recorded_at=office.now(),
        draft_id=draft_id,
    )
    session.add(visit)
    session.flush()
    session.add_all(Attachment(visit_id=visit.id, kind=one.kind, file_id=one.file_id) for one in form.media)
    session.flush()
    return visit


def _problem(session: Session, office: Office, actor: Actor, form: VisitForm, visit: Visit) -> Problem:
    return register_problem(
        session,
        office,
        household_id=visit.household_id,
        source="visit",
        reporter_id=None,
        entered_by_id=actor.id,
        category=str(form.category),
        summary=form.said,
        urgency="danger" if form.danger else "normal",
        visit_id=visit.id,
        draft_id=visit.draft_id,
        media=form.media,
    )


def _owner_name(session: Session, problem: Problem | None) -> str:
    owner = session.get(Person, problem.owner_id) if problem and problem.owner_id else None
    return owner.name if owner else ""
