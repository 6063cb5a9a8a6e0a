"""Visits and what was attached to them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.actor import Actor
from models.households import Household
from models.people import Person
from models.queries.scope import visit_readable_by
from models.visits import Attachment, Visit, VisitCorrection


@dataclass(frozen=True)
class DiaryRow:
    visit: Visit
    household_code: str
    household_head: str


@dataclass(frozen=True)
class Correction:
    """The state that a correction replaced, and the name of who changed it."""

    earlier: VisitCorrection
    by: str


def of_draft(session: Session, actor: Actor, draft_id: int) -> Visit | None:
    """The actor's visit that was made of this draft."""
    return session.scalar(select(Visit).where(Visit.draft_id == draft_id, Visit.cadre_id == actor.person_id))


def own(session: Session, actor: Actor, visit_id: int) -> Visit | None:
    """A visit that the actor made, also to a household that somebody else helps by now."""
    return session.scalar(select(Visit).where(Visit.id == visit_id, Visit.cadre_id == actor.person_id))


def diary(session: Session, actor: Actor, *, skip: int, limit: int) -> list[DiaryRow]:
    """The actor's own visits, newest day first, within a day the last recorded first."""
    query = (
        select(Visit, Household.code, Household.head)
        .join(Household, Household.id == Visit.household_id)
        .where(Visit.cadre_id == actor.person_id)
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
        .offset(skip)
        .limit(limit)
    )
    return [DiaryRow(*row) for row in session.execute(query)]


def count_own(session: Session, actor: Actor) -> int:
    return session.scalar(select(func.count()).where(Visit.cadre_id == actor.person_id)) or 0


def readable(session: Session, actor: Actor, visit_id: int) -> DiaryRow | None:
    """A visit whose words and attachments the actor may open."""
    query = (
        select(Visit, Household.code, Household.head)
        .join(Household, Household.id == Visit.household_id)
        .where(Visit.id == visit_id, visit_readable_by(actor))
    )
    row = session.execute(query).one_or_none()
    return DiaryRow(*row) if row else None


def attachments(session: Session, visit_id: int, *, after: int, limit: int) -> list[Attachment]:
    """In the order in which they came, those with an id above `after`. Not scoped: ask `readable` first."""
    query = select(Attachment).where(Attachment.visit_id == visit_id, Attachment.id > after)
    return list(session.scalars(query.order_by(Attachment.id).limit(limit)))


def attachment_kinds(session: Session, visit_ids: Collection[int]) -> dict[int, list[str]]:
    """What was attached to each of these visits, in the order in which it came."""
    kinds: dict[int, list[str]] = {visit_id: [] for visit_id in visit_ids}
    query = select(Attachment.visit_id, Attachment.kind).where(Attachment.visit_id.in_(visit_ids))
    for visit_id, kind in session.execute(query.order_by(Attachment.id)):
        if visit_id is not None:
            kinds[visit_id].append(kind)
    return kinds


def corrections(session: Session, visit_ids: Collection[int]) -> dict[int, list[Correction]]:
    """Of each of these visits, oldest first. Not scoped: read the visits through `own` or `diary` first."""
    found: dict[int, list[Correction]] = {visit_id: [] for visit_id in visit_ids}
    query = (
        select(VisitCorrection, Person.name)
        .join(Person, Person.id == VisitCorrection.person_id)
        .where(VisitCorrection.visit_id.in_(visit_ids))
        .order_by(VisitCorrection.id)
    )
    for earlier, by in session.execute(query):
        found[earlier.visit_id].append(Correction(earlier, by))
    return found
