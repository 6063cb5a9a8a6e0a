"""The only wiring: settings in, a running post office, a clean end out."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial

import structlog
from telegram.error import InvalidToken, TelegramError

from bot.backroom import BackRoom
from bot.backup_folder import BackupFolder
from bot.config import Settings
from bot.deadlines import LOOP_STUCK, LastResort
from bot.instance_lock import InstanceLock
from bot.leases import LASTS, LASTS_ALONE, Leases
from bot.loop_guard import EXIT_STUCK, LoopGuard
from bot.menu import publish_menu
from bot.nightly import NightlyBackup
from bot.post_office import ROLES, PostOffice, real_now
from bot.process_name import is_gone, new_name
from bot.supervision import Nursery
from bot.telegram_link import TelegramLink
from bot.wakeups import Wakeups
from bot.web import WebSide, place_to_listen
from models.announcements import INBOX, OUTBOX
from models.erasure_log import ErasureLog
from models.keyring import Keyring
from models.migrating import is_current
from models.queries import inbox, processes
from models.queries import leases as lease_rows
from models.sealed_rows import require_keys
from models.session import Database, Session
from services import erasure
from services.clock import Clock, SystemClock
from services.office import Office

ASK_FOR_NAME = 3.0  # seconds Telegram may take for the bot's name at the start; the first poll doesn't wait longer
WRITER_STUCK = 30.0  # seconds; a writer that hangs takes everything with it, so the process ends
WATCH_EVERY = 1.0  # seconds
HELD_ROW = 1_000  # milliseconds to wait for a row that another program holds: many people wait behind it
FINISH_IN_HAND = 1.5  # seconds for what is in hand when asked to stop

log = structlog.get_logger(__name__)


class NotMigrated(Exception):
    """The database has no tables yet, or old ones."""


async def run(
    settings: Settings,
    stop: asyncio.Event,
    *,
    last_resort: LastResort,
    roles: Collection[str] = ROLES,
) -> None:
    """Be the bot until `stop` is set; from then on, or from a failure on, the last resort is armed.

    Errors: ConfigError, CannotListen, NotMigrated, KeyFileError, AlreadyRunning, InvalidToken, LoopDied.
    """
    async with opened(settings, alone=True, roles=roles) as (post, nursery):
        listening = place_to_listen(settings.web, is_needed=settings.telegram.mode == "webhook")
        with last_resort:
            if listening:
                web = WebSide(post.routes(roles), listening, beat=partial(nursery.heartbeat, "web"))
                nursery.start("web", web.run())
            post.start(roles)
            log.info("the bot is running", bot=post.office.site.bot_username)
            await nursery.run_until(stop)
            await nursery.stop_loops()
            await _finish(post)


@asynccontextmanager
async def opened(
    settings: Settings, *, clock: Clock | None = None, alone: bool, roles: Collection[str] = ROLES
) -> AsyncIterator[tuple[PostOffice, Nursery]]:
    """A post office whose loops haven't been started. `alone`: no second one on the same SQLite file.

    `roles` are what this process will be known for; one that isn't `alone` is a visitor, known for nothing.
    """
    token = settings.require_token()
    database = database_of(settings, alone=alone)
    if not is_current(database):
        raise NotMigrated
    require_keys(database)
    with _held(database) if alone else nullcontext():
        backroom = BackRoom(database)
        link = TelegramLink(token, settings.telegram.api_url)
        await link.open()
        try:
            office = await _office(settings, clock or SystemClock(), backroom, link)
            me = new_name()
            others_are_gone = (lambda _: True) if database.is_sqlite else is_gone  # we hold its lock
            begin = partial(_begin, me=me, roles=roles, is_gone=others_are_gone)
            careful_until = await backroom.run(begin) if alone else 0
            await backroom.run(lambda session: erasure.apply_again(session, office))  # a kill may lie in between
            async with Nursery() as nursery:
                lasts = LASTS_ALONE if database.is_sqlite else LASTS
                leases = Leases(backroom, me, lasts=lasts, beat=partial(nursery.heartbeat, "leases"))
                post = PostOffice(
                    office,
                    backroom,
                    link,
                    nursery,
                    leases,
                    settings.telegram,
                    careful_until=careful_until,
                    nightly=_nightly(settings, database, backroom, office, nursery),
                )
                nursery.start("watch", _watch(backroom, nursery))
                nursery.start("leases", leases.run())
                if alone:
                    nursery.spawn("menu", publish_menu(link, office.site.language))
                if alone and not database.is_sqlite:
                    nursery.start("wakeups", _wakeups(database, post, nursery).run())
                yield post, nursery
            await leases.release()
            await backroom.run(partial(processes.leave, name=me))
        finally:
            await link.close_line()
            await asyncio.to_thread(backroom.close)
            database.dispose()


def database_of(settings: Settings, *, alone: bool) -> Database:
    """Not opened yet. A visitor may wait long for a held row: nobody else stands behind it."""
    patience = HELD_ROW if alone else None
    return Database(settings.database.url, Keyring(settings.security.key_file), lock_timeout=patience)


def _nightly(
    settings: Settings, database: Database, backroom: BackRoom, office: Office, nursery: Nursery
) -> NightlyBackup | None:
    place = settings.backup.place
    if place is None:
        return None
    folder = BackupFolder(place, settings.backup.keep_days)
    return NightlyBackup(database, backroom, office, folder, spawn=nursery.spawn)


def _wakeups(database: Database, post: PostOffice, nursery: Nursery) -> Wakeups:
    wake = {INBOX: post.desk.wake, OUTBOX: post.delivery.wake}
    return Wakeups(database, wake, beat=partial(nursery.heartbeat, "wakeups"))


@contextmanager
def _held(database: Database) -> Iterator[None]:
    if database.file is None:
        yield
        return
    lock = InstanceLock(database.file)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _begin(session: Session, *, me: str, roles: Collection[str], is_gone: Callable[[str], bool]) -> int:
    """Note that the process runs; where another has ended uncleanly, up to which letter to be careful."""
    dead = processes.bury_the_dead(session, is_gone=is_gone)
    lease_rows.void(session, dead)
    processes.enter(session, me, roles)
    return inbox.newest_id(session) if dead else 0


async def _office(settings: Settings, clock: Clock, backroom: BackRoom, link: TelegramLink) -> Office:
    """The office with the bot's public name: as configured, else as Telegram says, else as it said last time."""
    site = settings.site_value()
    if not site.bot_username:
        site = replace(site, bot_username=await _ask_for_name(backroom, link))
    return Office(
        site, settings.policy_value(), clock, ErasureLog(settings.security.key_file), settings.retention_value()
    )


