"""What is different about one life of the bot: `ForkedBot.start` calls it in the new process before the bot runs."""

import asyncio
import os
import signal
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import telegram

from bot import app, desk, post_office, vital_signs
from bot.supervision import Nursery
from bot.telegram_link import TelegramLink
from handlers import front
from models.session import Session
from services.clock import SystemClock
from services.office import Office
from tests.forks import Prepare


@dataclass(frozen=True)
class Several:
    steps: tuple[Prepare, ...]

    def __call__(self) -> None:
        for step in self.steps:
            step()


@dataclass(frozen=True)
class SiteClockMoved:
    """It is another day for the town; leases, retries and limits go by real time as always."""

    by: timedelta

    def __call__(self) -> None:
        SystemClock.now = lambda _clock: datetime.now(UTC) + self.by  # type: ignore[method-assign]  # in this life only


@dataclass(frozen=True)
class HandlersFail:
    """Every message with this text breaks its handler."""

    text: str

    def __call__(self) -> None:
        take = front.take_update

        def taking(session: Session, office: Office, update: telegram.Update) -> Any:
            if update.message is not None and update.message.text == self.text:
                raise RuntimeError("a fault of this life")
            take(session, office, update)

        front.take_update = taking


@dataclass(frozen=True)
class RetriesAtOnce:
    """What failed is tried again without a wait, as often as always."""

    def __call__(self) -> None:
        desk.RETRY_AFTER = (0,) * len(desk.RETRY_AFTER)  # type: ignore[assignment]  # in this life only


@dataclass(frozen=True)
class HandlersKill:
    """Every message with this text ends the process in its handler, as a lack of memory would."""

    text: str

    def __call__(self) -> None:
        take = front.take_update

        def taking(session: Session, office: Office, update: telegram.Update) -> Any:
            if update.message is not None and update.message.text == self.text:
                os.kill(os.getpid(), signal.SIGKILL)
            take(session, office, update)

        front.take_update = taking


@dataclass(frozen=True)
class LoopHangs:
    """The event loop stands still for so many seconds at the first message to anybody."""

    seconds: float
    noticed_after: float | None = None  # instead of the usual limit

    def __call__(self) -> None:
        if self.noticed_after is not None:
            app.LOOP_STUCK = self.noticed_after
        call, seconds = TelegramLink.call, [self.seconds]

        async def calling(link: TelegramLink, method: str, params: dict[str, Any], **more: Any) -> Any:
            if method == "sendMessage" and seconds:
                time.sleep(seconds.pop())  # noqa: ASYNC251  # that is the fault
            return await call(link, method, params, **more)

        TelegramLink.call = calling  # type: ignore[method-assign]  # in this life only


@dataclass(frozen=True)
class SilenceIsToldAfter:
    """Of Telegram; instead of the usual five minutes."""

    seconds: float

    def __call__(self) -> None:
        vital_signs.UNHEARD = self.seconds


@dataclass(frozen=True)
class LoopStalls:
    """One loop of the process never comes back from where it waits; `witness` is told when, on the monotonic clock."""

    loop: str
    runs_in: str  # "desk.Desk": module and class under `bot`
    witness: Path
    is_stubborn: bool = False  # it doesn't heed a cancellation either
    noticed_after: float | None = None  # instead of the usual limit

    def __call__(self) -> None:
        module, _, owner = self.runs_in.partition(".")
        start = Nursery.start

        def starting(nursery: Nursery, name: str, loop: Any, *, stalled: float | None = None) -> None:
            start(nursery, name, loop, stalled=self.noticed_after if name == self.loop else stalled)

        async def stalls(_: Any) -> None:
            self.witness.write_text(str(time.monotonic()), "utf-8")
            while True:
                with suppress(asyncio.CancelledError) if self.is_stubborn else nullcontext():
                    await asyncio.Event().wait()

        Nursery.start = starting  # type: ignore[method-assign]  # in this life only
        getattr(import_module(f"bot.{module}"), owner).run = stalls


@dataclass(frozen=True)
class WallClockJumps:
    """Whoever asks for the time after the first message to anybody is told another one; the monotonic clock goes on."""

    by: timedelta

    def __call__(self) -> None:
        call, shift = TelegramLink.call, [timedelta()]
        post_office.real_now = lambda: datetime.now(UTC) + shift[0]
        app.real_now = post_office.real_now
        SystemClock.now = lambda _clock: post_office.real_now()  # type: ignore[method-assign]  # in this life only

        async def calling(link: TelegramLink, method: str, params: dict[str, Any], **more: Any) -> Any:
            if method == "sendMessage":
                shift[0] = self.by
            return await call(link, method, params, **more)

        TelegramLink.call = calling  # type: ignore[method-assign]  # in this life only
