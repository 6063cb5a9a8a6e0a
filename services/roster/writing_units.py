"""Units as rows: new ones, changed ones, and the paths of everything below a unit that has moved."""

from collections.abc import Mapping

from models.people import Unit
from models.queries import roster as rows
from models.queries import units as unit_rows
from models.session import Session
from services.errors import Conflict
from services.roster.stored import Stored
from services.rules.roster.changes import SheetChanges
from services.rules.roster.values import UnitRow


def write_units(session: Session, changes: SheetChanges[UnitRow], stored: Stored) -> dict[str, int]:
    """All units' ids by code. Errors: Conflict for a circle."""
    added = [{"code": row.code, "name": row.name, "kind": row.kind, "path": ""} for row in changes.added]
    ids = stored.unit_ids | rows.add_units(session, added)
    changed = [one.row for one in changes.changed]
    kinds = {code: unit.kind for code, unit in stored.state.units.items()}
    rows.change(
        session,
        Unit,
        [{"id": ids[row.code], "name": row.name, "kind": row.kind or kinds[row.code]} for row in changed],
    )
    if added or changed:
        _place(session, [*changes.added, *changed], ids)
    return ids


def _place(session: Session, written: list[UnitRow], ids: Mapping[str, int]) -> None:
    tree = unit_rows.tree(session)
    parents = {unit.id: unit.parent_id for unit in tree.values()}
    parents |= {ids[row.code]: ids[row.parent_code] for row in written if row.parent_code is not None}
    moved = [
        {"id": unit_id, "parent_id": parent_id, "path": path}
        for unit_id, parent_id in parents.items()
        if (path := _path(unit_id, parents)) != tree[unit_id].path
    ]
    rows.change(session, Unit, moved)


def _path(unit_id: int, parents: Mapping[int, int | None]) -> str:
    """Errors: Conflict for a circle; the check saw none, but another import may have come in between."""
    lineage = [unit_id]
    while (parent := parents[lineage[-1]]) is not None:
        if parent in lineage:
            raise Conflict("administration.units_in_a_circle")
        lineage.append(parent)
    return "".join(["/", *(f"{one}/" for one in reversed(lineage))])
