"""A problem's page and what was attached to it, as they are opened."""

from models.actor import Actor
from models.queries import problems as rows
from models.session import Session
from services import audit
from services.messages import Media
from services.office import Office
from services.problem_page.facts import Facts, find
from services.rules.problem_course import Part

MEDIA_PAGE = 10  # attachments sent at once


def open_page(session: Session, office: Office, actor: Actor, problem_id: int) -> Facts:
    """Recorded, unless it is the household's own. Errors: NotFound."""
    facts = find(session, actor, problem_id)
    _record(session, office, actor, "problem_read", facts)
    return facts


def open_media(
    session: Session, office: Office, actor: Actor, problem_id: int, after: int
) -> tuple[Facts, list[Media], int | None]:
    """The attachments after that one, and after which one to go on; recorded likewise. Errors: NotFound."""
    facts = find(session, actor, problem_id)
    found = rows.media(session, problem_id, after=after, limit=MEDIA_PAGE + 1)
    shown = found[:MEDIA_PAGE]
    _record(session, office, actor, "problem_media_read", facts)
    following = shown[-1].id if len(found) > MEDIA_PAGE else None
    return facts, [Media(one.kind, one.file_id) for one in shown], following


def _record(session: Session, office: Office, actor: Actor, act: str, facts: Facts) -> None:
    problem = facts.problem
    if Part.HOUSEHOLD in facts.parts:
        return
    hidden = int(problem.confidential)
    audit.record(
        session, office, actor, act, "problem", problem.id, household=problem.household_id, confidential=hidden
    )
