"""Who oversees less after an import than before: with a role of theirs, or with a place that has moved away."""

from collections.abc import Iterator, Mapping

from models.actor import Role
from models.queries import roster as rows
from models.queries import units as unit_rows
from models.queries.units import UnitNode
from models.session import Session
from services.roster.stored import Stored
from services.rules.roster.changes import SheetChanges
from services.rules.roster.values import HouseholdRow

Tree = Mapping[int, UnitNode]
OVERSEERS = (Role.SUPERVISOR, Role.ADMIN)  # cadres see by their pairings, whose end is looked after with the pairing


def who_lost_sight(session: Session, stored: Stored, before: Tree, households: SheetChanges[HouseholdRow]) -> set[int]:
    """Persons whose role ended, or who oversaw a unit or a household that isn't below theirs any more.

    `stored` and the tree are as they were before the import, the database as it is after it.
    """
    after = unit_rows.tree(session)
    held = {grant.id for grant in rows.grants(session)}
    left = {*_left_by_units(before, after), *_left_by_households(stored, households, before, after)}
    return {
        grant.person_id
        for grants in stored.grants.values()
        for grant in grants
        if grant.id not in held or (grant.role in OVERSEERS and grant.unit_id in left)
    }


def _left_by_units(before: Tree, after: Tree) -> Iterator[int]:
    for unit_id, unit in before.items():
        yield from set(unit.lineage) - set(after[unit_id].lineage)


def _left_by_households(
    stored: Stored, households: SheetChanges[HouseholdRow], before: Tree, after: Tree
) -> Iterator[int]:
    ids = {unit.code: unit_id for unit_id, unit in after.items()}
    for row in (one.row for one in households.changed):
        old, new = ids[stored.state.households[row.code].unit_code], ids[row.unit_code]
        yield from set(before[old].lineage) - set(after[new].lineage)
