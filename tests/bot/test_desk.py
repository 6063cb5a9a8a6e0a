"""The desk's promises: order within a chat, chats side by side, nothing lost, nothing done twice."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import telegram
from sqlalchemy import select, text

from bot.after_a_crash import INTERRUPTIONS, SUSPECTED_FROM, SUSPICIOUS_AFTER
from bot.backroom import BackRoom
from bot.desk import RETRY_AFTER, Desk, Handlers
from bot.intake import store
from models.post import InboxLetter, Note, OutboxMessage
from models.queries import inbox
from models.session import Database, Session
from services.office import Office
from tests.bot.tasks import Tasks, nothing, until
from tests.town import make_office


class Clock:
    """Real time as the desk sees it; moved by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


class Recorder:
    """Handlers that write down what they were given; a text of `fail…` raises."""

    def __init__(self) -> None:
        self.failing = True

    def take_update(self, session: Session, _office: Office, update: telegram.Update) -> None:
        text = update.effective_message.text if update.effective_message else ""
        inbox.write_note(session, f"{update.update_id}", text or "", now=datetime.now(UTC))
        if text and text.startswith("fail") and self.failing:
            raise ValueError(text)

    def take_letter(self, session: Session, _office: Office, chat_id: int, letter: dict[str, Any]) -> None:
        inbox.write_note(session, f"letter-{chat_id}", letter["kind"], now=datetime.now(UTC))


def update(update_id: int, chat: int, text: str) -> dict[str, Any]:
    user = {"id": chat, "is_bot": False, "first_name": "人"}
    message = {"message_id": update_id, "date": 1, "chat": {"id": chat, "type": "private"}, "from": user, "text": text}
    return {"update_id": update_id, "message": message}


class Running:
    """A desk that runs in the test's loop."""

    def __init__(self, database: Database, careful_until: int = 0, handlers: Handlers | None = None) -> None:
        self.backroom = BackRoom(database)
        self.clock = Clock()
        self.handlers = Recorder()
        self.tasks = Tasks()
        self.desk = Desk(
            self.backroom,
            make_office(),
            now=self.clock,
            spawn=self.tasks.spawn,
            handled=nothing,
            took=nothing,
            beat=nothing,
            careful_until=careful_until,
            handlers=handlers or self.handlers,
        )
        self.database = database

    async def store(self, *updates: dict[str, Any]) -> None:
        await store(self.backroom, list(updates), now=self.clock())

    async def look(self) -> None:
        """Let the desk work until nothing more can be tried now."""
        loop = asyncio.ensure_future(self.desk.run())
        await until(lambda: not self.triable() and self.desk.is_idle)
        loop.cancel()
        await self.tasks.done()

    def triable(self) -> bool:
        with self.database.reading() as session:
            return bool(inbox.waiting(session, now=self.clock(), limit=1, skip_chats=()))

    def states(self) -> dict[int | None, str]:
        with self.database.reading() as session:
            return {letter.update_id: letter.state for letter in session.scalars(select(InboxLetter))}

    def notes(self) -> list[str]:
        """Ids of the handled updates in the order in which their effects were committed."""
        with self.database.reading() as session:
            return [note.name for note in session.scalars(select(Note).order_by(Note.written_at))]

    def apologies(self) -> int:
        with self.database.reading() as session:
            return len(session.scalars(select(OutboxMessage)).all())


@pytest.fixture
def running(database: Database) -> Iterator[Running]:
    running = Running(database)
    yield running
    running.backroom.close()


async def test_updates_of_a_chat_are_handled_in_order_of_arrival(running: Running) -> None:
    await running.store(*(update(1000 - n, chat=5, text=f"{n}") for n in range(40)))
    await running.look()
    assert running.notes() == [str(1000 - n) for n in range(40)]


async def test_the_same_update_stored_twice_is_handled_once(running: Running) -> None:
    await running.store(update(7, 5, "x"))
    await running.store(update(7, 5, "x"), update(8, 5, "y"))
    await running.look()
    assert running.states() == {7: "done", 8: "done"}


