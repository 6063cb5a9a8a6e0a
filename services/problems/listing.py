"""Lists of problems, and the photos and voices that belong to one."""

from models.actor import Actor
from models.households import Household
from models.problems import Problem
from models.queries import problem_people
from models.queries import problems as rows
from models.session import Session
from services.messages import Media
from services.problem_page.facts import find

PAGE = 8  # problems a list shows at once
MEDIA_PAGE = 10  # attachments sent at once

Line = tuple[Problem, Household]

_LISTS = {"mine": rows.owned_open, "unit": rows.supervised_open, "ours": rows.of_own_households}
SCOPES = frozenset(_LISTS)


def page(session: Session, actor: Actor, scope: str, number: int) -> tuple[list[Line], bool]:
    """One page of `mine` (to handle), `unit` (supervised) or `ours` (own households), and whether more follow."""
    found = _LISTS[scope](session, actor, offset=number * PAGE, limit=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


def media(session: Session, actor: Actor, problem_id: int, after: int) -> tuple[list[Media], int | None]:
    """The attachments after that one, and after which one to go on. Errors: NotFound."""
    find(session, actor, problem_id)
    found = rows.media(session, problem_id, after=after, limit=MEDIA_PAGE + 1)
    shown = found[:MEDIA_PAGE]
    following = shown[-1].id if len(found) > MEDIA_PAGE else None
    return [Media(one.kind, one.file_id) for one in shown], following


def own_households(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Ids and heads of the households whose member the actor is."""
    return problem_people.heads(session, actor.household_ids)
