"""A clock that was ahead and is put right keeps nobody waiting: not a message, not a letter."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot import desk, settlement
from bot.outcomes import Slower, TryLater
from models.queries.due import LONGEST_DELAY
from models.session import Database
from services import outbox
from tests.bot.delivering import Running
from tests.bot.test_desk import Running as RunningDesk
from tests.bot.test_desk import update

AHEAD = timedelta(hours=1)


@pytest.fixture
async def running(database: Database) -> AsyncIterator[Running]:
    running = Running(database)
    yield running
    await asyncio.to_thread(running.backroom.close)


@pytest.fixture
async def running_desk(database: Database) -> AsyncIterator[RunningDesk]:
    running = RunningDesk(database)
    yield running
    await asyncio.to_thread(running.backroom.close)


async def test_a_message_that_was_put_off_leaves_once_the_clock_is_put_right(running: Running) -> None:
    running.sender.answers["first"] = [TryLater("no route")]
    await running.queue(running.reply(5, "first"))
    running.moment += AHEAD
    await running.work()
    running.moment -= AHEAD
    await running.queue(running.reply(5, "second"))
    await running.work()
    assert running.texts() == ["first", "first", "second"]


async def test_a_letter_that_was_put_off_is_tried_once_the_clock_is_put_right(running_desk: RunningDesk) -> None:
    await running_desk.store(update(1, 5, "fail"))
    running_desk.clock.moment += AHEAD
    await running_desk.look()
    running_desk.clock.moment -= AHEAD
    running_desk.handlers.failing = False
    await running_desk.store(update(2, 5, "next"))
    await running_desk.look()
    assert running_desk.notes() == ["1", "2"]


async def test_what_is_put_off_by_a_clock_that_is_right_waits(running: Running, running_desk: RunningDesk) -> None:
    running.sender.answers["first"] = [Slower(LONGEST_DELAY.total_seconds())]
    await running.queue(running.reply(5, "first"))
    await running.work()
    await running.later(LONGEST_DELAY.total_seconds() - 1)
    assert running.texts() == ["first"]
    await running_desk.store(update(1, 5, "fail"))
    await running_desk.look()
    assert not running_desk.triable()


async def test_a_long_pause_is_kept_and_never_written_as_one(running: Running) -> None:
    running.sender.answers["first"] = [Slower(3600)]
    await running.queue(running.reply(5, "first"))
    async with asyncio.timeout(20):  # put off for an hour it would be due again at once, for ever
        await running.work()
        for _ in range(11):
            await running.later(LONGEST_DELAY.total_seconds())
            assert running.texts() == ["first"], "Telegram asked for an hour"


def test_nobody_puts_anything_off_for_longer_than_the_longest_delay() -> None:
    written = [*desk.RETRY_AFTER, *settlement.RETRY_AFTER, outbox.WITHOUT_KEY.total_seconds()]
    assert max(written) <= LONGEST_DELAY.total_seconds()
