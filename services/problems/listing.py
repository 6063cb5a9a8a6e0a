"""Lists of problems."""

from models.actor import Actor
from models.households import Household
from models.problems import Problem
from models.queries import problem_people
from models.queries import problems as rows
from models.session import Session

PAGE = 8  # problems a list shows at once

Line = tuple[Problem, Household]

_LISTS = {"mine": rows.owned_open, "unit": rows.supervised_open, "ours": rows.of_own_households}
SCOPES = frozenset(_LISTS)


def page(session: Session, actor: Actor, scope: str, number: int) -> tuple[list[Line], bool]:
    """One page of `mine` (to handle), `unit` (supervised) or `ours` (own households), and whether more follow."""
    found = _LISTS[scope](session, actor, offset=number * PAGE, limit=PAGE + 1)
    return found[:PAGE], len(found) > PAGE


def own_households(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Ids and heads of the households whose member the actor is."""
    return problem_people.heads(session, actor.household_ids)
