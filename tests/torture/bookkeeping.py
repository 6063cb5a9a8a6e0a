"""What must be true however often the bot was killed, and how many messages people got twice."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, or_, select

from models.people import Person
from models.post import InboxLetter, OutboxMessage
from models.session import Database
from models.visits import Visit
from sandbox import Sandbox

BY_ONE_KILL = 2  # messages that one person may get twice: an answer, and a notice on its way beside it
TRIES_WITHOUT_ANSWER = 2  # the message, and its one repeat
SETTLING = 0.02  # seconds
SILENT = ("edit", "answer")  # they make no new message on a phone: done twice is the same as once


def in_flight(sandbox: Sandbox, database: Database) -> bool:
    """Whether there are unconfirmed updates, waiting letters or open messages."""
    with database.reading() as session:
        letters = session.scalar(select(func.count()).where(InboxLetter.state == "waiting"))
        messages = session.scalar(select(func.count()).where(OutboxMessage.state.in_(("waiting", "claimed"))))
    return bool(len(sandbox.updates) or letters or messages)


def check(database: Database, confirmed: Mapping[int, int], *, buried: int = 0) -> None:
    """`confirmed`: how many visits each cadre (Telegram id) saw confirmed. `buried`: letters that fail for good."""
    with database.reading() as session:
        letters = Counter(session.scalars(select(InboxLetter.state)))
        assert letters == Counter(done=letters["done"], dead=buried), "every update was handled"
        logged = Counter(session.scalars(select(Person.telegram_user_id).join(Visit, Visit.cadre_id == Person.id)))
        assert logged == Counter(confirmed), "each visit once, each confirmation delivered"
        states = Counter(session.scalars(select(OutboxMessage.state)))
    assert states["waiting"] == states["claimed"] == 0, "everything was said"
    if database.is_sqlite:
        with sqlite3.connect(str(database.engine.url.database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def each_was_reminded_once(database: Database, telegram_ids: Iterable[int]) -> None:
    with database.reading() as session:
        reminded = session.scalars(
            select(Person.telegram_user_id)
            .join(OutboxMessage, OutboxMessage.person_id == Person.id)
            .where(OutboxMessage.unique_key.is_not(None), OutboxMessage.state == "sent")
        )
        assert Counter(reminded) == Counter(telegram_ids), "each cadre's reminder, once"


def with_lost_answers(database: Database) -> Counter[int]:
    """By chat: messages whose answer was lost. Each of them may be there twice, and is never tried a third time."""
    with database.reading() as session:
        assert (session.scalar(select(func.max(OutboxMessage.unknown_outcomes))) or 0) <= TRIES_WITHOUT_ANSWER
    return _by_chat(database, OutboxMessage.unknown_outcomes > 0)


def _by_chat(database: Database, which: ColumnElement[bool]) -> Counter[int]:
    """How many messages that show on a phone."""
    count = select(OutboxMessage.chat_id, func.count()).where(which, OutboxMessage.kind.not_in(SILENT))
    with database.reading() as session:
        return Counter({chat: n for chat, n in session.execute(count.group_by(OutboxMessage.chat_id))})


@dataclass
class Arrivals:
    """What Telegram has taken, counted as it comes: the log of a long run is read once."""

    sandbox: Sandbox
    calls: int = 0  # of any kind
    messages: Counter[int] = field(default_factory=Counter)  # by chat, files too

    def look(self) -> None:
        fresh = self.sandbox.calls.after(self.calls)
        self.calls += len(fresh)
        self.messages.update(call["chat_id"] for call in fresh if call["ok"] and call["method"].startswith("send"))

    def doubled(self, database: Database) -> Counter[int]:
        """By chat: messages that arrived beyond those that are recorded as sent, or as perhaps sent.

        After a kill, while nothing runs, the kill has swallowed their outcome: they will be sent again.
        """
        self.look()
        return self.messages - _by_chat(
            database, or_(OutboxMessage.state == "sent", OutboxMessage.unknown_outcomes > 0)
        )


@dataclass
class Doubles:
    """How many messages people got twice, kill by kill."""

    arrivals: Arrivals
    so_far: Counter[int] = field(default_factory=Counter)  # by chat
    by_kill: list[int] = field(default_factory=list)

    async def count(self, database: Database) -> None:
        """After each kill, while nothing runs."""
        await asyncio.sleep(SETTLING)  # what was on its way arrives; what comes later is counted with the next kill
        doubled = self.arrivals.doubled(database)
        fresh = doubled - self.so_far
        assert max(fresh.values(), default=0) <= BY_ONE_KILL, f"one kill doubled too much: {fresh}"
        self.so_far = doubled
        self.by_kill.append(fresh.total())

    def total(self, database: Database) -> int:
        """When all is over."""
        assert self.arrivals.doubled(database) == self.so_far, "only a kill doubles a message"
        return self.so_far.total()


def counts(database: Database) -> dict[str, int]:
    """How much there was to lose and to double."""
    with database.reading() as session:
        tables = {"updates": InboxLetter, "records": Visit, "messages": OutboxMessage}
        return {name: session.scalar(select(func.count()).select_from(of)) or 0 for name, of in tables.items()}
