"""Which messages an edit names, found without looking at all that was ever sent"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAMED = sa.text("edits_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_outbox_edits", "outbox", ["edits_id"], sqlite_where=NAMED, postgresql_where=NAMED)


def downgrade() -> None:
    op.drop_index("ix_outbox_edits", "outbox")
