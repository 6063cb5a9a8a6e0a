"""How fast each chat has been speaking"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.base

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "paces",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("at", models.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("album", sa.String(length=64), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.CheckConstraint("way IN ('typed', 'pressed')", name=op.f("ck_paces_way")),
        sa.PrimaryKeyConstraint("chat_id", "way", name=op.f("pk_paces")),
    )
    op.create_index("ix_paces_at", "paces", ["at"])


def downgrade() -> None:
    op.drop_index("ix_paces_at", "paces")
    op.drop_table("paces")
