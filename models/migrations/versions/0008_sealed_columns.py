"""Phones, addresses, free text, places, raw updates and message bodies are sealed"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.sealed import SealedJson, SealedText

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AT_ONCE = 500  # rows
SEALED = "sealed"

# table → columns to seal, each with the type it had, and whether it is never NULL
COLUMNS: dict[str, list[tuple[str, sa.types.TypeEngine[Any], bool]]] = {
    "persons": [("phone", sa.String(40), False)],
    "households": [
        ("address", sa.String(400), False),
        ("phone", sa.String(40), False),
        ("hardship_cause", sa.Text(), False),
        ("notes", sa.Text(), False),
    ],
    "visits": [
        ("said", sa.Text(), False),
        ("companions", sa.String(200), False),
        ("latitude", sa.Float(), False),
        ("longitude", sa.Float(), False),
    ],
    "visit_corrections": [("said", sa.Text(), False)],
    "attachments": [("file_id", sa.String(200), True), ("caption", sa.Text(), False)],
    "problems": [("summary", sa.Text(), True)],
    "problem_events": [("note", sa.Text(), False)],
    "inbox": [("body", sa.Text(), True), ("error", sa.Text(), False)],
    "outbox": [("body", sa.JSON(), True), ("error", sa.Text(), False)],
    "drafts": [("data", sa.JSON(), True)],
    "roster_checks": [("checked", sa.JSON(), True)],
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, _, is_required in columns:
            default = "" if is_required else None
            op.add_column(table, sa.Column(f"{name}_{SEALED}", sa.Text(), nullable=not is_required, server_default=default))
        _seal_rows(table, columns)
        for name, _, is_required in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
            op.execute(f"ALTER TABLE {table} RENAME COLUMN {name}_{SEALED} TO {name}")


def _seal_rows(table: str, columns: list[tuple[str, sa.types.TypeEngine[Any], bool]]) -> None:
    connection = op.get_bind()
    id_: sa.ColumnClause[int] = sa.column("id")
    before = [sa.column(name, kind) for name, kind, _ in columns]
    after = [sa.column(f"{name}_{SEALED}", sa.Text()) for name, _, _ in columns]
    place = sa.table(table, id_, *before, *after)
    query = sa.select(id_, *before).select_from(place).order_by(id_).limit(AT_ONCE)
    change = sa.update(place).where(id_ == sa.bindparam("row_id")).values({c: sa.bindparam(f"new_{c.name}") for c in after})
    rows = connection.execute(query).all()
    while rows:
        connection.execute(change, [_sealed(table, columns, row) for row in rows])
        rows = connection.execute(query.where(id_ > rows[-1].id)).all()


def _sealed(table: str, columns: list[tuple[str, sa.types.TypeEngine[Any], bool]], row: sa.Row[Any]) -> dict[str, object]:
    keyring = op.get_bind().dialect.keyring  # type: ignore[attr-defined]  # set by Database
    return {"row_id": row.id} | {
        f"new_{name}_{SEALED}": (SealedText if isinstance(kind, sa.String) else SealedJson)(f"{table}.{name}").seal(
            keyring, row.id, getattr(row, name)
        )
        for name, kind, _ in columns
    }


def downgrade() -> None:
    raise NotImplementedError("what was sealed is not laid open again: restore the backup made before")
