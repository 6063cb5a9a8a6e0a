"""The guards of what comes to an end: a person's channel, and a letter that fails for good."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "ends: whoever has blocked the bot is known to be gone",
        "services/reach.py",
        "    people_rows.set_unreachable(session, chat_id, since=office.now(), reason=reason)\n",
        "",
        "tests/torture/test_other_ends.py -k sqlite",
    ),
    Guard(
        "ends: what is still to be said to whoever is gone dies in the same commit",
        "services/reach.py",
        "    outbox_rows.cancel_open(session, chat_id, reason=reason, at=office.now())\n",
        "",
        "tests/torture/test_other_ends.py -k sqlite",
    ),
    Guard(
        "ends: the fifth failure of a letter is its last",
        "bot/desk.py",
        "                inbox.bury(session, letter.id, error=words, now=self._now())\n                return\n",
        "                pass\n",
        "tests/torture/test_other_ends.py -k sqlite",
    ),
)
