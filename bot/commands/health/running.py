"""Is there a bot at work on this database now?"""

import fcntl
import os

from bot.commands.health.verdict import Verdict, fine
from bot.commands.places import sqlite_file
from bot.config import Settings


def check_running(settings: Settings) -> list[Verdict]:
    """By the lock beside the SQLite file; of PostgreSQL it says nothing, there may be many."""
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
