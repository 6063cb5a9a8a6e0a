"""How fast the outbox empties where Telegram answers at once: claiming, handing over, recording."""

import asyncio
import time
from datetime import UTC, datetime

from bot.backroom import BackRoom
from bot.delivery import Delivery
from bot.gate import Gate
from bot.outcomes import Sent
from bot.rate_limit import RateLimit
from models.session import Database, Session
from services import outbox
from services.messages import Message
from services.office import Office
from services.outbox import Parcel
from tests.bot.tasks import Alone, Tasks, nothing, real_now

MESSAGES = 5000
CHATS = 200


class AtOnce:
    """A Telegram that accepts whatever comes; `all_here` is set by the last message."""

    def __init__(self) -> None:
        self.count = 0
        self.all_here = asyncio.Event()

    async def deliver(self, _parcel: Parcel) -> Sent:
        await asyncio.sleep(0)
        self.count += 1
        if self.count == MESSAGES:
            self.all_here.set()
        return Sent(self.count)


async def messages(database: Database) -> str:
    office, backroom, telegram, tasks = Office(), BackRoom(database), AtOnce(), Tasks()
    await backroom.run(lambda session: _queue(session, office))
    limit, gate = RateLimit(0), Gate(0)
    delivery = Delivery(
        backroom, office, telegram.deliver, limit, gate, now=real_now, spawn=tasks.spawn, beat=nothing, right=Alone()
    )
    begun = time.perf_counter()
    loop = asyncio.ensure_future(delivery.run())
    await telegram.all_here.wait()
    seconds = time.perf_counter() - begun
    loop.cancel()
    await tasks.done()
    backroom.close()
    return f"{MESSAGES} messages waiting for {CHATS} chats: {MESSAGES / seconds:,.0f} delivered a second"


def _queue(session: Session, office: Office) -> None:
    said_at = datetime.now(UTC).isoformat()
    for n in range(MESSAGES):
        outbox.reply(session, office, 1000 + n % CHATS, Message(f"第{n}条 {said_at}"), person_id=None)
