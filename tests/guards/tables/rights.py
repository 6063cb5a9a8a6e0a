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
    Guard(
        "consent: an earlier version lets nobody act",
        "models/queries/actors.py",
        "consented=row.consented_at is not None and row.consent_version == notice.VERSION",
        "consented=row.consented_at is not None",
        "tests/handlers/test_onboarding_notice_versions.py -k 'whatever_they_do'",
    ),
    Guard(
        "consent: each agreement stays on record",
        "services/onboarding/consent.py",
        "    consents.record(session, person.id, notice.VERSION, agreed=True, at=office.now())\n",
        "",
        "tests/handlers/test_onboarding_notice_versions.py -k on_record",
    ),
    Guard(
        "consent: a no for good unlinks the account",
        "services/onboarding/consent.py",
        "        let_go(session, office, person)\n",
        "",
        "tests/handlers/test_onboarding_notice_versions.py -k for_good",
    ),
)
