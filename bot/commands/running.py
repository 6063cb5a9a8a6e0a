"""`run`: be the bot until SIGTERM or SIGINT."""

import asyncio
import os
import signal
import threading
from collections.abc import Collection

from bot import app
from bot.commands.console import Console
from models.soundness import require_sound

STOP_WITHIN = 4.5  # seconds from the signal to the end of the process


def run(console: Console, roles: Collection[str]) -> None:
    """Errors: ConfigError, CannotListen, NotMigrated, KeyFileError, AlreadyRunning, InvalidToken, LoopDied, Damaged."""
    console.settings.require_token()
    with console.database() as database:  # said before anything is started
        require_sound(database)
    asyncio.run(_until_told(console, roles))


async def _until_told(console: Console, roles: Collection[str]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, _told, stop)
    await app.run(console.settings, stop, roles=roles)


def _told(stop: asyncio.Event) -> None:
    """A thread at work on a file can't be cancelled; what it was doing is done again at the next start."""
    stop.set()
    deadline = threading.Timer(STOP_WITHIN, os._exit, args=(0,))
    deadline.daemon = True
    deadline.start()
