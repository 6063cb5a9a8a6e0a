"""The guards of people's rights: revocation, consent, erasure, retention."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "revoked: a role's finished words die with it",
        "services/officials.py",
        "        raise Stale\n    outbox.withdraw_words(session, office, [person_id])",
        "        raise Stale",
        "tests/services/test_revocation.py",
    ),
    Guard(
        "revoked: a closed account's finished words die with it",
        "services/officials.py",
        "    session.flush()\n    outbox.withdraw_words(session, office, [person_id])",
        "    session.flush()",
        "tests/services/test_revocation.py",
    ),
    Guard(
        "revoked: a pairing's finished words die with it",
        "services/pair_changes.py",
        "    outbox.withdraw_words(session, office, {cadre_id for _, cadre_id in ended})\n",
        "",
        "tests/services/test_revocation.py",
    ),
    Guard(
        "revoked: what was cancelled in hand isn't revived by a retry",
        "models/queries/outbox.py",
        ".where(OutboxMessage.id == outbox_id, OutboxMessage.state.in_(OPEN))",
        ".where(OutboxMessage.id == outbox_id)",
        "tests/services/test_revocation.py",
    ),
)
