"""The guards against kills and faults of network and machine."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "kills: an interruption is no failure of the letter",
        "models/queries/inbox.py",
        ".values(interruptions=InboxLetter.interruptions + 1)",
        ".values(interruptions=InboxLetter.interruptions + 1, attempts=InboxLetter.attempts + 1)",
        "tests/bot/test_desk.py -k keeps_its_place",
    ),
)
