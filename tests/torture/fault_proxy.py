"""A line to Telegram that misbehaves: between bot and sandbox, with one fault at a time, each by its name."""

import asyncio
import json
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp

LATENCY = 0.4  # seconds on every call
ABORT = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset
PAGE = b"<!DOCTYPE html><html><title>Welcome</title>Please log in to this network.</html>"
GONE = (OSError, asyncio.IncompleteReadError, aiohttp.ClientError)


@dataclass
class Exchange:
    """One call of the bot, as far as it has come."""

    proxy: "FaultProxy"
    target: str  # /bot<token>/<method>
    headers: dict[str, str]
    body: bytes
    writer: asyncio.StreamWriter

    @property
    def method(self) -> str:
        return self.target.rpartition("/")[2]

    async def forward(self) -> tuple[int, bytes]:
        """Have Telegram do it."""
        kept = {name: self.headers[name] for name in ("content-type",) if name in self.headers}
        async with self.proxy.session.post(self.proxy.upstream + self.target, data=self.body, headers=kept) as answer:
            return answer.status, await answer.read()

    async def answer(self, status: int, body: bytes, kind: str = "application/json", length: int | None = None) -> None:
        head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {kind}\r\n"
        self.writer.write(f"{head}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body)
        await self.writer.drain()

    def reset(self) -> None:
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        self.writer.transport.abort()


Act = Callable[[Exchange], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """`methods`: which calls it hits, all where none is named. `has_effect`: Telegram does what was asked."""

    name: str
    act: Act
    methods: tuple[str, ...] = ()
    has_effect: bool = False

    def hits(self, method: str) -> bool:
        return not self.methods or method in self.methods


async def passed_on(exchange: Exchange) -> None:
    await exchange.answer(*await exchange.forward())


async def _late(exchange: Exchange) -> None:
    await asyncio.sleep(LATENCY)
    await passed_on(exchange)


async def _held(exchange: Exchange) -> None:
    """The call arrives when the line is free again."""
    await exchange.proxy.lifted.wait()
    await passed_on(exchange)


async def _silent(exchange: Exchange) -> None:
    """The call never arrives, and nobody says so."""
    await exchange.proxy.lifted.wait()
    exchange.reset()


async def _reset(exchange: Exchange) -> None:
    exchange.reset()


async def _reset_after(exchange: Exchange) -> None:
    await exchange.forward()
    exchange.reset()


async def _truncated(exchange: Exchange) -> None:
    status, body = await exchange.forward()
    await exchange.answer(status, body[: len(body) // 2], length=len(body))
    exchange.writer.close()


async def _swallowed(exchange: Exchange) -> None:
    """Done, and the answer doesn't come while the fault lasts."""
    await exchange.forward()
    await exchange.proxy.lifted.wait()
    exchange.reset()


def _page(status: int) -> Act:
    async def act(exchange: Exchange) -> None:
        await exchange.answer(status, PAGE, "text/html")

    return act


def _refusal(status: int, words: str, **parameters: int) -> Act:
    """As Telegram words it."""
    refusal = {"ok": False, "error_code": status, "description": words} | (
        {"parameters": parameters} if parameters else {}
    )

    async def act(exchange: Exchange) -> None:
        await exchange.answer(status, json.dumps(refusal).encode())

    return act


POLL, SAY = "getUpdates", "sendMessage"
FAULTS = {
    "slow": (
        Fault("latency", _late),
        Fault("stall", _held, has_effect=True),
        Fault("silence", _silent),
    ),
    "cut": (
        Fault("reset", _reset),
        Fault("reset after the effect", _reset_after, has_effect=True),
        Fault("answer lost after the effect", _swallowed, (SAY,), has_effect=True),
        Fault("truncated answer", _truncated, has_effect=True),
    ),
    "somebody else answers": (
        Fault("page instead of an answer", _page(200)),
        Fault("403 of a firewall", _page(403)),
        Fault("404 of a portal", _page(404)),
        Fault("502 page", _page(502)),
        Fault("503 page", _page(503)),
    ),
    "refused in Telegram's words": (
        Fault("401", _refusal(401, "Unauthorized")),
        Fault("404", _refusal(404, "Not Found")),
        Fault("409, another poller", _refusal(409, "Conflict: terminated by other getUpdates request"), (POLL,)),
        Fault("429 with a pause", _refusal(429, "Too Many Requests: retry after 2", retry_after=2), (SAY,)),
        Fault("500", _refusal(500, "Internal Server Error")),
    ),
}


@dataclass
class FaultProxy:
    """Passes everything on; while a fault is on, the calls that it hits meet it instead."""

    upstream: str
    session: aiohttp.ClientSession
    fault: Fault | None = None
    lifted: asyncio.Event = field(default_factory=asyncio.Event)
    met: Counter[str] = field(default_factory=Counter)  # calls that met the present fault, by method

    def put_on(self, fault: Fault) -> None:
        self.met.clear()
        self.lifted.clear()
        self.fault = fault

    def lift(self) -> None:
        self.fault = None
        self.lifted.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the bot; calls follow each other on it."""
        with suppress(*GONE):
            while not writer.is_closing() and (exchange := await self._read(reader, writer)):
                await self._meet(exchange)
        writer.close()

    async def _meet(self, exchange: Exchange) -> None:
        fault = self.fault
        if fault is None or not fault.hits(exchange.method):
            await passed_on(exchange)
            return
        self.met[exchange.method] += 1
        await fault.act(exchange)

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange | None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Exchange(self, first.split(" ")[1], headers, body, writer)


@asynccontextmanager
async def between(upstream: str) -> AsyncIterator[tuple[FaultProxy, str]]:
    """The proxy, and the URL under which the bot finds it."""
    patience = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(timeout=patience, connector=aiohttp.TCPConnector(limit=0)) as session:
        proxy = FaultProxy(upstream, session)
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        try:
            yield proxy, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            proxy.lift()
            server.close()
