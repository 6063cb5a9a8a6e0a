"""One person has sent ten thousand updates: the desk finds those of everybody else at once.

What people feel of it is measured in tests/torture/test_flood.py.
"""

from models.queries import inbox
from models.session import Database
from tests.bot.tasks import real_now

FLOOD = 10_000


def test_ten_thousand_waiting_letters_of_one_chat_are_passed_at_once(database: Database) -> None:
    """Not by time, which a busy machine would spoil: the letters of the others are all found, oldest first."""
    with database.transaction() as session:
        inbox.store_updates(session, [(n, 500, "{}") for n in range(1, FLOOD + 1)], now=real_now())
        inbox.store_updates(session, [(FLOOD + n, 1000 + n, "{}") for n in range(1, 21)], now=real_now())
        found = inbox.waiting(session, now=real_now(), limit=64, skip_chats=())
        assert [letter.chat_id for letter in found] == [500, *range(1001, 1021)]
        in_hand = inbox.waiting(session, now=real_now(), limit=64, skip_chats={500})
        assert [letter.chat_id for letter in in_hand] == [*range(1001, 1021)]
