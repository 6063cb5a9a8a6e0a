"""A served sandbox, and a short way to talk to both of its sides."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from sandbox import Sandbox, serve


@dataclass
class Driver:
    """The bot's calls and the people's, over HTTP."""

    box: Sandbox
    url: str
    http: httpx.AsyncClient

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The whole envelope."""
        answer = await self.http.post(f"/bot{self.box.token}/{method}", json=params)
        envelope: dict[str, Any] = answer.json()
        assert answer.status_code == envelope.get("error_code", 200)
        return envelope

    async def ok(self, method: str, **params: Any) -> Any:
        envelope = await self.call(method, **params)
        assert envelope["ok"], envelope
        return envelope["result"]

    async def refused(self, method: str, **params: Any) -> str:
        envelope = await self.call(method, **params)
        assert not envelope["ok"], envelope
        return str(envelope["description"])

    async def people(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/sandbox/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def nonsense(self, path: str, **body: Any) -> str:
        """The reason why the people side refuses."""
        answer = await self.http.post(f"/sandbox/{path}", json=body)
        assert answer.status_code in (400, 404), answer.text
        return str(answer.json()["error"])

    async def look(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(f"/sandbox/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def person(self, first_name: str = "王秀兰", *, started: bool = True, **fields: Any) -> int:
        person = await self.people("persons", first_name=first_name, **fields)
        if started:
            await self.people(f"persons/{person['id']}/send", text="你好")
            await self.confirm_all()
        return int(person["id"])

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something inside the sandbox."""
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 (nothing signals it)
                await asyncio.sleep(0.001)

    async def confirm_all(self) -> None:
        await self.ok("getUpdates", offset=-1)
        for update in await self.ok("getUpdates"):
            await self.ok("getUpdates", offset=update["update_id"] + 1)

    async def press(self, person: int, message_id: int, data: str) -> str:
        pressed = await self.people(f"persons/{person}/press", message_id=message_id, data=data)
        return str(pressed["callback_query_id"])


@pytest.fixture
def box() -> Sandbox:
    return Sandbox(token="123456789:for-tests", webhook_retry_seconds=0.01)


@pytest_asyncio.fixture
async def driver(box: Sandbox) -> AsyncIterator[Driver]:
    async with serve(box) as url, httpx.AsyncClient(base_url=url) as http:
        yield Driver(box, url, http)


@pytest.fixture
def png() -> bytes:
    """A white picture of 1000 × 500 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1000, 500, 1, 0, 0, 0, 0)
    rows = (b"\0" + b"\xff" * 125) * 500
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
