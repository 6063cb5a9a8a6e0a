"""The webhook over real sockets: the secret before the body, at most a megabyte of it, and 200 only when committed."""

import asyncio
import hmac
import json
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

import bot.web
from bot.backroom import BackRoom
from bot.intake import store
from bot.supervision import Nursery
from bot.web import WebSide, listen_at
from bot.webhook import Webhook
from models.post import InboxLetter
from models.session import Database
from tests.bot.tasks import nothing, real_now

SECRET = "a-secret-for-tests-only"
MB = 1_000_000

Store = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class Caller:
    """Speaks HTTP by hand, so that it can say half of something."""

    port: int

    async def says(self, *pieces: bytes, then_closes: bool = False) -> int:
        """The status of the answer; 0 where the connection was closed without one."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for piece in pieces:
                writer.write(piece)
            if then_closes:
                writer.write_eof()
            async with asyncio.timeout(10):
                line = await reader.readline()
            return int(line.split()[1]) if line else 0
        finally:
            writer.close()

    async def posts(self, update: Any, **more: str) -> int:
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        return await self.says(head(content_length=str(len(body)), **more), body)


def head(path: str = "/hook", *, method: str = "POST", secret: str = SECRET, **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: here", f"X-Telegram-Bot-Api-Secret-Token: {secret}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def message(update_id: int) -> dict[str, Any]:
    return {"update_id": update_id, "message": {"chat": {"id": 5}, "text": "您好"}}


@asynccontextmanager
async def listening(store: Store, **within: float) -> AsyncIterator[Caller]:
    webhook = Webhook("/hook", SECRET, store, stored=nothing, **within)
    place = listen_at("127.0.0.1", 0)
    async with Nursery() as nursery:
        nursery.start("web", WebSide([webhook.route], place, beat=nothing).run())
        yield Caller(place.getsockname()[1])


async def unused(update: dict[str, Any]) -> None:
    pytest.fail(f"{update} should not have come this far")


@pytest.fixture
async def hook(database: Database) -> AsyncIterator[Caller]:
    backroom = BackRoom(database)
    async with listening(lambda update: store(backroom, [update], now=real_now())) as caller:
        yield caller
    backroom.close()


def letters(database: Database) -> list[int | None]:
    with database.reading() as session:
        return list(session.scalars(select(InboxLetter.update_id).order_by(InboxLetter.id)))


async def test_an_update_is_in_the_database_when_200_is_said(hook: Caller, database: Database) -> None:
    assert await hook.posts(message(7)) == 200
    assert letters(database) == [7]


async def test_an_update_that_comes_again_is_taken_once(hook: Caller, database: Database) -> None:
    assert [await hook.posts(message(7)) for _ in range(3)] == [200] * 3
    assert letters(database) == [7]


async def test_nothing_is_said_before_the_commit() -> None:
    committed = asyncio.Event()

    async def keep(_: dict[str, Any]) -> None:
        await committed.wait()

    async with listening(keep) as caller:
        asking = asyncio.ensure_future(caller.posts(message(7)))
        done, _ = await asyncio.wait([asking], timeout=0.3)
        assert not done
        committed.set()
        assert await asking == 200


@pytest.mark.parametrize(
    "secret", ["", "another-secret-altogether", SECRET + "x", SECRET[:-1], "密钥".encode().decode("latin-1")]
)
async def test_who_does_not_know_the_secret_is_refused_before_the_body(secret: str) -> None:
    async with listening(unused) as caller:
        announced_only = head(secret=secret, content_length="900000").decode("latin-1").encode("latin-1", "replace")
        assert await caller.says(announced_only) == 403


async def test_the_secret_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, secret: bytes) -> bool:
        compared.append((given, secret))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    async with listening(unused) as caller:
        assert await caller.says(head(content_length="900000")) == 403, "what it says decides, and nothing before it"
    assert compared == [(SECRET.encode(), SECRET.encode())]


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes() -> None:
    async with listening(unused) as caller:
        assert await caller.says(head(content_length=str(90 * MB))) == 413


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
async def test_ninety_megabytes_are_cut_off_early_and_take_no_memory(announced: bool) -> None:
    async with listening(unused) as caller:
        _, writer = await asyncio.open_connection("127.0.0.1", caller.port)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        writer.write(head(content_length=str(90 * MB)) if announced else head(transfer_encoding="chunked"))
        chunk = b"x" * 100_000
        piece = chunk if announced else b"%x\r\n%s\r\n" % (len(chunk), chunk)
        sent = 0
        try:
            async with asyncio.timeout(10):
                while sent < 90 * MB:
                    writer.write(piece)
                    await writer.drain()
                    sent += len(chunk)
        except (ConnectionError, TimeoutError):
            pass
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        writer.close()
    assert sent < 20 * MB, "the sockets' own buffers, and little more"
    assert grown < 20_000  # KB


async def test_what_is_too_large_in_chunks_hears_so() -> None:
    async with listening(unused) as caller:
        chunk = b"x" * 1100
        pieces = [b"%x\r\n%s\r\n" % (len(chunk), chunk)] * 1000
        assert await caller.says(head(transfer_encoding="chunked"), *pieces) == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b'{"update_id": 1.0}',
        b'{"update_id": -1}',
        b'{"update_id": 9223372036854775808}',
        b"\xff\xfe",
        b"[" * 500_000,
    ],
    ids=["nothing", "half", "list", "null", "empty", "text", "true", "float", "negative", "too large", "bytes", "deep"],
)
async def test_what_is_no_update_is_refused(body: bytes) -> None:
    async with listening(unused) as caller:
        assert await caller.posts(body) == 400


async def test_while_the_database_is_away_telegram_is_asked_to_come_again(hook: Caller, database: Database) -> None:
    async def fails(_: dict[str, Any]) -> None:
        raise OSError("the database is away")

    async def hangs(_: dict[str, Any]) -> None:
        await asyncio.Event().wait()

    async with listening(fails) as caller:
        assert await caller.posts(message(7)) == 503
    async with listening(hangs, stored_within=0.2) as caller:
        assert await caller.posts(message(7)) == 503
    assert await hook.posts(message(7)) == 200
    assert letters(database) == [7]


async def test_other_methods_and_places_are_not_served() -> None:
    async with listening(unused) as caller:
        assert await caller.says(head(method="GET")) == 405
        assert await caller.says(head("/other", content_length="0")) == 404


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async with listening(unused, body_within=0.2) as caller:
        assert await caller.says(head(content_length="500"), b'{"update_id"') == 408


@pytest.mark.parametrize("said", [b"", b"POST /hook HT", head()[:-2]], ids=["nothing", "half a line", "half a head"])
async def test_a_head_that_does_not_come_is_not_waited_for(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.web, "HEAD_WITHIN", 0.2)
    async with listening(unused) as caller:
        assert await caller.says(said) == 0


async def test_a_head_that_comes_in_drops_after_a_first_request_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bot.web, "HEAD_WITHIN", 0.2)
    async with listening(unused) as caller:
        reader, writer = await asyncio.open_connection("127.0.0.1", caller.port)
        writer.write(head(method="GET"))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"POST /hook HT")
        async with asyncio.timeout(5):
            while await reader.read(1000):
                pass
        writer.close()


async def test_serving_ends_within_two_seconds_whatever_is_open() -> None:
    loop = asyncio.get_running_loop()
    async with listening(unused, body_within=60) as caller:
        idle = await asyncio.open_connection("127.0.0.1", caller.port)
        half = await asyncio.open_connection("127.0.0.1", caller.port)
        half[1].write(head(content_length="500") + b"{")
        await half[1].drain()
        begun = loop.time()
    assert loop.time() - begun < 2.0
    for _, writer in (idle, half):
        writer.close()
