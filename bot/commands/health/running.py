"""Is there a bot at work on this database now, and how are its loops?"""

import fcntl
import os
from collections.abc import Iterator

from bot.commands.health.verdict import Verdict, doubt, fine
from bot.commands.places import sqlite_file
from bot.config import Settings
from bot.deadlines import STALLED
from bot.process_name import shown
from bot.vital_signs import VitalSigns
from models.keyring import Keyring
from models.migrating import is_current
from models.post import Process
from models.queries import processes
from models.session import Database
from models.trouble import trouble_of

SILENT = 30.0  # seconds


def check_running(settings: Settings) -> list[Verdict]:
    """By the lock beside the SQLite file, where there is one; then each process by what it wrote last."""
    return [*_locked(settings), *_processes(settings)]


def _locked(settings: Settings) -> list[Verdict]:
    file = sqlite_file(settings.database.url)
    if file is None:
        return []
    try:
        handle = os.open(file.with_name(file.name + ".lock"), os.O_RDONLY)
    except OSError:
        return [fine("bot", "not_running")]
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)  # let go of at once, so that a bot can start
    except BlockingIOError:
        return [fine("bot", "running")]
    finally:
        os.close(handle)
    return [fine("bot", "not_running")]


def _processes(settings: Settings) -> list[Verdict]:
    file = sqlite_file(settings.database.url)
    if file is not None and not file.exists():
        return []  # said already; opening it would create it
    database = Database(settings.database.url, Keyring(settings.security.key_file))
    try:
        if not is_current(database):
            return []
        with database.reading() as session:
            found = processes.read(session)
    except Exception as error:
        if trouble_of(error) is None:
            raise
        return []  # the database can't be asked: said already
    finally:
        database.dispose()
    return [verdict for process, silent in found for verdict in _process(process, silent)] or _nobody(settings)


def _nobody(settings: Settings) -> list[Verdict]:
    """SQLite's lock has said so already."""
    return [] if sqlite_file(settings.database.url) else [fine("bot", "not_running")]


def _process(process: Process, silent: float) -> Iterator[Verdict]:
    """`silent`: seconds since it last wrote that it lives, which it does every ten."""
    signs = VitalSigns.from_json(process.signs)
    slowest = max(signs.loops, key=lambda name: signs.loops[name], default="")
    held = [name for name, is_held in signs.leases.items() if is_held]
    is_well = silent <= SILENT and all(age <= STALLED for age in signs.loops.values())
    yield (fine if is_well else doubt)(
        "bot",
        "process" if is_well else "ill",
        name=shown(process.name),
        roles=process.roles,
        silent=round(silent),
        loop=slowest or "–",
        age=round(signs.loops.get(slowest, 0.0)),
        held=", ".join(held) or "–",
        fetched="–" if signs.fetched is None else round(signs.fetched),
    )
    for trouble, seconds in signs.troubles_with_telegram().items():
        yield doubt("bot", trouble, name=shown(process.name), minutes=round(seconds / 60))
