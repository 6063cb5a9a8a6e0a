"""What has been kept long enough, as ids; never a visit, a problem, a pairing or an entry of the audit.

Rows of the outbox with a unique key stay for good, without their words: they are how the bot knows that something was
said. Rows that another row names stay until that one has gone.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.base import Base
from models.households import Membership
from models.people import Invitation, Person, RoleGrant, WrongTry
from models.post import Draft, InboxLetter, OutboxMessage
from models.supervision import RosterCheck

Ids = Select[int]


def letters(before: datetime) -> Ids:
    """Never a dead one: its person was told that it is kept, until an operator replays or drops it."""
    return select(InboxLetter.id).where(InboxLetter.state.in_(("done", "dropped")), InboxLetter.finished_at < before)


def messages(before: datetime) -> Ids:
    row, other = OutboxMessage, aliased(OutboxMessage)
    is_named = or_(exists().where(other.edits_id == row.id), exists().where(Draft.form_id == row.id))
    return select(row.id).where(
        row.state.in_(("sent", "cancelled", "failed")), row.finished_at < before, row.unique_key.is_(None), ~is_named
    )


def drafts(before: datetime) -> Ids:
    return select(Draft.id).where(Draft.updated_at < before)


def invitations(before: datetime) -> Ids:
    return select(Invitation.id).where(Invitation.used_at.is_(None), Invitation.expires_at < before)


def roster_checks(before: datetime) -> Ids:
    return select(RosterCheck.id).where(RosterCheck.created_at < before)


def wrong_tries(before: datetime) -> Ids:
    return select(WrongTry.id).where(WrongTry.tried_at < before)


def former_members(before: datetime) -> Ids:
    """People who were in a household and are in none since then, and never held a role."""
    of_person = Membership.person_id == Person.id
    return select(Person.id).where(
        Person.code.is_(None),
        Person.erased_at.is_(None),
        ~exists().where(RoleGrant.person_id == Person.id),
        exists().where(of_person),
        ~exists().where(of_person, or_(Membership.ended_at.is_(None), Membership.ended_at >= before)),
    )


def count(session: Session, ids: Ids) -> int:
    return session.scalar(select(func.count()).select_from(ids.subquery())) or 0


def some(session: Session, ids: Ids, *, limit: int) -> list[int]:
    """The oldest first."""
    column = ids.selected_columns[0]
    return list(session.scalars(ids.order_by(column).limit(limit)))


def remove(session: Session, table: type[Base], row_ids: Collection[int]) -> None:
    key = table.__table__.c.id
    session.execute(delete(table).where(key.in_(row_ids)))
