"""The people around a problem: who handles it, who may be handed it, which household it concerns."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from models.actor import Actor, Role
from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant, Unit
from models.problems import Problem
from models.queries import scope


@dataclass(frozen=True)
class Place:
    """The household of a problem with the name of its unit, and where that lies in the tree."""

    household: Household
    unit_name: str
    unit_path: str


def place(session: Session, problem: Problem) -> Place:
    row = session.execute(
        select(Household, Unit.name, Unit.path)
        .join(Unit, Unit.id == Household.unit_id)
        .where(Household.id == problem.household_id)
    ).one()
    return Place(*row)


def person(session: Session, person_id: int | None) -> Person | None:
    return None if person_id is None else session.get(Person, person_id)


def is_cadre_of(session: Session, person_id: int, household_id: int) -> bool:
    """Paired with the household today, in whatever way."""
    query = exists().where(
        Pairing.household_id == household_id, Pairing.cadre_id == person_id, Pairing.ended_on.is_(None)
    )
    return bool(session.scalar(select(query)))


def is_linked(session: Session, person_id: int, household_id: int) -> bool:
    query = exists().where(
        Membership.household_id == household_id, Membership.person_id == person_id, Membership.state == "linked"
    )
    return bool(session.scalar(select(query)))


def reportable(session: Session, actor: Actor, household_id: int, *, as_member: bool) -> tuple[str, int] | None:
    """Head and unit of a household that the actor may report for, as one of its people or on its behalf."""
    on_behalf = or_(scope.paired_with(actor), scope.supervised_by(actor))
    row = session.execute(
        select(Household.head, Household.unit_id).where(
            Household.id == household_id, Household.id.in_(actor.household_ids) if as_member else on_behalf
        )
    ).one_or_none()
    return None if row is None else (row.head, row.unit_id)


def heads(session: Session, household_ids: Collection[int]) -> list[tuple[int, str]]:
    """Ids and heads, by code."""
    query = select(Household.id, Household.head).where(Household.id.in_(household_ids)).order_by(Household.code)
    return [(household_id, head) for household_id, head in session.execute(query)]


def assignable(
    session: Session, actor: Actor, problem: Problem, *, offset: int, limit: int
) -> list[tuple[Person, str]]:
    """Cadres in the actor's units who may be handed the problem, with the names of their units.

    Not the present owner; and what is confidential stays hidden from the household's own cadres.
    """
    query = (
        select(Person, Unit.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(
            RoleGrant.role == Role.CADRE,
            RoleGrant.revoked_at.is_(None),
            Person.is_active,
            scope.units_under(actor.paths(Role.SUPERVISOR)),
        )
    )
    if problem.owner_id is not None:
        query = query.where(Person.id != problem.owner_id)
    if problem.confidential:
        own_cadre = exists().where(
            Pairing.household_id == problem.household_id, Pairing.cadre_id == Person.id, Pairing.ended_on.is_(None)
        )
        query = query.where(~own_cadre)
    rows = session.execute(query.order_by(Unit.path, Person.code, Person.id).offset(offset).limit(limit))
    return [(who, unit_name) for who, unit_name in rows]


def may_be_assigned(session: Session, actor: Actor, problem: Problem, person_id: int) -> Person | None:
    found = assignable(session, actor, problem, offset=0, limit=10_000)
    return next((who for who, _ in found if who.id == person_id), None)
