"""The chain of the audit: each entry's hash covers all of it and the hash before, so no entry changes alone.

Entries get their places right before the commit, when the group that wrote them knows which of them stand.
"""

import json
from collections.abc import Collection, Mapping
from datetime import UTC
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from models.audit import AuditEntry

FORMAT = "lianxin-audit-1"  # the first thing in every hash: how the rest is written down
BEFORE_THE_FIRST = "0" * 64
UNCHAINED = "unchained"  # in a session's `info`: ids of entries that its group has to chain
LOCK = 0x6C69616E_7869  # of PostgreSQL's advisory locks; held from here to the end of the commit


def digest(entry: Mapping[str, Any]) -> str:
    """The hash that the entry must have: SHA-256 over all its other columns in one fixed spelling."""
    written = [
        FORMAT,
        entry["position"],
        entry["id"],
        entry["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        entry["person_id"],
        entry["act"],
        entry["about"],
        entry["object_id"],
        entry["facts"],
        entry["previous_hash"],
    ]
    return sha256(json.dumps(written, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def chain(connection: Connection, ids: Collection[int]) -> None:
    """Give these entries the next places. To be called last: on PostgreSQL other writers' commits wait meanwhile.

    An id whose entry was rolled back with its savepoint is passed over, so it leaves no gap.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    position, previous_hash = _end(connection)
    links = []
    for row in connection.execute(_own(ids)).mappings():
        position += 1
        entry = {**row, "position": position, "previous_hash": previous_hash}
        previous_hash = digest(entry)
        links.append(
            {"row": row["id"], "position": position, "previous": entry["previous_hash"], "hash": previous_hash}
        )
    if links:
        connection.execute(_PUT_IN, links)


def _end(connection: Connection) -> tuple[int, str]:
    last = connection.execute(
        select(AuditEntry.position, AuditEntry.hash)
        .where(AuditEntry.position.is_not(None))
        .order_by(AuditEntry.position.desc())
        .limit(1)
    ).one_or_none()
    return (last.position, last.hash) if last else (0, BEFORE_THE_FIRST)


def _own(ids: Collection[int]) -> Any:
    return select(AuditEntry.__table__).where(AuditEntry.id.in_(ids), AuditEntry.hash.is_(None)).order_by(AuditEntry.id)


_PUT_IN = (
    update(AuditEntry)
    .where(AuditEntry.id == bindparam("row"))
    .values(position=bindparam("position"), previous_hash=bindparam("previous"), hash=bindparam("hash"))
)