async def _ask_for_name(backroom: BackRoom, link: TelegramLink) -> str:
    try:
        name = await asyncio.wait_for(link.ask_name(), ASK_FOR_NAME)
    except InvalidToken:  # no waiting will help
        raise
    except (TelegramError, TimeoutError) as error:
        log.warning("Telegram did not say the bot's name", error=error)
        return await backroom.read(partial(inbox.read_note, name="bot_username")) or ""
    await backroom.run(lambda session: inbox.write_note(session, "bot_username", name, now=real_now()))
    return name


async def _watch(backroom: BackRoom, nursery: Nursery) -> None:
    """A writer that hangs can't be cancelled: the process ends, and whoever supervises it starts it again.

    So it does on a damaged database; the next start says what to do.
    """
    with LoopGuard(stuck=LOOP_STUCK) as guard:
        while True:
            nursery.heartbeat("watch")
            guard.beat()
            if backroom.damage is not None:
                raise backroom.damage
            if backroom.stuck_for() > WRITER_STUCK:
                log.critical("the writer is stuck, ending the process")
                os._exit(EXIT_STUCK)
            await asyncio.sleep(WATCH_EVERY)


async def _finish(post: PostOffice) -> None:
    """Let what is in hand come to its end; what isn't finished by then is in the database."""
    try:
        async with asyncio.timeout(FINISH_IN_HAND):
            await post.until_in_hand_is_done()
    except TimeoutError:
        log.info("stopped with work in hand; it goes on at the next start")
