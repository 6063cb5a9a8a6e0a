"""The audit: who read or changed what, one entry an act, never changed and chained by hashes."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import NEVER_REUSE, Base
from models.post import BigId


class AuditEntry(Base):
    """Holds ids, codes and numbers only. It outlives what it names, hence no foreign keys.

    Written without a place in the chain; the commit gives it one (`models.audit_chain`). From then on triggers of the
    database refuse to change or remove it.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("(hash IS NULL) = (position IS NULL)", name="position"),
        CheckConstraint("(hash IS NULL) = (previous_hash IS NULL)", name="previous"),
        NEVER_REUSE,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)  # 1, 2, 3 … without a gap
    at: Mapped[datetime]
    person_id: Mapped[int | None]  # None: the operator or the clock; `facts` says which
    act: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(24))  # kind of object
    object_id: Mapped[int | None] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]]
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))  # SHA-256, hexadecimal
