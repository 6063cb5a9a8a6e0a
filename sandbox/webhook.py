"""Pushing updates to the bot's webhook until it takes them."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import time

import aiohttp

from sandbox.shapes import Json
from sandbox.updates import Update, Updates

LONGEST_PAUSE = 60.0  # seconds between two tries
PATIENCE = aiohttp.ClientTimeout(total=60)  # seconds for one answer


class Refused(Exception):
    """The webhook didn't take the update."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after  # seconds


@dataclass(slots=True)
class Webhook:
    """Delivers each chat's updates in order and chats side by side, at most `max_connections` at once."""

    updates: Updates
    retry_seconds: float
    url: str = ""
    secret_token: str = ""
    ip_address: str | None = None
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None
    on_answer: Callable[[Json], Awaitable[None]] | None = None  # a 2xx answer may carry a method call
    _lanes: dict[int, deque[Update]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(40))
    _session: aiohttp.ClientSession | None = None

    async def set(self, url: str, secret_token: str, max_connections: int, ip_address: str | None) -> None:
        await self.pause()
        self.url, self.secret_token, self.ip_address = url, secret_token, ip_address
        self.max_connections = max_connections
        self.last_error_date = self.last_error_message = None
        self.updates.end_polling()
        self.resume()

    async def delete(self) -> None:
        await self.pause()
        self.url = self.secret_token = ""

    def resume(self) -> None:
        """Start with everything still unconfirmed."""
        if not self.url:
            return
        self._slots = asyncio.Semaphore(self.max_connections)
        self._session = aiohttp.ClientSession(timeout=PATIENCE)
        self.updates.on_push = self._take
        for update in self.updates.all():
            self._take(update)

    async def pause(self) -> None:
        self.updates.on_push = None
        tasks, self._tasks, self._lanes = self._tasks, set(), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session:
            await self._session.close()
            self._session = None

    def _take(self, update: Update) -> None:
        lane = self._lanes.get(update.lane)
        if lane is not None:
            lane.append(update)
            return
        self._lanes[update.lane] = deque([update])
        task = asyncio.get_running_loop().create_task(self._run(update.lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, key: int) -> None:
        lanes = self._lanes
        lane = lanes[key]
        while lane:
            await self._deliver(lane[0])
            self.updates.done(lane.popleft().id)
        del lanes[key]

    async def _deliver(self, update: Update) -> None:
        pause = self.retry_seconds
        while True:
            try:
                async with self._slots:
                    await self._post(update)
                return
            except Refused as refused:
                self.last_error_date, self.last_error_message = int(time()), str(refused)
                await asyncio.sleep(refused.retry_after or pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _post(self, update: Update) -> None:
        assert self._session is not None
        headers = {"Content-Type": "application/json"}
        if self.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret_token
        try:
            async with self._session.post(self.url, data=update.raw, headers=headers, allow_redirects=False) as answer:
                await self._judge(answer)
        except aiohttp.ClientConnectorError:
            raise Refused("Connection refused") from None
        except TimeoutError:
            raise Refused("Read timeout expired") from None
        except aiohttp.ClientError as error:
            raise Refused(f"Connection failed: {type(error).__name__}") from None

    async def _judge(self, answer: aiohttp.ClientResponse) -> None:
        body = await answer.read()
        if not 200 <= answer.status < 300:
            after = answer.headers.get("Retry-After", "")
            raise Refused(
                f"Wrong response from the webhook: {answer.status} {answer.reason}",
                float(after) if after.isdigit() else None,
            )
        if self.on_answer and body.lstrip().startswith(b"{"):
            try:
                call = json.loads(body)
            except ValueError:
                return
            if "method" in call:
                await self.on_answer(call)
