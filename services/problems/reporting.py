"""Reporting a problem: for the own household, or for one that somebody speaks for (代报, 来电)."""

from models.actor import Actor, Role
from models.post import Draft
from models.problems import Problem
from models.queries import problem_numbers, problem_people
from models.queries import problems as rows
from models.session import Session
from services import drafts
from services.errors import Invalid, NotFound
from services.office import Office
from services.problem_register import register_problem
from services.problems.drafting import REPORT, media_of, text_of
from services.rules.policy import Category

SHOWN_FIRST = 8  # categories; the others are under 更多


def categories(session: Session, unit_id: int) -> tuple[list[Category], list[Category]]:
    """The eight that this unit reports most, and the rest; where nothing was reported, in their usual order."""
    counts = rows.category_counts(session, unit_id)
    ordered = sorted(Category, key=lambda category: -counts.get(category, 0))  # stable: equals keep their order
    return ordered[:SHOWN_FIRST], ordered[SHOWN_FIRST:]


def source_of(actor: Actor, *, acts_for_household: bool) -> str:
    """Who reports for somebody else is recorded as such."""
    if acts_for_household:
        return "household"
    return "proxy" if actor.has(Role.CADRE) else "hotline"


def place_of(session: Session, actor: Actor, household_id: int, source: str) -> tuple[str, int]:
    """Head and unit of a household that the actor may report for. Errors: NotFound."""
    found = problem_people.reportable(session, actor, household_id, as_member=source == "household")
    if found is None:
        raise NotFound
    return found


def submit(session: Session, office: Office, actor: Actor, draft_id: int) -> Problem:
    """Enter the draft in the register; a draft submitted twice is one problem.

    Errors: Stale where the dialogue is over, Invalid where something is missing, NotFound where the household is no
    longer the actor's.
    """
    entered = problem_numbers.of_draft(session, draft_id)
    if entered is not None and entered.entered_by_id == actor.id:
        return entered
    draft = drafts.expect(session, actor.id, REPORT, draft_id)
    problem = _enter(session, office, actor, draft)
    drafts.end(session, actor.id)
    return problem


def _enter(session: Session, office: Office, actor: Actor, draft: Draft) -> Problem:
    data, text, media = draft.data, text_of(draft), media_of(draft)
    if not data.get("household_id") or not data.get("category"):
        raise Invalid("problems.refused.category_first")
    if not (text or media):
        raise Invalid("problems.refused.say_something")
    place_of(session, actor, data["household_id"], data["source"])
    return register_problem(
        session,
        office,
        household_id=data["household_id"],
        source=data["source"],
        reporter_id=actor.id if data["source"] == "household" else None,
        entered_by_id=actor.id,
        category=data["category"],
        summary=text,
        urgency="danger" if data.get("danger") else "normal",
        confidential=bool(data.get("confidential")),
        draft_id=draft.id,
        media=media,
    )
