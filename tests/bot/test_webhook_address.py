"""Whatever address Telegram has from us is taken back on the way to polling, and nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.backroom import BackRoom
from bot.stopwatch import Stopwatch
from bot.webhook_address import PollingAfterWebhook, WebhookAddress
from models.session import Database
from tests.bot.tasks import nothing, real_now

FIRST, SECOND, THEIRS = (f"https://{name}.example.org/hook" for name in ("first", "second", "theirs"))


class Telegram:
    """Has one webhook, and gives no updates while it has."""

    def __init__(self) -> None:
        self.url = ""
        self.is_away = False
        self.loses_answers = False

    async def call(self, method: str, params: dict[str, Any]) -> dict[str, str]:
        if self.is_away:
            raise ConnectionError("no route")
        if method in ("setWebhook", "deleteWebhook"):
            self.url = params.get("url", "")
        if self.loses_answers:
            raise TimeoutError
        return {"url": self.url}

    async def get_updates_raw(self, **_: Any) -> list[Any]:
        assert not self.url, "409"
        return ["an update"]


class Bot:
    """What is started anew in one mode or the other."""

    def __init__(self, database: Database) -> None:
        self.telegram: Any = Telegram()
        self.backroom = BackRoom(database)

    async def tells(self, url: str) -> None:
        address = WebhookAddress(
            self.telegram, self.backroom, url, "a-secret", now=real_now, beat=nothing, untold=Stopwatch()
        )
        await address.tell()

    async def polls(self) -> list[Any]:
        source = PollingAfterWebhook(self.telegram, self.backroom, now=real_now)
        return await source.get_updates_raw(offset=None, limit=1, hold=0, allowed_updates=[])


@pytest.fixture
async def bot(database: Database) -> AsyncIterator[Bot]:
    bot = Bot(database)
    yield bot
    await asyncio.to_thread(bot.backroom.close)


async def test_an_address_that_could_not_be_changed_is_taken_back(bot: Bot) -> None:
    await bot.tells(FIRST)
    bot.telegram.is_away = True
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await bot.tells(SECOND)
    bot.telegram.is_away = False
    assert bot.telegram.url == FIRST
    assert await bot.polls() == ["an update"]


async def test_an_address_whose_acceptance_was_not_heard_is_taken_back(bot: Bot) -> None:
    await bot.tells(FIRST)
    bot.telegram.loses_answers = True
    with pytest.raises(TimeoutError):
        await bot.tells(SECOND)
    bot.telegram.loses_answers = False
    assert bot.telegram.url == SECOND
    assert await bot.polls() == ["an update"]


async def test_once_the_new_one_holds_the_earlier_is_ours_no_longer(bot: Bot) -> None:
    await bot.tells(THEIRS)
    await bot.tells(FIRST)
    bot.telegram.url = THEIRS  # whoever took that place over from us
    with pytest.raises(AssertionError, match="409"):
        await bot.polls()
    assert bot.telegram.url == THEIRS
