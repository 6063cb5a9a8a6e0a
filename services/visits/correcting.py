"""Correcting a saved visit within 72 h: the earlier state is kept, with who changed it."""

from collections.abc import Sequence

from models.actor import Actor
from models.post import Draft
from models.queries import visits as rows
from models.queries.visits import Correction
from models.session import Session
from models.visits import Visit, VisitCorrection
from services import audit, drafts, households
from services.errors import Conflict, NotFound
from services.households import HouseholdLine
from services.office import Office
from services.rules.visits import Condition, VisitMethod, may_still_correct
from services.visits import drafting
from services.visits.form import Part, VisitForm

EARLIER = 0  # the message id of the text as it was saved: no message of Telegram's has it


def own_visit(session: Session, actor: Actor, visit_id: int) -> Visit:
    """Errors: NotFound where the actor didn't make it."""
    visit = rows.own(session, actor, visit_id)
    if visit is None:
        raise NotFound
    return visit


def begin(session: Session, office: Office, actor: Actor, visit_id: int) -> Draft:
    """Open the saved visit as a form. Errors: NotFound, or Conflict after `policy.correction_hours`."""
    form = _form_of(_correctable(session, office, actor, visit_id))
    return drafts.begin(session, office, actor.id, drafting.JOURNEY, form.to_json())


def replace_text(form: VisitForm, message_id: int, text: str) -> tuple[Part, ...]:
    """While correcting, a new text takes the place of all earlier ones."""
    return (*(part for part in form.parts if part.kind), Part(message_id, text))


def apply(session: Session, office: Office, actor: Actor, draft_id: int) -> tuple[Visit, bool]:
    """Write the corrected form and end the dialogue; False where nothing was changed.

    Errors: Stale, Invalid for the date, and those of `begin`: the hours may have run out meanwhile.
    """
    _, form = drafting.expect(session, actor, draft_id)
    visit = _correctable(session, office, actor, form.visit_id or 0)
    changed = differs(form, visit)
    if changed:
        if form.visited_on != visit.visited_on:
            drafting.check_day(office, form)
        _write(session, office, actor, visit, form)
        audit.record(session, office, actor, "visit_corrected", "visit", visit.id, household=visit.household_id)
    drafts.end(session, actor.id)
    return visit, changed


def differs(form: VisitForm, visit: Visit) -> bool:
    return _state(form) != _state(_form_of(visit))


def corrected_already(session: Session, actor: Actor, visit_id: int) -> bool:
    visit = rows.own(session, actor, visit_id)
    return visit is not None and bool(corrections_of(session, visit))


def corrections_of(session: Session, visit: Visit) -> Sequence[Correction]:
    """Oldest first."""
    return rows.corrections(session, [visit.id])[visit.id]


def line_after(session: Session, office: Office, actor: Actor, visit: Visit) -> HouseholdLine | None:
    """The household as its list shows it now; None where somebody else helps it by now."""
    try:
        return households.get_own(session, office, actor, visit.household_id)
    except NotFound:
        return None


def _correctable(session: Session, office: Office, actor: Actor, visit_id: int) -> Visit:
    visit = own_visit(session, actor, visit_id)
    hours = office.policy.correction_hours
    if not may_still_correct(visit.recorded_at, office.now(), hours):
        raise Conflict("visits.too_late_to_correct", hours=hours)
    return visit


def _form_of(visit: Visit) -> VisitForm:
    return VisitForm(
        visited_on=visit.visited_on,
        household_id=visit.household_id,
        method=VisitMethod(visit.method),
        condition=Condition(visit.condition),
        parts=(Part(EARLIER, visit.said),) if visit.said else (),
        visit_id=visit.id,
    )


def _state(form: VisitForm) -> tuple[object, ...]:
    return form.method, form.condition, form.said, form.visited_on


def _write(session: Session, office: Office, actor: Actor, visit: Visit, form: VisitForm) -> None:
    session.add(
        VisitCorrection(
            visit_id=visit.id,
            person_id=actor.id,
            corrected_at=office.now(),
            method=visit.method,
            condition=visit.condition,
            said=visit.said,
            visited_on=visit.visited_on,
        )
    )
    visit.method, visit.condition = form.method, form.condition
    visit.said, visit.visited_on = form.said or None, form.visited_on
    visit.solved_on_spot = visit.solved_on_spot and form.method != VisitMethod.NOT_HOME
    session.flush()
