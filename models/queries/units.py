"""The tree of units: a few hundred rows, read whole and walked in Python."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Unit


@dataclass(frozen=True)
class UnitNode:
    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    path: str  # "/1/4/9/": ids from the root down to this unit

    @property
    def lineage(self) -> tuple[int, ...]:
        """The ids from the root down to this unit."""
        return tuple(int(part) for part in self.path.split("/") if part)


def tree(session: Session) -> dict[int, UnitNode]:
    """Every unit by its id, in the order of codes."""
    rows = session.execute(
        select(Unit.id, Unit.code, Unit.name, Unit.kind, Unit.parent_id, Unit.path).order_by(Unit.code)
    )
    return {row.id: UnitNode(*row) for row in rows}


def nearest(units: Mapping[int, UnitNode], unit_id: int, kind: str) -> UnitNode | None:
    """The unit itself or the next one above it that is a `kind`."""
    return next((units[one] for one in reversed(units[unit_id].lineage) if units[one].kind == kind), None)
