"""The back room: plain functions of a Session, run on writer threads inside one transaction each, committed in groups.

Nothing in here awaits a network, so nothing can wait for one inside a transaction.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from models.session import Database, Group, Session
from models.trouble import Trouble, trouble_of

GROUP = 64  # members of one commit at most
SQLITE_WRITERS = 1
POSTGRESQL_WRITERS = 4
READERS = 2

T = TypeVar("T")


@dataclass
class _Job:
    act: Callable[[Session], Any]
    done: "asyncio.Future[Any]"
    alone: bool
    result: Any = None
    error: Exception | None = None


class BackRoom:
    """Lives as long as the process. `run` may be called from the event loop only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._busy_since: dict[int, float] = {}
        self.damage: Exception | None = None  # the database was found damaged: nothing more should be done with it
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        count = SQLITE_WRITERS if database.is_sqlite else POSTGRESQL_WRITERS
        self._writers = [threading.Thread(target=self._work, name=f"writer-{n}", daemon=True) for n in range(count)]
        for writer in self._writers:
            writer.start()

    async def run(self, act: Callable[[Session], T], *, alone: bool = False) -> T:
        """Run `act` in a write transaction; returns after the commit, raises what it raised after the rollback.

        `alone`: in a commit of its own, for what might take the process down.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(act, done, alone))
        return await done

    async def read(self, act: Callable[[Session], T]) -> T:
        """Run `act` on a snapshot in a reader thread."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, partial(self._read, act))

    def stuck_for(self) -> float:
        """Seconds that the slowest writer has been at its present job or commit; 0.0 when all are idle."""
        now = time.monotonic()
        return max((now - since for since in list(self._busy_since.values())), default=0.0)

    def close(self) -> None:
        """Finish what was handed in and end the threads."""
        for _ in self._writers:
            self._jobs.put(None)
        for writer in self._writers:
            writer.join()
        self._readers.shutdown()

    def _read(self, act: Callable[[Session], T]) -> T:
        try:
            with self._database.reading() as session:
                return act(session)
        except Exception as error:  # the caller gets it
            self._examine(error)
            raise

    def _work(self) -> None:
        me = threading.get_ident()
        held: _Job | None = None
        while (first := held or self._jobs.get()) is not None:
            group, held, is_over = self._gather(first)
            self._commit(group, me)
            self._busy_since.pop(me, None)
            for job in group:
                job.done.get_loop().call_soon_threadsafe(_hand_over, job)
            if is_over:
                return

    def _gather(self, first: _Job) -> tuple[list[_Job], _Job | None, bool]:
        """The group that begins with `first`, the job that must wait for the next group, and whether to end."""
        group = [first]
        while not first.alone and len(group) < GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, None, True
            if job.alone:
                return group, job, False
            group.append(job)
        return group, None, False

    def _commit(self, jobs: list[_Job], writer: int) -> None:
        self._busy_since[writer] = time.monotonic()
        try:
            with self._database.group() as group:
                for job in jobs:
                    _do(group, job)
                    self._busy_since[writer] = time.monotonic()
        except Exception as error:  # the commit itself failed: no member's work stands
            for job in jobs:
                job.error = job.error or error
        for job in jobs:
            self._examine(job.error)

    def _examine(self, error: Exception | None) -> None:
        if error is not None and trouble_of(error) is Trouble.DAMAGED:
            self.damage = error


def _do(group: Group, job: _Job) -> None:
    try:
        with group.member() as session:
            job.result = job.act(session)
    except Exception as error:  # the caller gets it; the others of the group go on
        job.error = error
        if trouble_of(error) is Trouble.BUSY:
            group.hurry()


def _hand_over(job: _Job) -> None:
    if job.done.cancelled():
        return
    if job.error is not None:
        job.done.set_exception(job.error)
    else:
        job.done.set_result(job.result)
