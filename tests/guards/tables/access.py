"""The guards of who gets in and how fast: the access matrix, scope at delivery, hostile input, flooding."""

from tests.guards.guard import Guard

GUARDS = (
    Guard(
        "flood: what comes too fast isn't handled",
        "handlers/front.py",
        "    if verdict is Verdict.SILENT:",
        "    if verdict is None:",
        "tests/handlers/test_pace.py -k 'sqlite and silence'",
    ),
    Guard(
        "flood: it is told once",
        "services/rules/pace.py",
        "    return Verdict.SILENT if pace.silent else Verdict.TOLD, now",
        "    return Verdict.TOLD, now",
        "tests/rules/test_pace.py",
    ),
    Guard(
        "flood: judged by when it was sent",
        "handlers/pace.py",
        "    return message.edit_date or message.date",
        "    return max(message.date, message.date.now(message.date.tzinfo))",
        "tests/handlers/test_pace.py -k 'sqlite and outage'",
    ),
    Guard(
        "flood: a chat with ten thousand waiting letters is passed in one step",
        "models/queries/inbox.py",
        "InboxLetter.chat_id > chats.c.chat_id)",
        "InboxLetter.chat_id + 0 > chats.c.chat_id)",
        "tests/models/test_post_plans.py",
    ),
)
