"""Who gets a phone in the demonstration."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models.actor import Role
from models.households import Household
from models.people import Person, RoleGrant, Unit


@dataclass(frozen=True)
class Official:
    code: str
    name: str
    phone: str | None
    post: str | None
    unit_code: str
    unit_name: str
    role: Role


@dataclass(frozen=True)
class Head:
    head: str
    phone: str | None
    village: str


def officials(session: Session) -> list[Official]:
    """Everybody of the roster with a role, one line for each role, in the roster's order."""
    query = (
        select(Person.code, Person.name, Person.phone, Person.post, Unit.code, Unit.name, RoleGrant.role)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.revoked_at.is_(None), Person.code.is_not(None))
        .order_by(Person.id)
    )
    return [
        Official(code or "", name, phone, post, unit_code, unit_name, Role(role))
        for code, name, phone, post, unit_code, unit_name, role in session.execute(query)
    ]


def some_heads(session: Session, most: int) -> list[Head]:
    """Heads of households with a phone, by code."""
    village = aliased(Unit)
    query = (
        select(Household.head, Household.phone, village.name)
        .join(Unit, Unit.id == Household.unit_id)
        .join(village, village.id == Unit.parent_id)
        .where(Household.phone.is_not(None))
        .order_by(Household.code)
        .limit(most)
    )
    return [Head(*row) for row in session.execute(query)]
