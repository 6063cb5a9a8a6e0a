"""The nightly backup: after two in the morning the first look that finds none for today makes one.

The file decides, so a late look, a restart or a second process changes nothing.
"""

import asyncio
import threading
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from bot.backroom import BackRoom
from bot.backup_folder import BackupFolder
from bot.supervision import Spawn
from models.queries import inbox
from models.session import Database, Session
from models.snapshots import Counts, write_snapshot
from models.workplace import InTheMaking
from services import audit
from services.office import Office
from services.rules.working_time import NIGHT_WORK_FROM

AGAIN_AFTER = timedelta(hours=1)  # a full disk isn't written to twice a minute
TROUBLE = "backup_trouble"  # the note that `doctor` reads: why the last try failed, "" where it didn't

log = structlog.get_logger(__name__)


class GivenUp(Exception):
    """The process ends: the backup is made after the next start."""


class NightlyBackup:
    """`look` as often as you like. The work is done in a thread: the loops, the writer and the people don't wait."""

    def __init__(
        self, database: Database, backroom: BackRoom, office: Office, folder: BackupFolder, *, spawn: Spawn
    ) -> None:
        self._database = database
        self._backroom = backroom
        self._office = office
        self._folder = folder
        self._spawn = spawn
        self._ending = threading.Event()
        self._is_making = False
        self._not_before: datetime | None = None  # after a failure

    def look(self) -> None:
        """Begin where tonight's is missing."""
        now = self._office.local_now()
        if self._is_making or now.time() < NIGHT_WORK_FROM or (self._not_before and now < self._not_before):
            return
        if self._folder.lacks(now.date()):
            self._is_making = True
            self._ending.clear()  # the clock may have ended here and come back: its lease went elsewhere meanwhile
            self._spawn("backup", self._make(now.date()))

    def give_up(self) -> None:
        """Whatever is in the making is left, soon, and nothing of it stays."""
        self._ending.set()

    async def _make(self, day: date) -> None:
        try:
            counts = await asyncio.to_thread(self._write, day)
        except (GivenUp, InTheMaking):
            return  # another time, or somebody else makes it
        except Exception as error:  # no room, no right: the bot goes on, and `doctor` says so
            log.error("the nightly backup failed", error=error)
            self._not_before = self._office.local_now() + AGAIN_AFTER
            await self._backroom.run(partial(self._note, why=_reason(error)))
        else:
            await self._backroom.run(partial(self._note_success, counts=counts))
            log.info("backed up", file=self._folder.file(day).name)
        finally:
            self._is_making = False

    def _write(self, day: date) -> Counts:
        self._folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file, now = self._folder.file(day), self._office.now()
        try:
            counts = write_snapshot(self._database, file, now=now, going_on=self._go_on, wait=False)
        except FileExistsError as error:  # another process was quicker
            raise InTheMaking(str(file)) from error
        self._folder.prune(day)
        return counts

    def _go_on(self) -> None:
        if self._ending.is_set():
            raise GivenUp

    def _note_success(self, session: Session, counts: Counts) -> None:
        self._note(session, "")
        audit.record(session, self._office, None, "backed_up", "database", by="clock", rows=sum(counts.values()))

    def _note(self, session: Session, why: str) -> None:
        inbox.write_note(session, TROUBLE, why, now=self._office.now())


def _reason(error: Exception) -> str:
    """For the operator; nothing of what is in the database."""
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
