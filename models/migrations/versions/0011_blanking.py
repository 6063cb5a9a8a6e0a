"""What is to be blanked is found by an index; wishes for a correction are sealed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.sealed import SealedText

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UNBLANKED = sa.text("body <> ''")
WANTED, ANSWER = SealedText("correction_requests.wanted"), SealedText("correction_requests.answer")


def upgrade() -> None:
    for table in ("inbox", "outbox"):
        op.create_index(
            f"ix_{table}_unblanked", table, ["finished_at"], sqlite_where=UNBLANKED, postgresql_where=UNBLANKED
        )
    connection = op.get_bind()
    keyring = connection.dialect.keyring  # type: ignore[attr-defined]  # set by Database
    change = sa.text("UPDATE correction_requests SET wanted = :wanted, answer = :answer WHERE id = :id")
    for row in connection.execute(sa.text("SELECT id, wanted, answer FROM correction_requests")).all():
        sealed = {"wanted": WANTED.seal(keyring, row.id, row.wanted), "answer": ANSWER.seal(keyring, row.id, row.answer)}
        connection.execute(change, {"id": row.id} | sealed)


def downgrade() -> None:
    raise NotImplementedError("what was sealed is not laid open again: restore the backup made before")
