"""What is different about one life of the bot: `ForkedBot.start` calls it in the new process before the bot runs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import telegram

from handlers import front
from models.session import Session
from services.clock import SystemClock
from services.office import Office
from tests.torture.forked_bot import Prepare


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
