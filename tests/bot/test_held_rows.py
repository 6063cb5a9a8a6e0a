"""A row of PostgreSQL that another program holds makes late what needs it, and costs nothing else."""

import asyncio
from typing import Any

import pytest
import telegram
from sqlalchemy import select

from bot.desk import RETRY_AFTER
from handlers import front
from models.paces import ChatPace
from models.post import InboxLetter, OutboxMessage
from models.session import Database, Session
from services.office import Office
from tests.bot.tasks import until
from tests.bot.test_desk import Running, update
from tests.town import build_town

HELD, FREE = 401, 402  # chats of the town's members


class Counting:
    """The bot's own handlers; how often they were asked in the chat that is held."""

    def __init__(self) -> None:
        self.tries = 0

    def take_update(self, session: Session, office: Office, given: telegram.Update) -> None:
        self.tries += given.effective_user is not None and given.effective_user.id == HELD
        front.take_update(session, office, given)

    def take_letter(self, session: Session, office: Office, chat_id: int, letter: dict[str, Any]) -> None:
        front.take_letter(session, office, chat_id, letter)


def answers(running: Running, chat: int) -> int:
    with running.database.reading() as session:
        return len(session.scalars(select(OutboxMessage.id).where(OutboxMessage.chat_id == chat)).all())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_letter_waits_for_a_held_row_and_loses_no_attempt(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.session.LOCK_TIMEOUT", 50)  # milliseconds, of connections that are made from now on
    monkeypatch.setattr("bot.desk.LOOK_AGAIN", 0.01)
    with database.transaction() as session:
        build_town(session)
    handlers = Counting()
    running = Running(database, handlers=handlers)
    await running.store(update(1, HELD, "/help"))
    await running.look()
    before, tries = answers(running, HELD), len(RETRY_AFTER) + 3  # more than a letter with a fault of its own has
    with database.engine.connect() as other, other.begin():
        other.execute(select(ChatPace.chat_id).where(ChatPace.chat_id == HELD).with_for_update())
        desk = asyncio.ensure_future(running.desk.run())
        await running.store(update(2, HELD, "/help"), update(3, FREE, "/help"))
        running.desk.wake()
        await until(lambda: handlers.tries > tries and running.states()[3] == "done")
        assert (answers(running, HELD), answers(running, FREE)) == (before, before)
    await until(lambda: running.states() == {1: "done", 2: "done", 3: "done"})
    desk.cancel()
    await running.tasks.done()
    running.backroom.close()
    assert answers(running, HELD) == 2 * before
    with database.reading() as session:
        assert set(session.scalars(select(InboxLetter.attempts))) == {0}
