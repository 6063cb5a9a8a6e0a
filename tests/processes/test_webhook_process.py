"""The whole bot behind a webhook: journeys, a restart in place, the port, and the way back to polling."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from tests.bot.tasks import until
from tests.processes.ports import free_port
from tests.torture.bookkeeping import check
from tests.torture.bot_process import BotProcess
from tests.torture.forked_bot import ForkedBot
from tests.torture.lives import SilenceIsToldAfter
from tests.torture.village import Load, build_village, people_at_work

TOKEN = "123456789:a-token-for-tests-only"
CADRES = 6
PATIENCE = 60.0  # seconds
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def webhook_at(port: int) -> dict[str, str]:
    return {
        "TELEGRAM__MODE": "webhook",
        "TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
        "TELEGRAM__WEBHOOK_SECRET": "a-secret-for-tests-only",
        "WEB__LISTEN": f"127.0.0.1:{port}",
    }


async def test_restarts_in_place_under_load_lose_and_double_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    telegram_ids = build_village(database, CADRES)
    sandbox = Sandbox(token=TOKEN, webhook_retry_seconds=0.1)
    async with serve(sandbox) as url, SandboxClient(url, patience=PATIENCE) as client:
        bot = ForkedBot(tmp_path, token=TOKEN, api_url=url, database_url=database_url, **webhook_at(free_port()))
        load = Load(client, telegram_ids)
        bot.start()
        async with people_at_work(load, bot, sandbox, database, patience=PATIENCE):
            for _ in range(3):
                confirmed = sum(load.confirmed.values())
                await until(lambda seen=confirmed: sum(load.confirmed.values()) > seen + CADRES, seconds=PATIENCE)  # type: ignore[misc]  # its type is plain
                assert await bot.end() == 0
                bot.start()
    check(database, load.confirmed)
    assert not [call for call in sandbox.calls.after(0) if call["method"] == "getUpdates"], "it never polled"


@on_sqlite
async def test_going_back_to_polling_takes_the_own_webhook_back_and_keeps_what_waited(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    (telegram_id,) = build_village(database, 1)
    sandbox = Sandbox(token=TOKEN)
    async with serve(sandbox) as url, SandboxClient(url, patience=PATIENCE) as client:
        terms: dict[str, Any] = {"token": TOKEN, "api_url": url, "database_url": database_url}
        pushed = ForkedBot(tmp_path, **terms, **webhook_at(free_port()))
        pushed.start()
        await until(lambda: bool(sandbox.webhook.url), seconds=PATIENCE)
        assert await pushed.end() == 0
        cadre = await client.add("干部", id=telegram_id)
        await cadre.says("/help")
        polled = ForkedBot(tmp_path, **terms)
        polled.start()
        await cadre.sees("联系干部")
        assert await polled.end() == 0
    assert not sandbox.webhook.url


@on_sqlite
async def test_a_webhook_of_somebody_else_is_left_alone(database: Database, database_url: str, tmp_path: Path) -> None:
    theirs = "https://elsewhere.example.org/hook"
    sandbox = Sandbox(token=TOKEN)
    async with serve(sandbox) as url:
        await sandbox.webhook.set(theirs, "", 40, None)
        bot = ForkedBot(tmp_path, token=TOKEN, api_url=url, database_url=database_url)
        bot.start()
        await until(
            lambda: [call["method"] for call in sandbox.calls.after(0)].count("getUpdates") > 1, seconds=PATIENCE
        )
        assert await bot.end() == 0
        assert sandbox.webhook.url == theirs
        await sandbox.webhook.delete()


@on_sqlite
@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_chosen_port_that_is_taken_ends_the_start_with_one_line(
    database: Database, database_url: str, tmp_path: Path, mode: str
) -> None:
    sandbox = Sandbox(token=TOKEN)
    async with serve(sandbox) as url:  # which is who has taken it
        port = int(url.rpartition(":")[2])
        settings = webhook_at(port) | {"TELEGRAM__MODE": mode}
        bot = BotProcess(tmp_path, token=TOKEN, api_url=url, database_url=database_url, **settings)
        bot.start()
        assert await bot.ended(PATIENCE) == 78
    (line,) = bot.log().splitlines()
    assert f"127.0.0.1:{port}" in line
    assert "[web] listen" in line


@on_sqlite
async def test_a_port_that_nobody_chose_is_no_reason_not_to_run(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    (telegram_id,) = build_village(database, 1)
    sandbox = Sandbox(token=TOKEN)
    script = """
