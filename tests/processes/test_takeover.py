"""A standby takes over: at once after a clean end, within ten seconds after a kill or while the holder hangs."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from models.queries import leases
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import Hand, SandboxClient
from tests.bot.tasks import until
from tests.processes.machines import on_another_machine
from tests.torture.bookkeeping import Arrivals, check, in_flight
from tests.torture.forked_bot import ForkedBot
from tests.torture.village import Load, build_village

TOKEN = "123456789:a-token-for-tests-only"
PATIENCE = 60.0  # seconds
PROMISED = 10.0  # seconds until a standby has taken over
CADRES = 4

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@dataclass
class Pair:
    """Two bots with all roles on one database, of which the first does what only one may do."""

    first: ForkedBot
    second: ForkedBot
    database: Database
    sandbox: Sandbox
    client: SandboxClient
    telegram_ids: list[int]
    holder: str = field(default="")

    def holders(self) -> set[str]:
        with self.database.reading() as session:
            return {lease.holder for lease in leases.read(session)}

    def is_with_one(self, *, but_not: str = "") -> bool:
        with self.database.reading() as session:
            rows = leases.read(session)
        holders = {lease.holder for lease in rows}
        return (
            {lease.name for lease in rows} >= {"poll", "deliver", "clock"}
            and len(holders) == 1
            and but_not not in holders
        )

    async def start(self) -> None:
        self.first.start(on_another_machine)
        await until(self.is_with_one, seconds=PATIENCE)
        (self.holder,) = self.holders()
        self.second.start(on_another_machine)
        await until(lambda: "the bot is running" in self.second.log(), seconds=PATIENCE)

    async def person(self) -> Hand:
        hand = await self.client.add("干部", id=self.telegram_ids[0])
        await asks(hand)
        return hand


async def asks(hand: Hand) -> float:
    """Ask for help and wait for the answer; returns how many seconds it took."""
    begun = time.monotonic()
    seen = len(await hand.messages())
    await hand.says("/help")
    async with asyncio.timeout(PATIENCE):
        while len(await hand.messages()) == seen:  # noqa: ASYNC110  # the phone is asked over HTTP
            await asyncio.sleep(0.02)
    return time.monotonic() - begun


@pytest.fixture
async def pair(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Pair]:
    telegram_ids = build_village(database, CADRES)
    sandbox = Sandbox(token=TOKEN)
    async with serve(sandbox) as url, SandboxClient(url, patience=PATIENCE) as client:
        first, second = (
            ForkedBot(tmp_path, token=TOKEN, api_url=url, database_url=database_url, name=name)
            for name in ("first", "second")
        )
        pair = Pair(first, second, database, sandbox, client, telegram_ids)
        try:
            await pair.start()
            yield pair
        finally:
            for one in (first, second):
                print(one.log()[-3000:])  # noqa: T201  # for when it fails
                one.clear_away()


async def test_after_a_kill_the_standby_polls_and_delivers_within_ten_seconds(pair: Pair) -> None:
    hand = await pair.person()
    pair.first.kill()
    took = await asks(hand)
    print(f"answered {took:.1f} s after the kill")  # noqa: T201  # the figure
    assert took < PROMISED
    await until(lambda: pair.is_with_one(but_not=pair.holder), seconds=PROMISED)


async def test_after_a_clean_end_the_standby_takes_over_at_once(pair: Pair) -> None:
    hand = await pair.person()
    assert await pair.first.end() == 0
    took = await asks(hand)
    print(f"answered {took:.1f} s after the end")  # noqa: T201  # the figure
    assert took < PROMISED / 2


async def test_a_holder_that_hangs_and_comes_back_doubles_nothing(pair: Pair) -> None:
    arrivals = Arrivals(pair.sandbox)
    load = Load(pair.client, pair.telegram_ids)
    working = asyncio.ensure_future(load.run())
    await until(lambda: sum(load.confirmed.values()) > CADRES, seconds=PATIENCE)
    pair.first.pause()
    begun = time.monotonic()
    await until(lambda: pair.is_with_one(but_not=pair.holder), seconds=PATIENCE)
    took = time.monotonic() - begun
    pair.first.go_on()
    confirmed = sum(load.confirmed.values())
    await until(lambda: sum(load.confirmed.values()) > confirmed + CADRES, seconds=PATIENCE)
    load.over.set()
    await working
    await until(lambda: not in_flight(pair.sandbox, pair.database), seconds=PATIENCE)
    assert [await pair.first.end(), await pair.second.end()] == [0, 0]
    print(f"taken over {took:.1f} s after it hung")  # noqa: T201  # the figure
    assert took < PROMISED
    check(pair.database, load.confirmed)
    doubled = arrivals.doubled(pair.database)
    assert max(doubled.values(), default=0) <= 1, "nobody gets more than one message twice"
    assert doubled.total() <= CADRES
