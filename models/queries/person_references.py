"""Every row that names a person, found in the schema itself, so that a new table is never forgotten."""

from collections.abc import Collection, Iterator

from sqlalchemy import Column, Integer, delete, exists, select, update
from sqlalchemy.orm import Session

from models.households import Membership
from models.people import Person, RoleGrant
from models.post import Draft, OutboxMessage
from models.schema import Base


def move(session: Session, from_id: int, to_id: int) -> None:
    """What named the one person names the other from now on; what the other has already isn't doubled."""
    _drop_doubles(session, from_id, to_id)
    for column in references():
        session.execute(update(column.table).where(column == from_id).values({column.name: to_id}))


def is_mentioned(session: Session, person_id: int, *, apart_from: Collection[str]) -> bool:
    """Whether a row outside these tables names the person."""
    columns = (column for column in references() if column.table.name not in apart_from)
    return any(session.scalar(select(exists().where(column == person_id))) for column in columns)


def forget_person(session: Session, person_id: int) -> None:
    """Delete the row and what hangs on it alone. Errors: the database's, where something else names the person."""
    for table in (Draft, Membership, RoleGrant):
        session.execute(delete(table).where(table.person_id == person_id))
    session.execute(update(OutboxMessage).where(OutboxMessage.person_id == person_id).values(person_id=None))
    session.execute(delete(Person).where(Person.id == person_id))


def references() -> Iterator[Column[Integer]]:
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is Person.__table__.c.id:
                yield key.parent


def _drop_doubles(session: Session, from_id: int, to_id: int) -> None:
    """Rows of which a person may have only one: the one that stays wins."""
    session.execute(delete(Draft).where(Draft.person_id == to_id))
    roles = select(RoleGrant.role, RoleGrant.unit_id).where(
        RoleGrant.person_id == to_id, RoleGrant.revoked_at.is_(None)
    )
    for role, unit_id in session.execute(roles).all():
        session.execute(
            delete(RoleGrant).where(
                RoleGrant.person_id == from_id, RoleGrant.role == role, RoleGrant.unit_id == unit_id
            )
        )
    # Linked beats pending, so a pending row of the one who stays goes before any row of the other.
    for loser, winner, states in ((to_id, from_id, ("pending",)), (from_id, to_id, ("pending", "linked"))):
        homes = select(Membership.household_id).where(Membership.person_id == winner, Membership.state != "ended")
        session.execute(
            delete(Membership).where(
                Membership.person_id == loser, Membership.household_id.in_(homes), Membership.state.in_(states)
            )
        )
