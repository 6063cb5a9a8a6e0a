"""SQLite gives no deleted row's id to another, wherever rows are deleted; PostgreSQL never did"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# table → what else names ids of its rows, also of those that are gone
TABLES = {
    "persons": (
        "SELECT person_id AS named FROM audit_entries"
        " UNION ALL SELECT object_id FROM audit_entries WHERE about = 'person'"
        " UNION ALL SELECT json_extract(facts, '$.person') FROM audit_entries"
        " UNION ALL SELECT json_extract(facts, '$.member') FROM audit_entries"
    ),
    "memberships": "SELECT json_extract(facts, '$.membership') AS named FROM audit_entries",
    "invitations": "SELECT object_id AS named FROM audit_entries WHERE about = 'invitation'",
    "role_grants": "SELECT NULL AS named",
    "roster_checks": "SELECT NULL AS named",
    "attachments": "SELECT NULL AS named",
    "wrong_tries": "SELECT NULL AS named",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, named in TABLES.items():
        _make_anew(table, sqlite_autoincrement=True)
        newest = f"SELECT max(coalesce(max(id), 0), coalesce((SELECT max(named) FROM ({named})), 0)) FROM {table}"
        op.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table").bindparams(table=table))
        op.execute(sa.text(f"INSERT INTO sqlite_sequence (name, seq) VALUES (:table, ({newest}))").bindparams(table=table))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            _make_anew(table)


def _make_anew(table: str, **options: bool) -> None:
    """With its rows, constraints and indices."""
    with op.batch_alter_table(table, recreate="always", table_kwargs=options):
        pass
