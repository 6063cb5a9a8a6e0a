"""A dead letter can be ended for good: the state `dropped`"""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BEFORE = "state IN ('waiting', 'done', 'dead')"
AFTER = "state IN ('waiting', 'done', 'dead', 'dropped')"


def upgrade() -> None:
    _allow(AFTER)


def downgrade() -> None:
    op.execute("UPDATE inbox SET state = 'done' WHERE state = 'dropped'")
    _allow(BEFORE)


def _allow(states: str) -> None:
    # SQLite makes the table anew; without the word it would give a deleted row's id to the next one.
    with op.batch_alter_table("inbox", table_kwargs={"sqlite_autoincrement": True}) as inbox:
        inbox.drop_constraint(op.f("ck_inbox_state"), type_="check")
        inbox.create_check_constraint(op.f("ck_inbox_state"), states)
