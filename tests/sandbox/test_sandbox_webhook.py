"""Webhook: pushed in order, repeated until it answers 2xx."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

pytestmark = pytest.mark.asyncio


@dataclass
class Hook:
    """A bot's webhook that answers with the statuses it is given, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    got: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.arrived.set()
        status = self.statuses.pop(0) if self.statuses else 200
        return web.json_response(self.answer or {}, status=status)

    async def until(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(5):
            while len(self.got) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.got


@pytest_asyncio.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield hook
    await runner.cleanup()


async def test_an_update_is_pushed_with_the_secret_and_confirmed_by_2xx(driver: Any, hook: Hook) -> None:
    person = await driver.person()
    await driver.ok("setWebhook", url=hook.url, secret_token="s3cret_-")
    await driver.people(f"persons/{person}/send", text="你好")
    assert (await hook.until(1))[0]["message"]["text"] == "你好"
    assert hook.secrets == ["s3cret_-"]
    await driver.until(lambda: not len(driver.box.updates))


async def test_a_refused_update_is_repeated_until_it_is_taken(driver: Any, hook: Hook) -> None:
    person = await driver.person()
    hook.statuses = [500, 503]
    await driver.ok("setWebhook", url=hook.url)
    await driver.people(f"persons/{person}/send", text="再试")
    got = await hook.until(3)
    assert [update["message"]["text"] for update in got] == ["再试"] * 3
    await driver.until(lambda: not len(driver.box.updates))
    info = await driver.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"
    assert info["pending_update_count"] == 0


async def test_a_chat_keeps_its_order_while_its_first_update_fails(driver: Any, hook: Hook) -> None:
    person = await driver.person()
    hook.statuses = [500]
    await driver.ok("setWebhook", url=hook.url)
    for text in ("一", "二", "三"):
        await driver.people(f"persons/{person}/send", text=text)
    assert [update["message"]["text"] for update in await hook.until(4)] == ["一", "一", "二", "三"]


async def test_a_new_webhook_gets_what_was_waiting(driver: Any, hook: Hook) -> None:
    person = await driver.person()
    await driver.people(f"persons/{person}/send", text="早先")
    await driver.ok("setWebhook", url=hook.url)
    assert (await hook.until(1))[0]["message"]["text"] == "早先"


async def test_polling_is_refused_while_a_webhook_is_set(driver: Any, hook: Hook) -> None:
    await driver.ok("setWebhook", url=hook.url)
    assert await driver.refused("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    await driver.ok("deleteWebhook")
    assert await driver.ok("getUpdates") == []


async def test_setting_a_webhook_ends_the_waiting_poll(driver: Any, hook: Hook) -> None:
    poll = asyncio.create_task(driver.refused("getUpdates", timeout=50))
    await driver.until(lambda: driver.box.updates.polling)
    await driver.ok("setWebhook", url=hook.url)
    assert await asyncio.wait_for(poll, 5) == "Conflict: terminated by setWebhook request"


async def test_a_deleted_webhook_leaves_its_updates_to_polling(driver: Any, hook: Hook) -> None:
    person = await driver.person()
    hook.statuses = [500] * 1000
    await driver.ok("setWebhook", url=hook.url)
    await driver.people(f"persons/{person}/send", text="留着")
    await hook.until(1)
    await driver.ok("deleteWebhook")
    assert [update["message"]["text"] for update in await driver.ok("getUpdates")] == ["留着"]


async def test_dropping_pending_updates_empties_the_queue(driver: Any) -> None:
    person = await driver.person()
    await driver.people(f"persons/{person}/send", text="不要了")
    await driver.ok("deleteWebhook", drop_pending_updates=True)
    assert await driver.ok("getUpdates") == []


async def test_a_call_in_the_answer_is_carried_out(driver: Any, hook: Hook) -> None:
    person = await driver.person()
    hook.answer = {"method": "sendMessage", "chat_id": person, "text": "就地回答"}
    await driver.ok("setWebhook", url=hook.url)
    await driver.people(f"persons/{person}/send", text="问")
    await hook.until(1)
    await driver.until(lambda: not len(driver.box.updates))
    chat = await driver.look(f"persons/{person}/chat")
    assert chat["messages"][-1]["text"] == "就地回答"


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "ftp://x"}, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "http://127.0.0.1:9/", "secret_token": "密"},
            "Bad Request: secret token contains unallowed characters",
        ),
    ],
)
async def test_a_bad_webhook_is_refused(driver: Any, params: dict[str, str], reason: str) -> None:
    assert await driver.refused("setWebhook", **params) == reason
