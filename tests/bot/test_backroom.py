"""The back room's promises: together or not at all, one member's failure is its own."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select

from bot.backroom import BackRoom
from models.post import Note
from models.queries import inbox
from models.session import Database, Session
from tests.bot.tasks import until
from tests.keys import KEYRING

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def backroom(database: Database) -> Iterator[BackRoom]:
    backroom = BackRoom(database)
    yield backroom
    backroom.close()


def write(name: str):
    return lambda session: inbox.write_note(session, name, "x", now=NOW)


def names(session: Session) -> set[str]:
    return set(session.scalars(select(Note.name)))


async def test_a_failing_member_takes_nothing_with_it(backroom: BackRoom) -> None:
    def half_done(session: Session) -> None:
        write("half")(session)
        raise ValueError("stop")

    results = await asyncio.gather(
        backroom.run(write("a")), backroom.run(half_done), backroom.run(write("b")), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert await backroom.read(names) == {"a", "b"}


async def test_what_run_returned_is_committed(backroom: BackRoom, database_url: str) -> None:
    await backroom.run(write("kept"))
    other = Database(database_url, KEYRING)
    with other.reading() as session:
        assert names(session) == {"kept"}
    other.dispose()


async def test_concurrent_read_modify_writes_lose_nothing(backroom: BackRoom) -> None:
    await backroom.run(lambda s: inbox.write_note(s, "n", "0", now=NOW))

    def add_one(session: Session) -> None:
        note = session.scalars(select(Note).where(Note.name == "n").with_for_update()).one()
        note.value = str(int(note.value) + 1)

    await asyncio.gather(*(backroom.run(add_one) for _ in range(200)))
    assert await backroom.read(lambda s: inbox.read_note(s, "n")) == "200"


async def test_a_failing_commit_fails_every_member(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    backroom = BackRoom(database)
    database.dispose()
    broken = RuntimeError("no connection")

    def refuse(*_: object, **__: object) -> None:
        raise broken

    with monkeypatch.context() as gone:
        gone.setattr(database.engine, "connect", refuse)  # a database that went away
        results = await asyncio.gather(*(backroom.run(write(n)) for n in "abc"), return_exceptions=True)
        backroom.close()
    assert results == [broken] * 3


async def test_close_finishes_what_was_handed_in(database: Database) -> None:
    backroom = BackRoom(database)
    waiting = [asyncio.ensure_future(backroom.run(write(f"n{i}"))) for i in range(100)]
    await asyncio.sleep(0)  # let the tasks hand in their work
    await asyncio.to_thread(backroom.close)
    await asyncio.gather(*waiting)
    with database.reading() as session:
        assert len(names(session)) == 100


async def test_a_lone_job_shares_its_commit_with_nobody(database: Database) -> None:
    backroom = BackRoom(database)
    group_of: dict[str, object] = {}

    def see(name: str):
        return lambda session: group_of.__setitem__(name, session.get_bind())

    release = asyncio.Event()
    loop = asyncio.get_running_loop()
    blocker = asyncio.ensure_future(
        backroom.run(lambda _s: asyncio.run_coroutine_threadsafe(release.wait(), loop).result())
    )
    await asyncio.sleep(0)
    jobs = [asyncio.ensure_future(backroom.run(see(n), alone=n == "lone")) for n in ("a", "lone", "b")]
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(blocker, *jobs)
    assert group_of["lone"] is not group_of["a"]
    assert group_of["lone"] is not group_of["b"]
    backroom.close()


async def test_a_full_disk_in_one_member_never_passes_the_others_off_as_committed(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """SQLite then rolls the whole transaction back by itself, and a COMMIT without one says nothing."""
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    database = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", KEYRING)
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    database.dispose()
    event.listen(database.engine, "connect", lambda driver, _: driver.execute(f"PRAGMA max_page_count={pages + 20}"))
    backroom, blocked = BackRoom(database), threading.Event()

    def fill_the_disk(session: Session) -> None:
        inbox.write_note(session, "large", "x" * 2_000_000, now=NOW)

    blocker = asyncio.ensure_future(backroom.run(lambda _: blocked.wait()))
    jobs = [asyncio.ensure_future(backroom.run(act)) for act in (write("before"), fill_the_disk, write("after"))]
    await asyncio.sleep(0)  # let the tasks hand in their work: one group
    blocked.set()
    _, *results = await asyncio.gather(blocker, *jobs, return_exceptions=True)
    said_to_be_committed = {
        name for name, result in zip(("before", "large", "after"), results, strict=True) if result is None
    }
    assert await backroom.read(names) == said_to_be_committed
    await backroom.run(write("with room again"))
    backroom.close()
    database.dispose()


async def test_a_large_group_is_not_taken_for_a_stuck_writer(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    database = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", KEYRING)
    backroom, blocked = BackRoom(database), threading.Event()
    seen: list[float] = []
    first = asyncio.ensure_future(backroom.run(lambda _: blocked.wait()))
    jobs = [asyncio.ensure_future(backroom.run(lambda _: seen.append(backroom.stuck_for()))) for _ in range(3)]
    await until(lambda: backroom.stuck_for() > 0.3)
    blocked.set()
    await asyncio.gather(first, *jobs)
    assert max(seen) < 0.3
    backroom.close()
    database.dispose()
