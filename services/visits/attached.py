"""The photos, voice messages and documents of a saved visit, for whoever may read what was noted at it."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.actor import Actor
from models.queries import visits as rows
from models.session import Session
from models.visits import Visit
from services import audit
from services.errors import NotFound
from services.messages import Media
from services.office import Office

PAGE = 10  # attachments sent at once


@dataclass(frozen=True)
class Attached:
    visit: Visit
    head: str  # of the household
    media: Sequence[Media]
    following: int | None  # after which one to go on; None where these were the last


def attached(session: Session, office: Office, actor: Actor, visit_id: int, after: int) -> Attached:
    """The attachments after that one, 0 for the first. Errors: NotFound."""
    found = rows.readable(session, actor, visit_id)
    if found is None:
        raise NotFound
    waiting = rows.attachments(session, visit_id, after=after, limit=PAGE + 1)
    shown = waiting[:PAGE]
    household_id = found.visit.household_id
    audit.record(session, office, actor, "visit_media_read", "visit", visit_id, household=household_id, n=len(shown))
    following = shown[-1].id if len(waiting) > PAGE else None
    return Attached(found.visit, found.household_head, [Media(one.kind, one.file_id) for one in shown], following)
