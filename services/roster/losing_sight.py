"""Who oversees less after an import than before: with a role of theirs, or with a place that has moved away."""

from collections.abc import Iterable, Iterator, Mapping

from models.actor import Role
from models.queries import roster as rows
from models.queries import units as unit_rows
from models.queries.units import UnitNode
from models.session import Session
from services.roster.stored import Stored
from services.rules.roster.changes import RosterChanges

Tree = Mapping[int, UnitNode]
Move = tuple[str, str]  # codes of the unit before and of the unit now; "" where there was none
OVERSEERS = (Role.SUPERVISOR, Role.ADMIN)  # cadres see by their pairings, whose end is looked after with the pairing


def who_lost_sight(session: Session, stored: Stored, before: Tree, changes: RosterChanges) -> set[int]:
    """Persons whose role ended, or who oversaw a unit, a household or an official that isn't below theirs any more.

    `stored` and the tree are as they were before the import, the database as it is after it.
    """
    after = unit_rows.tree(session)
    held = {grant.id for grant in rows.grants(session)}
    left = {*_left_by_units(before, after), *_left_by_rows(_moves(stored, changes), before, after)}
    return {
        grant.person_id
        for grants in stored.grants.values()
        for grant in grants
        if grant.id not in held or (grant.role in OVERSEERS and grant.unit_id in left)
    }


def _left_by_units(before: Tree, after: Tree) -> Iterator[int]:
    for unit_id, unit in before.items():
        yield from set(unit.lineage) - set(after[unit_id].lineage)


def _left_by_rows(moves: Iterable[Move], before: Tree, after: Tree) -> Iterator[int]:
    ids = {unit.code: unit_id for unit_id, unit in after.items()}
    for old, new in moves:
        if old:
            yield from set(before[ids[old]].lineage) - set(after[ids[new]].lineage)


def _moves(stored: Stored, changes: RosterChanges) -> Iterator[Move]:
    for home in (one.row for one in changes.households.changed):
        yield stored.state.households[home.code].unit_code, home.unit_code
    for official in (one.row for one in changes.cadres.changed):
        yield stored.state.cadres[official.code].unit_code, official.unit_code
