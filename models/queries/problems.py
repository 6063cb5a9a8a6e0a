"""Problems as their readers may see them, and what the clock looks for among them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, defer

from models.actor import Actor
from models.households import Household, Membership
from models.people import Person
from models.problems import Problem, ProblemEvent
from models.queries import scope
from models.visits import Attachment

OPEN = ("reported", "accepted", "in_progress", "waiting", "done")
RESTING = ("waiting", "done")  # open, but the next step isn't the owner's
ASKED_ABOUT = ("answer_solved", "answer_partly", "answer_not_solved")


@dataclass(frozen=True)
class Step:
    """One event with the name of whoever did it (None: the clock) and whether they belong to the household."""

    event: ProblemEvent
    name: str | None
    post: str | None
    is_household: bool


def visible(session: Session, actor: Actor, problem_id: int) -> Problem | None:
    return session.scalar(_visible(actor).where(Problem.id == problem_id))


def visible_for_change(session: Session, actor: Actor, problem_id: int) -> Problem | None:
    """The row as it is now, kept from everybody else until the end of the transaction."""
    query = _visible(actor).where(Problem.id == problem_id).with_for_update(of=Problem)
    return session.scalar(query.execution_options(populate_existing=True))


def owned_open(session: Session, actor: Actor, *, offset: int, limit: int) -> list[tuple[Problem, Household]]:
    """What the actor has to handle: overdue first, what rests last."""
    query = _visible_with_household(actor).where(Problem.owner_id == actor.person_id, Problem.stage.in_(OPEN))
    return _page(session, query.order_by(Problem.stage.in_(RESTING), Problem.due_at, Problem.id), offset, limit)


def supervised_open(session: Session, actor: Actor, *, offset: int, limit: int) -> list[tuple[Problem, Household]]:
    query = _visible_with_household(actor).where(scope.supervised_by(actor), Problem.stage.in_(OPEN))
    return _page(session, query.order_by(Problem.stage.in_(RESTING), Problem.due_at, Problem.id), offset, limit)


def of_own_households(session: Session, actor: Actor, *, offset: int, limit: int) -> list[tuple[Problem, Household]]:
    """What concerns the actor's households: open ones first, the newest on top. A pending person sees the own ones."""
    query = _visible_with_household(actor).where(
        Household.id.in_(actor.household_ids),
        or_(
            Problem.reporter_id == actor.person_id,
            and_(scope.lived_in_by(actor), Problem.confidential.is_(False)),
        ),
    )
    return _page(session, query.order_by(Problem.stage.not_in(OPEN), Problem.id.desc()), offset, limit)


def steps(session: Session, problem: Problem) -> list[Step]:
    """The whole course, oldest first."""
    belongs = exists().where(
        Membership.household_id == problem.household_id, Membership.person_id == ProblemEvent.person_id
    )
    rows = session.execute(
        select(ProblemEvent, Person.name, Person.post, belongs)
        .join(Person, Person.id == ProblemEvent.person_id, isouter=True)
        .where(ProblemEvent.problem_id == problem.id)
        .order_by(ProblemEvent.id)
    )
    return [Step(*row) for row in rows]


def media_kinds(session: Session, problem_id: int) -> dict[str, int]:
    """How many photos, voice messages, documents were added in the whole course."""
    rows = session.execute(
        select(Attachment.kind, func.count())
        .join(ProblemEvent, ProblemEvent.id == Attachment.problem_event_id)
        .where(ProblemEvent.problem_id == problem_id)
        .group_by(Attachment.kind)
    )
    return {kind: count for kind, count in rows}


