"""The bot kills itself at a named moment.

The product knows nothing of it: `Crash` is called in the bot's own process before it runs, and wraps what is passed.
A transaction is known by what was done in it.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Connection, Engine, event

from bot.telegram_link import TelegramLink
from bot.transport import AiohttpRequest
from handlers import front
from models.queries import inbox
from models.session import Database, Group
from services import outbox, reach

# What makes a transaction the one that is meant; the function's result decides where it may come to nothing.
DONE_IN: dict[str, tuple[Any, str]] = {
    "the start's note": (inbox, "write_note"),
    "the intake's": (inbox, "store_updates"),
    "the careful desk's mark": (inbox, "count_interruption"),
    "the desk's": (inbox, "finish"),
    "a postponement's": (inbox, "postpone"),
    "the burial's": (inbox, "bury"),
    "the claim's": (outbox, "claim"),
    "the outcome's": (outbox, "sent"),
    "the block's": (reach, "mark_unreachable"),
    "a tick's": (outbox, "notice"),  # where nobody writes, the ticks alone do
}


@dataclass(frozen=True)
class Crash:
    """The process dies when it passes `point` for the `nth` time, and leaves word in `witness` that it did."""

    point: str
    witness: Path
    nth: int = 1

    def __call__(self) -> None:
        passed = _Passed(self)
        _watch_commits(passed)
        _watch_sends(passed)
        _watch_polls(passed)
        _watch_handlers(passed)


class _Passed:
    """Counts the passes of one point, from any thread."""

    def __init__(self, crash: Crash) -> None:
        self._crash = crash
        self._left = crash.nth
        self._lock = threading.Lock()

    def __call__(self, point: str) -> None:
        if point != self._crash.point:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self._crash.witness.write_text(point, "utf-8")
                os.kill(os.getpid(), signal.SIGKILL)


def _watch_commits(passed: _Passed) -> None:
    here = threading.local()  # a transaction stays in its thread
    for whose, (module, name) in DONE_IN.items():
        setattr(module, name, _noting(here, whose, getattr(module, name)))
    group = Database.group

    @contextmanager
    def watched(database: Database) -> Iterator[Group]:
        here.done = set()
        with group(database) as members:
            yield members
        for whose in here.done:
            passed(f"after {whose} commit")

    def before_commit(_connection: Connection) -> None:
        for whose in getattr(here, "done", ()):
            passed(f"before {whose} commit")

    Database.group = watched  # type: ignore[method-assign]  # for this process only
    event.listen(Engine, "commit", before_commit)


def _noting(here: threading.local, whose: str, act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def noted(*args: Any, **more: Any) -> Any:
        result = act(*args, **more)
        if result is None or result:  # an empty claim, a notice said before: nothing was done
            getattr(here, "done", set()).add(whose)
        return result

    return noted


def _watch_sends(passed: _Passed) -> None:
    request, read = AiohttpRequest.do_request, aiohttp.ClientResponse.read

    async def requesting(line: AiohttpRequest, url: str, *others: Any, **more: Any) -> Any:
        passed(f"before the request of {url.rpartition('/')[2]}")
        return await request(line, url, *others, **more)

    async def reading(answer: aiohttp.ClientResponse) -> bytes:
        passed(f"before the answer to {answer.url.name}")  # its head is here: Telegram has done it
        return await read(answer)

    AiohttpRequest.do_request = requesting  # type: ignore[method-assign]  # for this process only
    aiohttp.ClientResponse.read = reading  # type: ignore[method-assign]  # likewise


def _watch_polls(passed: _Passed) -> None:
    poll = TelegramLink.get_updates_raw

    async def polling(link: TelegramLink, *, offset: int | None, **more: Any) -> list[Any]:
        if offset is not None:
            passed("before the offset is confirmed")
        updates = await poll(link, offset=offset, **more)
        if offset is not None:
            passed("after the offset is confirmed")
        return updates

    TelegramLink.get_updates_raw = polling  # type: ignore[method-assign]  # for this process only


def _watch_handlers(passed: _Passed) -> None:
    take = front.take_update

    def taking(*args: Any) -> None:
        take(*args)
        passed("in the handler")

    front.take_update = taking
