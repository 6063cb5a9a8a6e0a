"""Intake by polling: raw updates go into the inbox and are committed before Telegram is told that we have them."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

import structlog
from telegram.error import Conflict

from bot.backroom import BackRoom
from bot.leases import Right
from bot.stopwatch import Stopwatch
from models.queries import inbox
from models.session import Session

POLL = 20  # seconds Telegram may hold an empty answer back
BATCH = 100
BACK_OFF = (1.0, 30.0)  # seconds: first and longest pause after a failure
RIVAL = "rival_seen_at"  # the note by which the doctor knows
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]

log = structlog.get_logger(__name__)


class Updates(Protocol):
    """Where raw updates come from; raises whatever the network raises."""

    async def get_updates_raw(
        self, *, offset: int | None, limit: int, hold: int, allowed_updates: list[str]
    ) -> list[Any]: ...


class Intake:
    """The only one that polls. It parses nothing, so nothing that people send can poison it.

    `stored` is told of every answer: how many updates it brought, once they are committed. `polling` runs while this
    process is the one.
    """

    def __init__(
        self,
        source: Updates,
        backroom: BackRoom,
        *,
        now: Callable[[], datetime],
        stored: Callable[[int], None],
        beat: Callable[[], None],
        right: Right,
        polling: Stopwatch,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._source = source
        self._backroom = backroom
        self._now = now
        self._stored = stored
        self._beat = beat
        self._right = right
        self._polling = polling
        self._pause = pause

    async def run(self) -> None:
        """Poll for ever. Starts without an offset: ids restart at random after an idle week."""
        with self._polling.running():
            await self._poll()

    async def _poll(self) -> None:
        offset: int | None = None
        failures = 0
        while True:
            self._beat()
            try:
                offset = await self._poll_once(offset)
                failures = 0
            except Exception as error:  # whatever it was, polling never ends quietly
                failures += 1
                _log(error, failures)
                self._beat()
                await self._pause(back_off(failures))

    async def _poll_once(self, offset: int | None) -> int | None:
        raw = await self._fetch(offset)
        updates = [update for update in raw if isinstance(update, dict) and isinstance(update.get("update_id"), int)]
        if raw and not updates:
            raise ValueError("no updates in the answer")
        if updates:
            await store(self._backroom, updates, now=self._now(), right=self._right)
        self._stored(len(updates))
        if not updates:
            return offset
        return int(updates[-1]["update_id"]) + 1

    async def _fetch(self, offset: int | None) -> list[Any]:
        try:
            return await self._source.get_updates_raw(
                offset=offset, limit=BATCH, hold=POLL, allowed_updates=ALLOWED_UPDATES
            )
        except Conflict as error:
            if _names_a_rival(error):
                seen_at = self._now()
                await self._backroom.run(lambda s: inbox.write_note(s, RIVAL, seen_at.isoformat(), now=seen_at))
            raise


def _log(error: Exception, failures: int) -> None:
    if _names_a_rival(error):
        log.error("another program polls with this token, each takes updates away from the other: stop one of them")
    else:
        log.warning("polling failed", error=error, failures=failures)


def _names_a_rival(error: Exception) -> bool:
    """A webhook in the way is a conflict too, and another story."""
    return isinstance(error, Conflict) and "webhook" not in error.message


async def store(
    backroom: BackRoom, updates: list[dict[str, Any]], *, now: datetime, right: Right | None = None
) -> None:
    """Keep raw updates; returns once they are committed. The webhook stores through here as well.

    `right`: that must be held, since only one may poll. Errors: LeaseLost.
    """
    rows = [(update["update_id"], chat_of(update), json.dumps(update)) for update in updates]

    def keep(session: Session) -> None:
        if right is not None:
            right.require(session)
        inbox.store_updates(session, rows, now=now)

    await backroom.run(keep)


def chat_of(update: dict[str, Any]) -> int:
    """The chat in whose order the update waits; 0 where none is named."""
    for kind in update.values():
        if isinstance(kind, dict):
            inner = kind.get("message")
            holder = inner if isinstance(inner, dict) else kind
            for place in (holder.get("chat"), kind.get("from")):
                if isinstance(place, dict) and isinstance(place.get("id"), int):
                    return int(place["id"])
    return 0


def back_off(failures: int) -> float:
    """Seconds to wait after so many failures in a row: doubling, with jitter, 1 to 30."""
    first, longest = BACK_OFF
    seconds: float = min(longest, first * 2 ** min(failures - 1, 10))
    return seconds * random.uniform(0.7, 1.0)  # noqa: S311  # jitter, no secret
