"""What a person would lose by beginning something new."""

from dataclasses import dataclass

from models.actor import Actor
from models.households import Household
from models.post import Draft
from models.queries import visits as rows
from models.session import Session
from services import drafts
from services.visits import correcting, drafting
from services.visits.form import VisitForm


@dataclass(frozen=True)
class Unsaved:
    draft: Draft
    form: VisitForm | None = None  # None: the draft belongs to another journey
    head: str = ""  # of the household, where one was picked


def find(session: Session, actor: Actor) -> Unsaved | None:
    """The open draft if it holds something that was typed or sent and isn't saved."""
    draft = drafts.current(session, actor.id)
    if draft is None:
        return None
    if draft.journey != drafting.JOURNEY:
        return Unsaved(draft) if drafts.unsaved(session, actor.id) else None
    form = VisitForm.from_json(draft.data)
    return Unsaved(draft, form, _head(session, form)) if _holds_unsaved(session, actor, form) else None


def _holds_unsaved(session: Session, actor: Actor, form: VisitForm) -> bool:
    if form.visit_id is None:
        return form.holds_content
    visit = rows.own(session, actor, form.visit_id)
    return visit is not None and correcting.differs(form, visit)


def _head(session: Session, form: VisitForm) -> str:
    household = session.get(Household, form.household_id) if form.household_id else None
    return household.head if household else ""