def media(session: Session, problem_id: int, *, after: int, limit: int) -> list[Attachment]:
    """Attachments in the order in which they were added, those with an id above `after`."""
    query = (
        select(Attachment)
        .join(ProblemEvent, ProblemEvent.id == Attachment.problem_event_id)
        .where(ProblemEvent.problem_id == problem_id, Attachment.id > after)
        .order_by(Attachment.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def attached_to(session: Session, event_id: int) -> list[Attachment]:
    """What came with one step, in the order in which it was added."""
    query = select(Attachment).where(Attachment.problem_event_id == event_id).order_by(Attachment.id)
    return list(session.scalars(query))


def event(session: Session, event_id: int) -> ProblemEvent | None:
    return session.get(ProblemEvent, event_id)


def last_event_id(session: Session, problem_id: int, act: str) -> int:
    """The newest event of that act; 0 where it never happened."""
    query = select(func.max(ProblemEvent.id)).where(ProblemEvent.problem_id == problem_id, ProblemEvent.act == act)
    return session.scalar(query) or 0


def answer_after(session: Session, problem_id: int, event_id: int) -> tuple[str, str] | None:
    """The first answer that ended the question asked by the event: act and name."""
    return _first_answer(session, problem_id, ProblemEvent.id > event_id)


def answer_since(session: Session, problem_id: int, moment: datetime | None) -> tuple[str, str] | None:
    """The first answer from that moment on; None before the moment has come."""
    return None if moment is None else _first_answer(session, problem_id, ProblemEvent.at >= moment)


def did_since(session: Session, problem_id: int, event_id: int, act: str, person_id: int) -> bool:
    """Whether the person did that after the event."""
    query = exists().where(
        ProblemEvent.problem_id == problem_id,
        ProblemEvent.id > event_id,
        ProblemEvent.act == act,
        ProblemEvent.person_id == person_id,
    )
    return bool(session.scalar(select(query)))


def category_counts(session: Session, unit_id: int) -> dict[str, int]:
    """How often each category was reported in this unit."""
    rows = session.execute(
        select(Problem.category, func.count()).where(Problem.unit_id == unit_id).group_by(Problem.category)
    )
    return {category: count for category, count in rows}


def awaiting_answer(session: Session, *, done_before: datetime) -> list[Problem]:
    """Handled before that moment and not answered yet; taken for change, those that others hold are left out.

    Without their words, here and below: the clock needs none, and one that doesn't open must not stop it.
    """
    query = select(Problem).where(Problem.stage == "done", Problem.done_at < done_before)
    return _taken(session, query.options(defer(Problem.summary)))


def confirmed_without_follow_up(session: Session, *, closed_before: datetime) -> list[Problem]:
    query = select(Problem).where(
        Problem.stage == "confirmed", Problem.closed_at < closed_before, Problem.followed_up_at.is_(None)
    )
    return _taken(session, query.options(defer(Problem.summary)))


def open_of(session: Session, household_id: int, owner_id: int) -> list[Problem]:
    """One owner's open problems of one household, taken for change."""
    return _taken(
        session,
        select(Problem).where(
            Problem.household_id == household_id, Problem.owner_id == owner_id, Problem.stage.in_(OPEN)
        ),
        skip_locked=False,
    )


def _first_answer(session: Session, problem_id: int, condition: ColumnElement[bool]) -> tuple[str, str] | None:
    row = session.execute(
        select(ProblemEvent.act, Person.name)
        .join(Person, Person.id == ProblemEvent.person_id)
        .where(ProblemEvent.problem_id == problem_id, condition, ProblemEvent.act.in_(ASKED_ABOUT))
        .order_by(ProblemEvent.id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row.act, row.name)


def _visible(actor: Actor) -> Select[Problem]:
    return select(Problem).join(Household, Household.id == Problem.household_id).where(scope.problem_visible_to(actor))


def _visible_with_household(actor: Actor) -> Select[Problem, Household]:
    return (
        select(Problem, Household)
        .join(Household, Household.id == Problem.household_id)
        .where(scope.problem_visible_to(actor))
    )


def _page(
    session: Session, query: Select[Problem, Household], offset: int, limit: int
) -> list[tuple[Problem, Household]]:
    return [(problem, household) for problem, household in session.execute(query.offset(offset).limit(limit))]


def _taken(session: Session, query: Select[Problem], *, skip_locked: bool = True) -> list[Problem]:
    taking = query.order_by(Problem.id).with_for_update(skip_locked=skip_locked)
    return list(session.scalars(taking.execution_options(populate_existing=True)))
