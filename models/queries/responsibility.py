"""Who answers for a household: its cadre, its supervisors, its members. Not scoped: the bot asks, not a person."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.actor import Role
from models.households import Membership, Pairing
from models.people import Person, RoleGrant, Unit
from models.queries.people import can_be_reached


@dataclass(frozen=True)
class Overseer:
    person_id: int
    role: str
    unit_path: str  # with all below it


def overseers(session: Session) -> list[Overseer]:
    """Supervisors and administrators who can be reached, once for each such role."""
    rows = session.execute(
        select(Person.id, RoleGrant.role, Unit.path)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            RoleGrant.role.in_((Role.SUPERVISOR, Role.ADMIN)), RoleGrant.revoked_at.is_(None), can_be_reached(Person)
        )
    )
    return [Overseer(*row) for row in rows]


def primary_cadre_id(session: Session, household_id: int) -> int | None:
    return session.scalar(
        select(Pairing.cadre_id).where(
            Pairing.household_id == household_id, Pairing.kind == "primary", Pairing.ended_on.is_(None)
        )
    )


def supervisor_ids(session: Session, unit_id: int) -> tuple[int, ...]:
    """Supervisors of the nearest unit from this one upwards that has any who can be reached, else that has any."""
    path = session.scalar(select(Unit.path).where(Unit.id == unit_id)) or ""
    rows = session.execute(
        select(Person.id, Unit.path, Person.telegram_user_id, Person.unreachable_since)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            RoleGrant.role == Role.SUPERVISOR,
            RoleGrant.revoked_at.is_(None),
            RoleGrant.unit_id.in_([int(part) for part in path.split("/") if part]),
            Person.is_active,
        )
    ).all()
    ranked = sorted(
        (row.telegram_user_id is None or row.unreachable_since is not None, -row.path.count("/"), row.id)
        for row in rows
    )
    return tuple(person_id for *rank, person_id in ranked if rank == list(ranked[0][:2]))


def linked_member_ids(session: Session, household_id: int) -> tuple[int, ...]:
    return tuple(
        session.scalars(
            select(Membership.person_id)
            .where(Membership.household_id == household_id, Membership.state == "linked")
            .order_by(Membership.id)
        )
    )
