"""Who may see what, as SQL conditions; every scoped query of the other modules goes through these."""

from sqlalchemy import ColumnElement, and_, false, or_, select

from models.actor import Actor, Role
from models.households import Household, Pairing
from models.people import Unit
from models.problems import Problem
from models.visits import Visit


def units_under(paths: tuple[str, ...]) -> ColumnElement[bool]:
    """Units in the subtrees of `paths`. Paths are made of digits and slashes, so they carry no wildcard."""
    return or_(false(), *(Unit.path.like(f"{path}%") for path in paths))


def paired_with(actor: Actor) -> ColumnElement[bool]:
    """Households whose cadre the actor is today. Without the role a pairing that still stands opens nothing."""
    if not actor.has(Role.CADRE):
        return false()
    # IN, not a correlated EXISTS: SQLite would walk the cadre's pairings once for every household of the town.
    return Household.id.in_(
        select(Pairing.household_id).where(Pairing.cadre_id == actor.person_id, Pairing.ended_on.is_(None))
    )


def supervised_by(actor: Actor, *roles: Role) -> ColumnElement[bool]:
    """Households in the units that the actor supervises (by default) or holds `roles` for."""
    paths = actor.paths(*(roles or (Role.SUPERVISOR,)))
    return Household.unit_id.in_(select(Unit.id).where(units_under(paths)))


def lived_in_by(actor: Actor) -> ColumnElement[bool]:
    """Households the actor is a linked member of."""
    return Household.id.in_(actor.linked_household_ids)


def managed_by(actor: Actor) -> ColumnElement[bool]:
    """Households whose people the actor looks after: the own cadre, supervisors and administrators."""
    return or_(paired_with(actor), supervised_by(actor, Role.SUPERVISOR, Role.ADMIN))


def household_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Whose card and visits the actor may see at all: the own cadre, supervisors and admins, linked members."""
    return or_(
        paired_with(actor),
        supervised_by(actor, Role.SUPERVISOR, Role.ADMIN),
        lived_in_by(actor),
    )


def visit_readable_by(actor: Actor) -> ColumnElement[bool]:
    """Visits whose words, photos and voices the actor may open; join Household first.

    A household sees on its card that somebody came, not what was noted, also where an overseer lives in it.
    """
    oversees = and_(supervised_by(actor, Role.SUPERVISOR, Role.ADMIN), ~lived_in_by(actor))
    return or_(and_(_is_cadre(actor), or_(paired_with(actor), Visit.cadre_id == actor.person_id)), oversees)


def problem_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Problems the actor may see; join Household first.

    A confidential one is hidden from the own cadre; a pending person sees only their own reports.
    """
    as_cadre = and_(_is_cadre(actor), or_(paired_with(actor), Problem.owner_id == actor.person_id))
    return or_(
        and_(as_cadre, or_(Problem.confidential.is_(False), Problem.owner_id == actor.person_id)),
        supervised_by(actor),
        and_(lived_in_by(actor), or_(Problem.confidential.is_(False), Problem.reporter_id == actor.person_id)),
        and_(Household.id.in_(actor.household_ids), Problem.reporter_id == actor.person_id),
    )


def _is_cadre(actor: Actor) -> ColumnElement[bool]:
    return ~false() if actor.has(Role.CADRE) else false()
