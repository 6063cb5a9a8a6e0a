"""An administrator of some units imports nothing outside them: no foreign household, and no role above the own."""

from collections.abc import Iterator, Mapping

from models.actor import Actor, Role
from models.session import Session
from services.roster.previewing import Plan
from services.roster.stored import Stored, read_stored

Parents = Mapping[str, str | None]  # unit's code → parent's
Place = tuple[str, tuple[str, ...]]  # code of what is touched → units it lies in before and after


def outside(session: Session, actor: Actor, plan: Plan) -> tuple[str, ...]:
    """The codes of what the plan would touch outside the units that the actor administers."""
    stored = read_stored(session)
    ids = {grant.unit_id for grant in actor.grants if grant.role == Role.ADMIN}
    own = frozenset(code for code, unit_id in stored.unit_ids.items() if unit_id in ids)
    before: dict[str, str | None] = {unit.code: unit.parent_code for unit in stored.state.units.values()}
    after = before | {row.code: row.parent_code for row in plan.units.added}
    after |= {one.row.code: one.row.parent_code for one in plan.units.changed if one.row.parent_code}

    def is_own(unit: str) -> bool:
        return _covered(unit, after, own) and (unit not in before or _covered(unit, before, own))

    return tuple(code for code, units in _touched(plan, stored) if not all(map(is_own, units)))


def _touched(plan: Plan, stored: Stored) -> Iterator[Place]:
    yield from ((row.code, (row.code,)) for row in plan.units.added)
    for one in plan.units.changed:
        moved_to = next((str(field.new) for field in one.fields if field.field == "parent_code"), one.row.code)
        yield one.row.code, (one.row.code, moved_to)
    for cadre in (*plan.cadres.added, *(one.row for one in plan.cadres.changed)):
        person = stored.state.cadres.get(cadre.code)
        yield cadre.code, (cadre.unit_code, person.unit_code if person and person.unit_code else cadre.unit_code)
    homes = stored.state.households
    for household in (*plan.households.added, *(one.row for one in plan.households.changed)):
        home = homes.get(household.code)
        yield household.code, (household.unit_code, home.unit_code if home else household.unit_code)
    yield from ((code, (homes[code].unit_code,)) for code in plan.erased.households)
    officials = ((code, stored.state.cadres[code].unit_code) for code in plan.erased.cadre_rows)
    yield from ((code, (unit,)) for code, unit in officials if unit)
    for pair in plan.pairs_begun:
        if pair.household_code in homes:
            yield pair.household_code, (homes[pair.household_code].unit_code,)


def _covered(unit: str, parents: Parents, own: frozenset[str]) -> bool:
    """Whether the unit or one above it is the actor's own; a circle ends the walk."""
    seen: set[str] = set()
    code: str | None = unit
    while code is not None and code not in seen:
        if code in own:
            return True
        seen.add(code)
        code = parents.get(code)
    return False
