"""How fast updates become rows: inbox, desk, back room, a real handler, outbox. Every figure counts durable commits."""

import asyncio
import time
from itertools import count
from typing import Any

from sqlalchemy import select

from bot.backroom import BackRoom
from bot.desk import Desk
from bot.intake import store
from models.post import OutboxMessage
from models.session import Database
from services.office import Office
from tests.bot.tasks import Tasks, nothing, real_now
from tests.torture.village import HEAD, build_village

CADRES = 200
ROUNDS = 8  # visits that each of them logs
FLOOD = 5000  # updates waiting
BATCH = 100  # updates Telegram gives at once

Update = dict[str, Any]
_NUMBERS = count(1)


class DeskAtWork:
    """A desk in this process; `handle` returns when everything stored is done."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.backroom = BackRoom(database)
        self.tasks = Tasks()
        self._left = 0
        self._is_empty = asyncio.Event()
        self._desk = Desk(
            self.backroom,
            Office(),
            now=real_now,
            spawn=self.tasks.spawn,
            handled=self._handled,
            took=nothing,
            beat=nothing,
        )
        self._loop = asyncio.ensure_future(self._desk.run())

    async def handle(self, updates: list[Update]) -> float:
        """Seconds from the first update's arrival to the last one's commit."""
        self._left = len(updates)
        self._is_empty.clear()
        begun = time.perf_counter()
        for first in range(0, len(updates), BATCH):
            await store(self.backroom, updates[first : first + BATCH], now=real_now())
            self._desk.wake()
        await self._is_empty.wait()
        return time.perf_counter() - begun

    async def close(self) -> None:
        self._loop.cancel()
        await self.tasks.done()
        self.backroom.close()

    def _handled(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._is_empty.set()

    def newest_buttons(self, wanted: str) -> dict[int, str]:
        """By chat: the data behind the first button with these words of what was said last."""
        with self.database.reading() as session:
            rows = session.execute(select(OutboxMessage.chat_id, OutboxMessage.body).order_by(OutboxMessage.id.desc()))
            found: dict[int, str] = {}
            for chat_id, body in rows.yield_per(500):
                for button in (button for row in body.get("buttons", ()) for button in row):
                    if wanted in button["label"]:
                        found.setdefault(chat_id, button["data"])
                if len(found) == CADRES:
                    break
            return found


async def visits(database: Database) -> str:
    """Each visit is three updates: the big button, a household, save."""
    chats, desk = build_village(database, CADRES), DeskAtWork(database)
    seconds = 0.0
    for _ in range(ROUNDS):
        seconds += await desk.handle([says(chat, "记走访") for chat in chats])
        for label in (HEAD, "保存"):
            seconds += await desk.handle([taps(chat, data) for chat, data in desk.newest_buttons(label).items()])
    await desk.close()
    updates = 3 * ROUNDS * CADRES
    return f"{ROUNDS} visits of each of {CADRES} cadres side by side: {updates / seconds:,.0f} updates handled a second"


async def flood(database: Database) -> str:
    chats, desk = build_village(database, CADRES), DeskAtWork(database)
    seconds = await desk.handle([says(chats[n % CADRES], "记走访") for n in range(FLOOD)])
    await desk.close()
    return f"{FLOOD} updates of {CADRES} chats at once: {FLOOD / seconds:,.0f} handled a second"


def says(chat: int, text: str) -> Update:
    return {"update_id": next(_NUMBERS), "message": _message(chat, text)}


def taps(chat: int, data: str) -> Update:
    query = {"id": str(next(_NUMBERS)), "from": _user(chat), "chat_instance": "1", "data": data}
    return {"update_id": next(_NUMBERS), "callback_query": query | {"message": _message(chat, "…")}}


def _message(chat: int, text: str) -> dict[str, Any]:
    place = {"id": chat, "type": "private", "first_name": "人"}
    number = next(_NUMBERS)
    date = 1772413200 + 4 * number  # seconds: a backlog that grew over hours, no flood
    return {"message_id": number, "date": date, "chat": place, "from": _user(chat), "text": text}


def _user(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "人"}
