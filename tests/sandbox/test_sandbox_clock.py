"""The clock is shown, dates messages, and moves forward only."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from sandbox import Sandbox, serve

pytestmark = pytest.mark.asyncio


class Clock:
    """A wired clock, as the demo has one."""

    def __init__(self) -> None:
        self.time = datetime.fromisoformat("2026-03-05T16:40:00+08:00")  # a Thursday

    def now(self) -> datetime:
        return self.time

    async def move(self, to: datetime) -> None:
        self.time = to


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def wired(clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    sandbox = Sandbox(clock=clock.now, on_clock=clock.move)
    async with serve(sandbox) as url, httpx.AsyncClient(base_url=url) as http:
        yield http


async def test_the_state_shows_the_wired_clock(wired: httpx.AsyncClient) -> None:
    state = (await wired.get("/sandbox/state")).json()
    assert (state["clock"], state["clock_moves"]) == ("2026-03-05T16:40:00+08:00", True)


@pytest.mark.parametrize(
    ("start", "to", "then"),
    [
        ("2026-03-05T16:40", "next_morning", "2026-03-06T08:30"),
        ("2026-03-06T07:00", "next_morning", "2026-03-07T08:30"),
        ("2026-03-05T16:40", "plus_day", "2026-03-06T16:40"),
        ("2026-03-05T16:40", "next_monday", "2026-03-09T08:30"),
        ("2026-03-08T23:59", "next_monday", "2026-03-09T08:30"),
        ("2026-03-09T08:29", "next_monday", "2026-03-09T08:30"),
        ("2026-03-09T08:30", "next_monday", "2026-03-16T08:30"),
        ("2026-03-05T16:40", "2026-04-01T09:00", "2026-04-01T09:00"),
        ("2026-03-05T16:40", "2026-04-01T01:00:00+00:00", "2026-04-01T09:00"),
    ],
)
async def test_the_clock_moves_forward(wired: httpx.AsyncClient, clock: Clock, start: str, to: str, then: str) -> None:
    clock.time = datetime.fromisoformat(f"{start}:00+08:00")
    answer = await wired.post("/sandbox/clock", json={"to": to})
    assert answer.json() == {"clock": f"{then}:00+08:00"}
    assert clock.time == datetime.fromisoformat(f"{then}:00+08:00")


@pytest.mark.parametrize("to", ["2026-03-05T16:40", "2026-01-01", "soon", ""])
async def test_the_clock_moves_neither_back_nor_to_nonsense(wired: httpx.AsyncClient, to: str) -> None:
    assert (await wired.post("/sandbox/clock", json={"to": to})).status_code == 400


async def test_without_wiring_the_clock_is_the_real_one(driver: Any) -> None:
    assert await driver.nonsense("clock", to="plus_day") == "this clock is the real one and can't be moved"


async def test_messages_carry_the_wired_time(wired: httpx.AsyncClient, clock: Clock) -> None:
    person = (await wired.post("/sandbox/persons", json={"first_name": "王"})).json()["id"]
    await wired.post(f"/sandbox/persons/{person}/send", json={"text": "早"})
    clock.time += timedelta(days=1)
    await wired.post(f"/sandbox/persons/{person}/send", json={"text": "又早"})
    chat = (await wired.get(f"/sandbox/persons/{person}/chat")).json()
    first, second = (message["date"] for message in chat["messages"])
    assert (first, second - first) == (1_772_700_000, 86_400)


async def test_a_message_older_than_48_hours_is_not_deleted(wired: httpx.AsyncClient, clock: Clock) -> None:
    bot = f"/bot{Sandbox().token}"
    person = (await wired.post("/sandbox/persons", json={"first_name": "王"})).json()["id"]
    sent = (await wired.post(f"/sandbox/persons/{person}/send", json={"text": "早"})).json()
    clock.time += timedelta(hours=48, seconds=1)
    answer = await wired.post(f"{bot}/deleteMessage", json={"chat_id": person, "message_id": sent["message_id"]})
    assert answer.json()["description"] == "Bad Request: message can't be deleted for everyone"
