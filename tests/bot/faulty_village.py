"""A desk at work in the town, one of whose handlers has a fault until it is mended, and the operator's console."""

from datetime import timedelta
from typing import Any

import telegram
from sqlalchemy import select

from bot.desk import RETRY_AFTER
from handlers import front
from models.audit import AuditEntry
from models.post import InboxLetter, OutboxMessage
from models.session import Database, Session
from services.i18n import translator
from services.office import Office
from tests.bot.test_desk import Running
from tests.town import build_town

SECRET = "我家的事不要外传"
A_BIT = 0.1  # seconds


class Faulty:
    """The bot's own handlers, of which one has a fault until it is mended."""

    def __init__(self) -> None:
        self.mended = False

    def take_update(self, session: Session, office: Office, given: telegram.Update) -> None:
        front.take_update(session, office, given)
        if given.update_id == 1 and not self.mended:
            raise ValueError(f"a fault\nin the handling of: {SECRET}")

    def take_letter(self, session: Session, office: Office, chat_id: int, letter: dict[str, Any]) -> None:
        front.take_letter(session, office, chat_id, letter)


class Village:
    """A desk at work in the town, and what its people were told."""

    def __init__(self, database: Database, language: str) -> None:
        self.database, self.language = database, language
        with database.transaction() as session:
            build_town(session).resident.language = language
        self.handlers = Faulty()
        self.running = Running(database, handlers=self.handlers)
        self.kept = translator(language)("errors.kept")

    def forward(self, seconds: float) -> None:
        self.running.clock.moment += timedelta(seconds=seconds)

    async def fails_for_good(self) -> None:
        for delay in (*RETRY_AFTER, 0):
            await self.running.look()
            self.forward(delay + A_BIT)
        assert self.letter().state == "dead"

    def told(self) -> list[str]:
        with self.database.reading() as session:
            return [
                row.body.get("text", "") for row in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
            ]

    def audited(self) -> list[tuple[str, int | None]]:
        with self.database.reading() as session:
            return [(entry.act, entry.object_id) for entry in session.scalars(select(AuditEntry))]

    def letter(self, number: int = 1) -> InboxLetter:
        with self.database.reading() as session:
            return session.get_one(InboxLetter, number)
