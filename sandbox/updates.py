"""The queue of updates: each stays until the bot has confirmed it."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from sandbox.errors import POLLED_TWICE, WEBHOOK_TOOK_OVER, conflict
from sandbox.shapes import Json, encode

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
FUTURE = 10  # an offset further than this beyond the last update is ignored, as in Telegram's queue


@dataclass(slots=True, frozen=True)
class Update:
    id: int
    lane: int  # updates of one lane (a chat, or a person) reach a webhook in order
    raw: bytes  # encoded when queued: later edits of a message don't change what happened


class Updates:
    """Updates by rising id, confirmed from the front by polling or one by one by a webhook."""

    def __init__(self) -> None:
        self.allowed: list[str] = []  # empty: everything but NOT_BY_DEFAULT
        self.on_push: Callable[[Update], None] | None = None
        self._next_id = 100_000_000 + secrets.randbelow(800_000_000)
        self._pending: OrderedDict[int, Update] = OrderedDict()
        self._waiting: asyncio.Future[None] | None = None
        self._stopped = False

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def polling(self) -> bool:
        """Whether a poll waits at this moment."""
        return self._waiting is not None

    def push(self, kind: str, body: Json, lane: int) -> int | None:
        """Queue an update; None when the bot didn't ask for this kind."""
        if kind not in self.allowed if self.allowed else kind in NOT_BY_DEFAULT:
            return None
        return self.push_raw({kind: body}, lane)

    def push_raw(self, fields: Json, lane: int) -> int:
        """Queue it as it is; an `update_id` of its own must be ahead of all earlier ones."""
        update_id = int(fields.get("update_id", self._next_id))
        if update_id < self._next_id:
            raise ValueError(f"update_id must be at least {self._next_id}")
        update = Update(update_id, lane, encode({"update_id": update_id, **fields}))
        self._next_id = update_id + 1
        self._pending[update_id] = update
        self._wake()
        if self.on_push:
            self.on_push(update)
        return update_id

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Update]:  # noqa: ASYNC109 (Telegram's)
        """Confirm what lies before `offset`, then answer at once or as soon as something arrives.

        As in Telegram, a poll that has to wait ends the one that waited before it.
        """
        self.confirm(offset)
        ready = self.first(limit)
        if ready or timeout <= 0 or self._stopped:
            return ready
        self._end_waiting(POLLED_TWICE)
        await self._wait(timeout)
        return self.first(limit)

    def confirm(self, offset: int) -> None:
        if offset > self._next_id + FUTURE:
            return
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popitem(last=False)
            return
        while self._pending and next(iter(self._pending)) < offset:
            self._pending.popitem(last=False)

    def done(self, update_id: int) -> None:
        self._pending.pop(update_id, None)

    def first(self, limit: int) -> list[Update]:
        return list(islice(self._pending.values(), limit))

    def all(self) -> Iterable[Update]:
        return self._pending.values()

    def drop(self) -> None:
        self._pending.clear()

    def restart_ids(self, next_id: int | None = None) -> None:
        """Telegram chooses ids anew after a week without updates; only an empty queue can do it."""
        if self._pending:
            raise ValueError("there are unconfirmed updates")
        self._next_id = next_id or 100_000_000 + secrets.randbelow(800_000_000)

    def end_polling(self) -> None:
        """A webhook takes over: the waiting poll is told so."""
        self._end_waiting(WEBHOOK_TOOK_OVER)

    def resume(self) -> None:
        self._stopped = False

    def stop(self) -> None:
        """Answer the waiting poll with what there is, and let none wait any more."""
        self._stopped = True
        self._wake()

    async def _wait(self, seconds: float) -> None:
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await waiting
        except TimeoutError:
            pass
        finally:
            if self._waiting is waiting:
                self._waiting = None

    def _wake(self) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    def _end_waiting(self, reason: str) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(conflict(reason))