import bot.web
def taken(host, port):
    raise bot.web.CannotListen(f"{host}:{port}", "somebody else listens there")
bot.web.listen_at = taken
from bot.__main__ import main
main()
"""
    async with serve(sandbox) as url, SandboxClient(url, patience=PATIENCE) as client:
        terms: dict[str, Any] = {"token": TOKEN, "api_url": url, "database_url": database_url}
        bot = BotProcess(tmp_path, **terms, script=script, WEB__LISTEN="")  # an empty variable says nothing
        bot.start()
        cadre = await client.add("干部", id=telegram_id)
        await cadre.says("/help")
        await cadre.sees("联系干部")
        assert await bot.end() == 0
    assert "choose another [web] listen" in bot.log()
    assert "127.0.0.1:8080" in bot.log()


@on_sqlite
async def test_it_ends_within_five_seconds_with_connections_open(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    port, sandbox = free_port(), Sandbox(token=TOKEN)
    async with serve(sandbox) as url:
        bot = ForkedBot(tmp_path, token=TOKEN, api_url=url, database_url=database_url, **webhook_at(port))
        bot.start()
        await until(lambda: bool(sandbox.webhook.url), seconds=PATIENCE)
        _, silent = await asyncio.open_connection("127.0.0.1", port)
        _, half = await asyncio.open_connection("127.0.0.1", port)
        half.write(
            b"POST /telegram HTTP/1.1\r\nHost: here\r\nContent-Length: 500\r\n"
            b"X-Telegram-Bot-Api-Secret-Token: a-secret-for-tests-only\r\n\r\n{"
        )
        await half.drain()
        begun = asyncio.get_running_loop().time()
        assert await bot.end() == 0
        took = asyncio.get_running_loop().time() - begun
        for writer in (silent, half):
            writer.close()
    assert took < 5.0


@on_sqlite
async def test_a_running_bot_tells_how_it_is(database: Database, database_url: str, tmp_path: Path) -> None:
    port, sandbox = free_port(), Sandbox(token=TOKEN)
    async with serve(sandbox) as url, httpx.AsyncClient(trust_env=False) as client:
        terms: dict[str, Any] = {"token": TOKEN, "api_url": url, "database_url": database_url}
        bot = ForkedBot(tmp_path, **terms, WEB__LISTEN=f"127.0.0.1:{port}")
        bot.start()
        await until(lambda: "the web side listens" in bot.log() and sandbox.updates.polling, seconds=PATIENCE)
        answer = await client.get(f"http://127.0.0.1:{port}/healthz")
        metrics = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
        assert await bot.end() == 0
    assert answer.json()["troubles"] == []
    assert answer.json()["loops"].keys() == {"intake", "desk", "delivery", "clock", "leases", "pulse", "watch", "web"}
    assert "lianxin_heartbeat_age_seconds" in metrics
    assert TOKEN not in answer.text + metrics


@on_sqlite
@pytest.mark.parametrize("trouble", ["telegram", "webhook"])
async def test_a_running_bot_that_telegram_never_answers_says_so(
    trouble: str, database: Database, database_url: str, tmp_path: Path
) -> None:
    port, nobody = free_port(), free_port()
    terms: dict[str, Any] = {"token": TOKEN, "api_url": f"http://127.0.0.1:{nobody}", "database_url": database_url}
    mode = webhook_at(port) if trouble == "webhook" else {"WEB__LISTEN": f"127.0.0.1:{port}"}
    bot = ForkedBot(tmp_path, **terms, **mode)
    bot.start(SilenceIsToldAfter(0.5))
    await until(lambda: "the web side listens" in bot.log(), seconds=PATIENCE)
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
        asyncio.timeout(PATIENCE),
    ):
        while (told := await client.get("/healthz")).json()["troubles"] != [trouble]:
            pass
    assert told.status_code == 503
    assert await bot.end() == 0