async def test_a_letter_finished_elsewhere_leaves_nothing_of_this_turn(running: Running) -> None:
    await running.store(update(1, 5, "x"))
    (letter,) = await running.desk._next_letters()
    await running.backroom.run(lambda session: inbox.finish(session, letter.id, now=running.clock()))
    await running.desk._take(letter)
    assert running.notes() == []
    assert running.states() == {1: "done"}


async def test_a_failing_update_leaves_no_effect_and_holds_its_chat_back_through_two_retries(running: Running) -> None:
    await running.store(update(1, 5, "fail"), update(2, 5, "after"), update(3, 6, "elsewhere"))
    await running.look()
    assert running.notes() == ["3"]
    running.clock.moment += timedelta(seconds=RETRY_AFTER[0] + 0.1)
    await running.look()
    assert running.notes() == ["3"]
    running.clock.moment += timedelta(seconds=RETRY_AFTER[1] + 0.1)
    await running.look()
    assert running.notes() == ["3", "2"], "after the third failure the chat goes on"
    assert running.apologies() == 1, "and the person is told once"


async def test_a_retry_that_succeeds_is_done_once(running: Running) -> None:
    await running.store(update(1, 5, "fail"))
    await running.look()
    running.handlers.failing = False
    running.clock.moment += timedelta(seconds=2)
    await running.look()
    assert running.states() == {1: "done"}
    assert running.notes() == ["1"]


async def test_after_the_last_retry_it_is_a_dead_letter_with_its_traceback(running: Running) -> None:
    await running.store(update(1, 5, "fail for ever"))
    for delay in (*RETRY_AFTER, 1):
        await running.look()
        running.clock.moment += timedelta(seconds=delay + 0.1)
    assert running.states() == {1: "dead"}
    with running.database.reading() as session:
        told = session.scalars(select(InboxLetter.error)).one() or ""
    assert re.search(r'test_desk.py", line \d+, in take_update', told)
    assert "fail for ever" not in told.replace('"fail for ever"', ""), "the words are the person's"


class Unlucky(Recorder):
    """Finds no room on the disk (SQLite), or a table locked (PostgreSQL), as often as told; then all is well again."""

    def __init__(self, database: Database, times: int) -> None:
        super().__init__()
        self._database = database
        self.left = times

    def take_update(self, session: Session, office: Office, update: telegram.Update) -> None:
        super().take_update(session, office, update)
        if self.left:
            self.left -= 1
            self._fill_the_disk(session) if self._database.is_sqlite else self._meet_a_lock(session)

    def _fill_the_disk(self, session: Session) -> None:
        driver: Any = session.connection().connection.dbapi_connection
        (pages,) = session.execute(text("PRAGMA page_count")).one()
        session.execute(text(f"PRAGMA max_page_count={pages + 5}"))
        try:
            inbox.write_note(session, "large", "x" * 2_000_000, now=datetime.now(UTC))
        finally:
            driver.execute("PRAGMA max_page_count=1000000")

    def _meet_a_lock(self, session: Session) -> None:
        with self._database.engine.connect() as other, other.begin():
            other.execute(text("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE"))
            session.execute(text("SET LOCAL lock_timeout = '20ms'"))
            session.execute(text("SELECT count(*) FROM outbox"))


