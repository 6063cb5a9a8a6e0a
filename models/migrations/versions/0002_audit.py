"""The audit: append-only, chained by hashes"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import models.base

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# An entry gets its place once. SQLite's REPLACE removes what is in its way without asking the triggers for deletion,
# so there nothing may be written over an entry either.
SQLITE = (
    """
    CREATE TRIGGER audit_entries_keep_changed BEFORE UPDATE ON audit_entries
    WHEN OLD.hash IS NOT NULL OR NEW.id <> OLD.id
      OR EXISTS (SELECT 1 FROM audit_entries WHERE position = NEW.position AND id <> OLD.id)
    BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END
    """,
    """
    CREATE TRIGGER audit_entries_keep_removed BEFORE DELETE ON audit_entries
    WHEN OLD.hash IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END
    """,
    """
    CREATE TRIGGER audit_entries_keep_replaced BEFORE INSERT ON audit_entries
    WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id OR position = NEW.position)
    BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION audit_entries_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit_entries is append-only'; END $$
    """,
    """
    CREATE TRIGGER audit_entries_keep_rows BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW WHEN (OLD.hash IS NOT NULL) EXECUTE FUNCTION audit_entries_keep()
    """,
    """
    CREATE TRIGGER audit_entries_keep_all BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_keep()
    """,
)


def upgrade() -> None:
    op.create_table('audit_entries',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=True),
    sa.Column('at', models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('act', sa.String(length=40), nullable=False),
    sa.Column('about', sa.String(length=24), nullable=False),
    sa.Column('object_id', sa.BigInteger(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=True),
    sa.Column('hash', sa.String(length=64), nullable=True),
    sa.CheckConstraint('(hash IS NULL) = (position IS NULL)', name=op.f('ck_audit_entries_position')),
    sa.CheckConstraint('(hash IS NULL) = (previous_hash IS NULL)', name=op.f('ck_audit_entries_previous')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries')),
    sa.UniqueConstraint('position', name=op.f('uq_audit_entries_position')),
    sqlite_autoincrement=True
    )
    for statement in SQLITE if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('audit_entries')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION audit_entries_keep()')
