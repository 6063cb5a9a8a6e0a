"""A row of PostgreSQL that another program holds makes late what needs it, and costs nothing else."""

import asyncio
from typing import Any

import pytest
import telegram
from sqlalchemy import select, text

from bot.app import database_of
from bot.config import Settings
from bot.config.tables import Database as DatabaseTable
from bot.config.tables import Security
from bot.desk import RETRY_AFTER
from handlers import front
from models.paces import ChatPace
from models.post import InboxLetter, OutboxMessage
from models.session import Database, Session
from services.office import Office
from tests.bot.tasks import until
from tests.bot.test_desk import Running, update
from tests.keys import KEYRING
from tests.town import build_town

HELD, FREE = 401, 402  # chats of the town's members
LIMIT = 400  # milliseconds to wait for a held row; the bot that runs waits a second
MANY = range(1, 9)  # chats whose letters are held


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


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_many_held_rows_make_nobody_else_wait_longer_than_one(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one writer, so that the free letter surely stands behind all others."""
    monkeypatch.setattr("bot.backroom.POSTGRESQL_WRITERS", 1)
    database, now = Database(database_url, KEYRING, lock_timeout=LIMIT), asyncio.get_running_loop().time
    running = Running(database)
    await running.store(*(update(n, n, "held") for n in MANY), update(FREE, FREE, "free"))
    with database.engine.connect() as other, other.begin():
        other.execute(select(InboxLetter.id).where(InboxLetter.chat_id.in_(MANY)).with_for_update())
        desk, begun = asyncio.ensure_future(running.desk.run()), now()
        await until(lambda: running.states()[FREE] == "done")
        assert now() - begun < 3 * LIMIT / 1000, "one wait of a group under way, one of its own"
        assert running.notes() == [str(FREE)]
    await until(lambda: set(running.states().values()) == {"done"})
    desk.cancel()
    await running.tasks.done()
    running.backroom.close()
    with database.reading() as session:
        assert set(session.scalars(select(InboxLetter.attempts))) == {0}
    database.dispose()


@pytest.mark.parametrize(("alone", "patience"), [(True, "1s"), (False, "10s")])
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_bot_that_runs_waits_a_second_for_a_held_row_and_a_visitor_longer(
    database_url: str, *, alone: bool, patience: str
) -> None:
    settings = Settings(database=DatabaseTable(url=database_url), security=Security(key_file=KEYRING.file))
    opened = database_of(settings, alone=alone)
    with opened.reading() as session:
        assert session.scalar(text("SHOW lock_timeout")) == patience
    opened.dispose()
