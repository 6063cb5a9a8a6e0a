"""Entries of the audit as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.audit_chain import UNCHAINED


def append(
    session: Session,
    *,
    at: datetime,
    person_id: int | None,
    act: str,
    about: str,
    object_id: int | None,
    facts: dict[str, Any],
) -> None:
    """Write one entry; it gets its place in the chain when the session's group commits."""
    entry = insert(AuditEntry).values(
        at=at, person_id=person_id, act=act, about=about, object_id=object_id, facts=facts
    )
    written = session.execute(entry.returning(AuditEntry.id)).scalar_one()
    session.info.setdefault(UNCHAINED, []).append(written)
