"""The dialogue a person is in: one at a time, stored at each step, so that a restart loses nothing."""

from typing import Any

from models.post import Draft
from models.queries import drafts as rows
from models.session import Session
from services.errors import Conflict, Stale
from services.office import Office

# What dialogues call that which was typed or sent in them; choices by button are quickly made again.
CONTENT = ("text", "texts", "parts", "said", "media", "note", "files")


def begin(session: Session, office: Office, person_id: int, journey: str, data: dict[str, Any]) -> Draft:
    """Start a dialogue; another one that was open ends here (its buttons become stale)."""
    end(session, person_id)
    draft = Draft(person_id=person_id, journey=journey, data=data, updated_at=office.now())
    session.add(draft)
    session.flush()
    return draft


def current(session: Session, person_id: int) -> Draft | None:
    return rows.of_person(session, person_id)


def expect(session: Session, person_id: int, journey: str, draft_id: int | None = None) -> Draft:
    """The open dialogue of that journey. Errors: Stale where it is another one, or over."""
    draft = current(session, person_id)
    if draft is None or draft.journey != journey or (draft_id is not None and draft.id != draft_id):
        raise Stale
    return draft


def unsaved(session: Session, person_id: int) -> Draft | None:
    """The open dialogue, if something was already typed or sent in it: what beginning another one would lose."""
    draft = current(session, person_id)
    return draft if draft is not None and any(draft.data.get(name) for name in CONTENT) else None


def begin_unless_unsaved(session: Session, office: Office, person_id: int, journey: str, data: dict[str, Any]) -> Draft:
    """As `begin`. Errors: Conflict while something else is half filled in, which would be lost."""
    if unsaved(session, person_id) is not None:
        raise Conflict("rights.finish_first")
    return begin(session, office, person_id, journey, data)


def change(session: Session, office: Office, draft: Draft, **data: Any) -> None:
    """Merge into the draft's data; a new dict, because the database looks at identity."""
    draft.data = draft.data | data
    draft.updated_at = office.now()
    session.flush()


def end(session: Session, person_id: int) -> bool:
    """Leave the dialogue; False where there was none."""
    return rows.delete_of_person(session, person_id)
