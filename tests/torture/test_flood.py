"""One person floods the bot: how long others wait from their tap until the answer is on their phone, and what the
flooder gets."""

import asyncio
import math
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.paces import ChatPace
from models.post import InboxLetter, OutboxMessage
from models.session import Database
from sandbox import Person, Sandbox, serve
from sandbox.people import say_text
from tests.bot.tasks import until
from tests.torture.bookkeeping import in_flight
from tests.torture.figures import Figures
from tests.torture.forked_bot import ForkedBot
from tests.torture.village import CADRE, build_village

TOKEN = "123456789:a-token-for-tests-only"
LIMIT = 20  # messages a minute that one person may send
AS_CONFIGURED = {
    "POLICY__MESSAGES_PER_SECOND": "28",
    "POLICY__MESSAGES_PER_MINUTE": f"{LIMIT}",
}  # as nobody changes them
AHEAD = 100  # updates of the flooder that always lie with Telegram: as many as one poll brings
OTHERS, FEW = 40, 12  # people who tap one after the other, so that nobody comes near Telegram's limit for a chat
PATIENCE = 30.0  # seconds
PUT_ASIDE = 900.0  # seconds for ten thousand, on a busy machine
TAPS = 300  # beside the ten thousand, at most
SOON = 1.0  # second within which 19 of 20 taps are answered, flood or not;
FACTOR = 3  # on a machine that is too busy for that, so many times as long as without a flood
MEGABYTES = 120


@dataclass(frozen=True)
class Waits:
    """Seconds from each tap to its answer."""

    seconds: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[math.ceil(0.95 * len(self.seconds)) - 1]

    def are_hardly_longer_than(self, idle: "Waits") -> bool:
        return self.p95 <= max(SOON, FACTOR * idle.p95)

    def told(self) -> str:
        return f"{self.median * 1000:.0f} and {self.p95 * 1000:.0f} ms"


@dataclass
class Street:
    """The running bot, one who floods it, and others who tap a big button one after the other."""

    sandbox: Sandbox
    bot: ForkedBot
    database: Database
    flooder: Person
    others: list[Person]
    sent: int = 0

    async def flood(self, updates: int) -> None:
        """As fast as the bot takes them: whatever others say comes behind a full poll of the flooder's."""
        while self.sent < updates:
            for _ in range(min(AHEAD - len(self.sandbox.updates), updates - self.sent)):
                say_text(self.sandbox, self.flooder, "在吗")
                self.sent += 1
            await asyncio.sleep(0.001)

    async def waits(self, people: list[Person]) -> Waits:
        return Waits([await self.wait(person) for person in people])

    async def wait(self, person: Person) -> float:
        begun = time.perf_counter()
        say_text(self.sandbox, person, "今日走访")
        asked = self.answers(person)
        await until(lambda: self.answers(person) > asked, seconds=PATIENCE)
        return time.perf_counter() - begun

    def answers(self, person: Person) -> int:
        return sum(not message.outgoing for message in self.sandbox.chats[person.id].messages.values())

    def queued(self, person: Person) -> int:
        """Answers that are here or still come: Telegram's limit lets one person have one a second."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).where(OutboxMessage.chat_id == person.id)) or 0

    def waiting(self) -> int:
        """The flooder's letters that nobody has looked at yet."""
        with self.database.reading() as session:
            of_them = InboxLetter.chat_id == self.flooder.id
            return session.scalar(select(func.count()).where(of_them, InboxLetter.state == "waiting")) or 0

    def memory(self) -> float:
        """Megabytes of the bot's process."""
        pages = int(Path(f"/proc/{self.bot.pid}/statm").read_text().split()[1])
        return pages * 4096 / 1e6


@asynccontextmanager
async def opened(database: Database, database_url: str, folder: Path) -> AsyncIterator[Street]:
    sandbox = Sandbox(token=TOKEN)
    sandbox.limits.enabled = True
    flooder, *others = [sandbox.add_person(Person(n, f"{CADRE}{n}")) for n in build_village(database, OTHERS + 1)]
    async with serve(sandbox) as url:
        line = {"token": TOKEN, "api_url": url, "database_url": database_url}
        bot = ForkedBot(folder, roles="intake,desk,delivery", **line, **AS_CONFIGURED)  # no clock: nothing but answers
        bot.start()
        try:
            street = Street(sandbox, bot, database, flooder, others)
            await street.waits(others[:3])  # whatever a process does for the first time
            yield street
            assert await bot.end() == 0
        finally:
            bot.clear_away()


async def test_others_are_answered_as_soon_as_without_a_flood(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with opened(database, database_url, tmp_path) as street:
        few = street.others[:FEW]
        idle = await street.waits(few)
        flooding = asyncio.ensure_future(street.flood(100_000))
        await until(lambda: street.waiting() > AHEAD)
        flooded = await street.waits(few)
        assert street.waiting() > AHEAD, "the flood was still being put aside"
        flooding.cancel()
        print(f"median and p95 {idle.told()} without a flood, {flooded.told()} with it")  # noqa: T201  # the figures
        assert street.queued(street.flooder) == LIMIT + 1
        assert flooded.are_hardly_longer_than(idle)


@pytest.mark.torture
@pytest.mark.timeout(1500)
async def test_others_do_not_feel_ten_thousand_updates_of_one_person(
    database: Database, database_url: str, tmp_path: Path, figures: Figures
) -> None:
    async with opened(database, database_url, tmp_path) as street:
        idle, before = await street.waits([*street.others, *street.others]), street.memory()
        flooding, taps = asyncio.ensure_future(street.flood(10_000)), cycle(street.others)
        seconds: list[float] = []
        while len(seconds) < TAPS and (not flooding.done() or street.waiting()):
            seconds.append(await street.wait(next(taps)))
        await until(lambda: flooding.done() and not in_flight(street.sandbox, street.database), seconds=PUT_ASIDE)
        flooded, grown = Waits(seconds), street.memory() - before
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    figures.note(
        f"10,000 updates of one person, {kind}",
        taps_of_others=len(seconds),
        median_and_p95_without=idle.told(),
        median_and_p95_with=flooded.told(),
        messages_to_the_flooder=street.answers(street.flooder),
        megabytes_grown=round(grown),
    )
    assert street.answers(street.flooder) == LIMIT + 1, "so many answers, and once that it comes too fast"
    with database.reading() as session:
        refused = session.scalar(select(ChatPace.refused).where(ChatPace.chat_id == street.flooder.id))
    assert refused == 10_000 - LIMIT
    assert flooded.are_hardly_longer_than(idle)
    assert grown < MEGABYTES