async def test_five_moments_of_a_full_or_locked_database_bury_no_innocent_letter(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.desk.LOOK_AGAIN", 0.01)
    unlucky = Unlucky(database, times=len(RETRY_AFTER) + 3)
    running = Running(database, handlers=unlucky)
    await running.store(update(1, 5, "innocent"), update(2, 5, "behind"))
    await running.look()
    assert (unlucky.left, running.notes()) == (0, ["1", "2"])
    assert running.states() == {1: "done", 2: "done"}
    with database.reading() as session:
        assert set(session.scalars(select(InboxLetter.attempts))) == {0}
    assert running.apologies() == 0
    running.backroom.close()


async def test_an_update_that_cannot_be_parsed_blocks_nobody_else(running: Running) -> None:
    broken = {"update_id": 1, "message": {"chat": {"id": 5}, "message_id": "never a number", "date": "yesterday"}}
    await running.store(broken, update(2, 6, "fine"))
    await running.look()
    assert running.notes() == ["2"]
    assert running.states()[1] == "waiting"


async def test_a_letter_of_the_bot_to_itself_reaches_its_handler(running: Running) -> None:
    body = json.dumps({"lianxin": {"kind": "roster_checked"}})
    await running.backroom.run(lambda s: inbox.write_letter(s, 301, body, now=running.clock()))
    await running.look()
    assert running.notes() == ["letter-301"]


async def test_what_killed_the_process_again_and_again_is_found_out(database: Database) -> None:
    first = Running(database)
    await first.store(update(1, 5, "deadly"), update(2, 6, "fine"))

    await interrupted(first, INTERRUPTIONS)
    first.backroom.close()
    second = Running(database, careful_until=2)
    second.clock.moment += SUSPICIOUS_AFTER
    await second.look()
    assert second.states() == {1: "dead", 2: "done"}
    second.backroom.close()


async def test_a_traceback_no_database_takes_harms_no_other_letter(running: Running) -> None:
    await running.store(update(1, 5, "fail \x00 \ud83d"), update(2, 5, "next"))
    for delay in (*RETRY_AFTER, 1):
        await running.look()
        running.clock.moment += timedelta(seconds=delay + 0.1)
    assert running.states() == {1: "dead", 2: "done"}


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_desk(running: Running) -> None:
    away = 3

    async def flaky(act: Callable[[Session], Any]) -> Any:
        nonlocal away
        if away:
            away -= 1
            running.desk.wake()
            raise OSError("the database is away")
        return await BackRoom.read(running.backroom, act)

    running.backroom.read = flaky  # type: ignore[method-assign]  # a database that comes back
    await running.store(update(1, 5, "x"))
    loop = asyncio.ensure_future(running.desk.run())
    await until(lambda: loop.done() or running.states() == {1: "done"})
    assert not loop.done()
    loop.cancel()
    await running.tasks.done()


async def test_what_kept_killing_the_process_is_told_to_the_person(database: Database) -> None:
    running = Running(database, careful_until=1)
    await running.store(update(1, 5, "deadly"))
    await interrupted(running, INTERRUPTIONS)
    running.clock.moment += SUSPICIOUS_AFTER
    await running.look()
    assert running.states() == {1: "dead"}
    assert running.apologies() == 1
    running.backroom.close()


async def interrupted(running: Running, times: int, letter: int = 1) -> None:
    """The process has ended so often while that letter was in hand."""
    for _ in range(times):
        await running.backroom.run(lambda session: inbox.count_interruption(session, letter))


async def test_what_may_have_killed_the_process_twice_comes_when_all_others_are_through(database: Database) -> None:
    running = Running(database, careful_until=5)
    suspect, another = update(1, 5, "suspect"), update(2, 6, "another")
    await running.store(suspect, another, update(3, 5, "behind the suspect"), update(4, 7, "fine"), update(5, 7, "too"))
    for letter in (1, 2):
        await interrupted(running, SUSPECTED_FROM, letter)
    await running.look()
    assert running.notes() == ["4", "5", "1", "3", "2"], "one suspect after the other, each chat in order"
    running.backroom.close()


async def test_many_suspects_do_not_hide_who_waits_behind_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.desk.SIDE_BY_SIDE", 2)
    running = Running(database, careful_until=5)
    await running.store(*(update(n, 10 + n, "suspect") for n in (1, 2, 3)), update(4, 5, "fine"), update(5, 6, "fine"))
    for letter in (1, 2, 3):
        await interrupted(running, SUSPECTED_FROM, letter)
    await running.look()
    assert running.notes() == ["4", "5", "1", "2", "3"]
    running.backroom.close()


async def test_a_row_of_quick_kills_buries_no_letter(database: Database) -> None:
    running = Running(database, careful_until=1)
    await running.store(update(1, 5, "fine"))
    await interrupted(running, 3 * INTERRUPTIONS)
    await running.look()
    assert running.states() == {1: "done"}
    running.backroom.close()


class Stuck(Unlucky):
    """A text of `stuck` finds the database in trouble until it is `mended`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, times=0)
        self.tries: Counter[int] = Counter()
        self.is_mended = False

    def take_update(self, session: Session, office: Office, update: telegram.Update) -> None:
        if update.effective_message and update.effective_message.text == "stuck":
            self.tries[update.update_id] += 1
            self.left = int(not self.is_mended)
        super().take_update(session, office, update)


async def test_after_an_unclean_end_a_database_in_trouble_buries_no_letter_and_keeps_no_other_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.desk.LOOK_AGAIN", 0.01)
    handlers = Stuck(database)
    running = Running(database, careful_until=4, handlers=handlers)
    await running.store(update(1, 5, "stuck"), update(2, 6, "stuck"), update(3, 7, "fine"), update(4, 8, "fine"))
    for suspect in (1, 3):
        await interrupted(running, SUSPECTED_FROM, suspect)
    running.clock.moment += SUSPICIOUS_AFTER
    desk = asyncio.ensure_future(running.desk.run())
    await until(lambda: min(handlers.tries[1], handlers.tries[2]) > INTERRUPTIONS + 1, seconds=60)
    assert running.states() == {1: "waiting", 2: "waiting", 3: "done", 4: "done"}
    handlers.is_mended = True
    await until(lambda: running.states() == dict.fromkeys((1, 2, 3, 4), "done"))
    desk.cancel()
    await running.tasks.done()
    running.backroom.close()
    with database.reading() as session:
        assert set(session.scalars(select(InboxLetter.attempts))) == {0}


async def test_a_suspect_that_waits_for_the_database_lets_the_next_have_its_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.desk.LOOK_AGAIN", 0.01)
    running = Running(database, careful_until=2, handlers=Stuck(database))
    await running.store(update(1, 5, "stuck"), update(2, 6, "stuck"))
    for suspect in (1, 2):
        await interrupted(running, SUSPECTED_FROM, suspect)
    turns = []
    for _ in range(4):
        (letter,) = await running.desk._next_letters()
        await running.desk._take(letter)
        turns.append(letter.id)
    assert turns == [1, 2, 1, 2]
    running.backroom.close()


async def test_a_letter_that_a_kill_interrupted_again_and_again_keeps_its_place_and_its_retries(
    database: Database,
) -> None:
    running = Running(database, careful_until=2)
    await running.store(update(1, 5, "fail"), update(2, 5, "behind"))
    await interrupted(running, INTERRUPTIONS - 1)
    await running.look()
    assert running.notes() == [], "the letter behind it waits through the first retries"
    for delay in RETRY_AFTER[:2]:
        running.clock.moment += timedelta(seconds=delay + 0.1)
        await running.look()
    assert running.states() == {1: "waiting", 2: "done"}, "overtaken, and still to be tried twice"
    running.backroom.close()


@pytest.mark.parametrize("turns", range(5))
async def test_a_cancellation_that_comes_with_a_wake_up_is_heeded(running: Running, turns: int) -> None:
    loop = asyncio.ensure_future(running.desk.run())
    await running.backroom.read(lambda _: None)
    await asyncio.sleep(0.05)  # it has looked and pauses
    running.desk.wake()
    for _ in range(turns):
        await asyncio.sleep(0)
    loop.cancel()
    await asyncio.wait([loop], timeout=2)
    assert loop.cancelled()
