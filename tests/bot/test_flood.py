"""One person sends ten thousand updates: nobody else feels it, and the memory doesn't grow with them."""

import asyncio
import resource
import statistics
import time
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.backroom import BackRoom
from bot.desk import Desk
from bot.intake import store
from models.paces import ChatPace
from models.post import InboxLetter, OutboxMessage
from models.queries import inbox
from models.session import Database
from services.office import Office
from tests.bot.tasks import Tasks, nothing, real_now, until
from tests.torture.village import build_village

FLOOD = 10_000
BATCH = 100  # updates that Telegram gives at once
OTHERS = 12  # people who are answered meanwhile, one after the other
ROUNDS = 4
# Milliseconds that others may wait longer, on a machine that does other things too.
SLOWER_MEDIAN, SLOWER_WORST = 150.0, 1500.0
MEGABYTES = 120
_NUMBERS = count(1)


def says(chat: int, text: str, date: int) -> dict[str, Any]:
    user = {"id": chat, "is_bot": False, "first_name": "人"}
    place = {"id": chat, "type": "private", "first_name": "人"}
    number = next(_NUMBERS)
    return {
        "update_id": number,
        "message": {"message_id": number, "date": date, "chat": place, "from": user, "text": text},
    }


class Working:
    """A desk at work on the real handlers; how long people wait for the row that answers them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.backroom = BackRoom(database)
        self.tasks = Tasks()
        self._handled = asyncio.Event()
        self.desk = Desk(
            self.backroom,
            Office(),
            now=real_now,
            spawn=self.tasks.spawn,
            handled=self._handled.set,
            took=lambda _outcome, _seconds: None,
            beat=nothing,
        )
        self._loop = asyncio.ensure_future(self.desk.run())

    async def receive(self, updates: list[dict[str, Any]]) -> None:
        await store(self.backroom, updates, now=real_now())
        self.desk.wake()

    async def waits(self, chats: list[int]) -> list[float]:
        """Milliseconds from the arrival of each person's message to the commit of the answer."""
        found = []
        for turn in range(ROUNDS):
            for chat in chats:
                begun, before = time.perf_counter(), await self._answers(chat)
                await self.receive([says(chat, "/help", 1772413200 + turn)])
                async with asyncio.timeout(60):
                    while await self._answers(chat) == before:
                        self._handled.clear()
                        await self._handled.wait()
                found.append((time.perf_counter() - begun) * 1000)
        return found

    async def _answers(self, chat: int) -> int:
        query = select(func.count()).where(OutboxMessage.chat_id == chat)
        return await self.backroom.read(lambda session: session.scalar(query) or 0)

    def left(self) -> int:
        with self.database.reading() as session:
            query = select(func.count()).where(InboxLetter.state == "waiting")
            return session.scalar(query) or 0

    async def close(self) -> None:
        self._loop.cancel()
        await self.tasks.done()
        self.backroom.close()


async def test_others_do_not_feel_ten_thousand_updates_of_one_person(database: Database) -> None:
    flooder, *others = build_village(database, OTHERS + 1)
    working = Working(database)
    idle = await working.waits(others)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for first in range(0, FLOOD, BATCH):
        await working.receive([says(flooder, "在吗", 1772413300 + (first + n) // 100) for n in range(BATCH)])
    flooded = await working.waits(others)
    assert working.left() > 0, "the flood was still being put aside"
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    figures = [(statistics.median(one), max(one)) for one in (idle, flooded)]
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    print(  # noqa: T201  # the figures
        f"{kind}: median and longest wait {figures[0][0]:.0f} and {figures[0][1]:.0f} ms idle, "
        f"{figures[1][0]:.0f} and {figures[1][1]:.0f} ms under {FLOOD} updates of one person; memory +{grown:.0f} MB"
    )
    await working.close()
    assert figures[1][0] < figures[0][0] + SLOWER_MEDIAN
    assert figures[1][1] < figures[0][1] + SLOWER_WORST
    assert grown < MEGABYTES


@pytest.mark.torture
async def test_a_flood_is_put_aside_to_its_end_and_told_once(database: Database) -> None:
    (flooder,) = build_village(database, 1)
    working = Working(database)
    await working.receive([says(flooder, "在吗", 1772413200) for _ in range(2000)])
    await until(lambda: working.left() == 0, seconds=120)
    await working.close()
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(OutboxMessage.chat_id == flooder)) == 21
        assert session.scalar(select(ChatPace.refused).where(ChatPace.chat_id == flooder)) == 1980


def test_ten_thousand_waiting_letters_of_one_chat_are_passed_at_once(database: Database) -> None:
    """Not by time, which a busy machine would spoil: the letters of the others are all found, oldest first."""
    with database.transaction() as session:
        inbox.store_updates(session, [(n, 500, "{}") for n in range(1, FLOOD + 1)], now=real_now())
        inbox.store_updates(session, [(FLOOD + n, 1000 + n, "{}") for n in range(1, 21)], now=real_now())
        found = inbox.waiting(session, now=real_now(), limit=64, skip_chats=())
        assert [letter.chat_id for letter in found] == [500, *range(1001, 1021)]
        in_hand = inbox.waiting(session, now=real_now(), limit=64, skip_chats={500})
        assert [letter.chat_id for letter in in_hand] == [*range(1001, 1021)]
