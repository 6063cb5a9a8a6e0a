"""The people whom a supervisor looks after: cadres with their households, and whoever can't be reached."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.actor import Actor, Role
from models.households import Household, Membership, Pairing
from models.people import Person, RoleGrant, Unit
from models.queries.scope import units_under
from models.queries.supervision import Paths, lies_under

_LIVED_IN = ("active", "away")  # statuses in which somebody is still to be reached

_holds_role = exists().where(
    RoleGrant.person_id == Person.id, RoleGrant.role == Role.CADRE, RoleGrant.revoked_at.is_(None)
)
_load = (
    select(func.count(Household.id))
    .join(Pairing, Pairing.household_id == Household.id)
    .where(
        Pairing.cadre_id == Person.id,
        Pairing.kind == "primary",
        Pairing.ended_on.is_(None),
        Household.status == "active",
    )
    .correlate(Person)
    .scalar_subquery()
)


@dataclass(frozen=True)
class WatchedCadre:
    id: int
    name: str
    unit_name: str | None
    households: int  # active ones whose primary cadre they are today, anywhere
    max_households: int | None
    is_active: bool
    has_joined: bool  # opened the invitation and agreed to the notice
    holds_role: bool
    away_until: date | None  # the last day of their leave


@dataclass(frozen=True)
class UnreachablePerson:
    id: int
    name: str
    unit_name: str | None  # of an official
    since: datetime | None  # None only for whoever came back this moment
    reason: str | None
    household_id: int | None  # of a household's member
    household_head: str | None


def cadres_under(session: Session, paths: Paths) -> list[WatchedCadre]:
    """Everybody who is the primary cadre of a household in these units today, by code."""
    return _cadres(session, _is_primary_under(paths))


def cadres(session: Session, actor: Actor, ids: Collection[int]) -> list[WatchedCadre]:
    """Those of `ids` whom the actor may find, by code."""
    return _cadres(session, _known_to(actor), Person.id.in_(ids))


def cadre_names(session: Session, actor: Actor) -> list[tuple[int, str, str]]:
    """Id, name and code (or nothing) of the cadres of the actor's units and of its households."""
    query = select(Person.id, Person.name, func.coalesce(Person.code, "")).where(_known_to(actor))
    return [(person_id, name, code) for person_id, name, code in session.execute(query)]


def unreachable_under(session: Session, paths: Paths) -> list[int]:
    """Officials of the units and members of their households who blocked the bot, by id."""
    query = select(Person.id).where(_is_unreachable_under(paths)).order_by(Person.id)
    return list(session.scalars(query))


def unreachable(session: Session, actor: Actor, ids: Collection[int]) -> list[UnreachablePerson]:
    """Those of `ids` in the actor's units who still can't be reached."""
    paths = actor.paths(Role.SUPERVISOR)
    home = (
        select(func.min(Membership.household_id))
        .join(Household, Household.id == Membership.household_id)
        .where(Membership.person_id == Person.id, Membership.state != "ended", lies_under(paths))
        .correlate(Person)
        .scalar_subquery()
    )
    query = (
        select(
            Person.id,
            Person.name,
            Unit.name,
            Person.unreachable_since,
            Person.unreachable_reason,
            Household.id,
            Household.head,
        )
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .outerjoin(Household, Household.id == home)
        .where(_is_unreachable_under(paths), Person.id.in_(ids))
        .order_by(Person.id)
    )
    return [UnreachablePerson(*row) for row in session.execute(query)]


def _cadres(session: Session, *conditions: ColumnElement[bool]) -> list[WatchedCadre]:
    has_joined = and_(Person.telegram_user_id.is_not(None), Person.consented_at.is_not(None))
    query = (
        select(
            Person.id,
            Person.name,
            Unit.name,
            _load,
            Person.max_households,
            Person.is_active,
            has_joined,
            _holds_role,
            Person.away_until,
        )
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(*conditions)
        .order_by(Person.code, Person.id)
    )
    return [WatchedCadre(*row) for row in session.execute(query)]


def _known_to(actor: Actor) -> ColumnElement[bool]:
    paths = actor.paths(Role.SUPERVISOR)
    return or_(and_(_holds_role, _works_under(paths)), _is_primary_under(paths))


def _is_primary_under(paths: Paths) -> ColumnElement[bool]:
    return Person.id.in_(
        select(Pairing.cadre_id)
        .join(Household, Household.id == Pairing.household_id)
        .where(lies_under(paths), Pairing.kind == "primary", Pairing.ended_on.is_(None))
    )


def _works_under(paths: Paths) -> ColumnElement[bool]:
    return Person.unit_id.in_(select(Unit.id).where(units_under(paths)))


def _is_unreachable_under(paths: Paths) -> ColumnElement[bool]:
    has_role = exists().where(RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None))
    at_home = exists().where(
        Membership.person_id == Person.id,
        Membership.state != "ended",
        Membership.household_id.in_(select(Household.id).where(lies_under(paths), Household.status.in_(_LIVED_IN))),
    )
    official = and_(Person.is_active, has_role, _works_under(paths))
    return and_(Person.unreachable_since.is_not(None), or_(official, at_home))
