"""Telegram's flood limits, when they are on."""

from typing import Any

import pytest

from sandbox.errors import ApiError
from sandbox.limits import FloodLimits


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def limits(seconds: Seconds) -> FloodLimits:
    limits = FloodLimits(seconds)
    limits.enabled = True
    return limits


def wait_for(limits: FloodLimits, chat_id: int, messages: int = 1) -> int | None:
    try:
        limits.spend(chat_id, messages)
    except ApiError as refused:
        return refused.retry_after
    return None


def test_a_chat_takes_a_burst_then_one_a_second(limits: FloodLimits, seconds: Seconds) -> None:
    assert [wait_for(limits, 1) for _ in range(4)] == [None, None, None, 1]
    seconds.now += 1
    assert [wait_for(limits, 1), wait_for(limits, 1)] == [None, 1]


def test_all_chats_together_take_thirty_a_second(limits: FloodLimits, seconds: Seconds) -> None:
    assert [wait_for(limits, chat) for chat in range(31)] == [None] * 30 + [1]
    seconds.now += 0.5
    assert [wait_for(limits, chat) for chat in range(100, 116)] == [None] * 15 + [1]


def test_an_album_counts_each_of_its_items(limits: FloodLimits) -> None:
    assert wait_for(limits, 1, 10) is None
    assert wait_for(limits, 1) == 8


def test_a_refused_message_costs_nothing(limits: FloodLimits, seconds: Seconds) -> None:
    for _ in range(50):
        wait_for(limits, 1)
    seconds.now += 1
    assert wait_for(limits, 1) is None


@pytest.mark.asyncio
async def test_too_many_requests_say_when_to_come_back(driver: Any) -> None:
    person = await driver.person()
    await driver.people("limits", enabled=True, chat_burst=1, chat_per_second=0.1)
    await driver.ok("sendMessage", chat_id=person, text="一")
    answer = await driver.http.post(f"/bot{driver.box.token}/sendMessage", json={"chat_id": person, "text": "二"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "10"
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 10",
        "parameters": {"retry_after": 10},
    }
    await driver.people("limits", enabled=False)
    await driver.ok("sendMessage", chat_id=person, text="二")


@pytest.mark.asyncio
async def test_limits_must_make_sense(driver: Any) -> None:
    assert await driver.nonsense("limits", enabled=True, chat_per_second=0) == (
        "'chat_per_second' must be a number above 0"
    )
