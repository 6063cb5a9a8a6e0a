"""Who made an invitation, so that it can be asked again when it is opened"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AS_THE_AUDIT_SAYS = """
UPDATE invitations SET invited_by_id = (
    SELECT audit_entries.person_id FROM audit_entries JOIN persons ON persons.id = audit_entries.person_id
    WHERE audit_entries.act = 'invitation_made' AND audit_entries.object_id = invitations.id
    ORDER BY audit_entries.id DESC LIMIT 1
)
"""


def upgrade() -> None:
    """One statement for both databases: to make the table of SQLite anew would give ids of deleted rows out again."""
    op.execute(
        "ALTER TABLE invitations ADD COLUMN invited_by_id INTEGER"
        " CONSTRAINT fk_invitations_invited_by_id REFERENCES persons (id)"
    )
    op.execute(sa.text(AS_THE_AUDIT_SAYS))


def downgrade() -> None:
    with op.batch_alter_table("invitations", table_kwargs={"sqlite_autoincrement": True}) as invitations:
        invitations.drop_column("invited_by_id")
