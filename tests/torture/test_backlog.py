"""After an outage of 23 hours everything that people wrote meanwhile is answered, in order, within Telegram's limits."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.post import InboxLetter
from models.session import Database
from sandbox import Person, Sandbox, serve
from sandbox.chats import Chat
from sandbox.raw_updates import queue_raw
from tests.bot.tasks import until
from tests.torture.bookkeeping import Arrivals, in_flight
from tests.torture.figures import Figures
from tests.torture.forked_bot import ForkedBot
from tests.torture.village import CADRE, build_village

TOKEN = "123456789:a-token-for-tests-only"
OUTAGE = timedelta(hours=23)
TEXTS = {"/help": "/cancel", "/start": "点下面的按钮"}  # what people wrote in turn, and words of the answer
AS_CONFIGURED = {"POLICY__MESSAGES_PER_SECOND": "28", "POLICY__MESSAGES_PER_MINUTE": "20"}  # as nobody changes them
WITHIN = 300.0  # seconds for 5,000
STARTING = 60.0  # seconds for 300: 11 by the limits, and a start on a busy machine

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_backlog_is_answered_in_order_and_in_time(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    assert await answer_backlog(database, database_url, tmp_path, people=50, each=6) <= STARTING


@pytest.mark.torture
@pytest.mark.timeout(900)
async def test_five_thousand_updates_are_answered_within_five_minutes(
    database: Database, database_url: str, tmp_path: Path, figures: Figures
) -> None:
    took = await answer_backlog(database, database_url, tmp_path, people=250, each=20)
    figures.note("backlog after 23 hours", updates=5000, people=250, seconds=round(took))
    assert took <= WITHIN


async def answer_backlog(database: Database, database_url: str, folder: Path, *, people: int, each: int) -> float:
    """Returns the seconds from the start of the process to the last answer."""
    sandbox = Sandbox(token=TOKEN)
    sandbox.limits.enabled = True
    chats = [sandbox.chats[sandbox.add_person(Person(n, f"{CADRE}{n}")).id] for n in build_village(database, people)]
    write(sandbox, chats, each)
    arrivals = Arrivals(sandbox)
    async with serve(sandbox) as url:
        bot = ForkedBot(folder, token=TOKEN, api_url=url, database_url=database_url, **AS_CONFIGURED)
        begun = time.monotonic()
        bot.start()
        try:
            await until(lambda: answered(arrivals) >= people * each, seconds=2 * WITHIN)
            took = time.monotonic() - begun
            await until(lambda: not in_flight(sandbox, database), seconds=30)
            assert await bot.end() == 0
        finally:
            bot.clear_away()
    with database.reading() as session:
        handled = session.scalar(select(func.count()).where(InboxLetter.state == "done"))
    assert handled == people * each, "every update, once"
    for chat in chats:
        assert answers_to(chat) == list(TEXTS.values()) * (each // 2), "each answered once, in the order of writing"
    return took


def write(sandbox: Sandbox, chats: list[Chat], each: int) -> None:
    """As Telegram has kept it, oldest first."""
    begun = datetime.now(UTC) - OUTAGE
    for number in range(each):
        moment = begun + number * OUTAGE / each
        for chat in chats:
            sender = {"id": chat.id, "is_bot": False, "first_name": "干部"}
            message = {
                "message_id": sandbox.next_message_id(),
                "date": int(moment.timestamp()),
                "chat": {"id": chat.id, "type": "private", "first_name": "干部"},
                "from": sender,
                "text": list(TEXTS)[number % len(TEXTS)],
            }
            queue_raw(sandbox, {"message": message})


def answered(arrivals: Arrivals) -> int:
    arrivals.look()
    return arrivals.messages.total()


def answers_to(chat: Chat) -> list[str]:
    """Which of the two answers came, message by message."""
    said = [message.body.get("text", "") for message in chat.messages.values() if not message.outgoing]
    return [words for text in said for words in TEXTS.values() if words in text]
