"""`run`: be the bot until SIGTERM or SIGINT."""

import asyncio
import signal
from collections.abc import Collection

from bot import app
from bot.commands.console import Console
from bot.deadlines import LastResort
from models.soundness import require_sound


def run(console: Console, roles: Collection[str]) -> None:
    """Errors: as `Console.database` and `app.run`; ConfigError, Damaged."""
    console.settings.require_token()
    with console.database() as database:  # said before anything is started
        require_sound(database)
    asyncio.run(_until_told(console, roles))


async def _until_told(console: Console, roles: Collection[str]) -> None:
    stop, last_resort = asyncio.Event(), LastResort()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, _told, stop, last_resort)
    await app.run(console.settings, stop, last_resort=last_resort, roles=roles)
    last_resort.all_is_in_order()


def _told(stop: asyncio.Event, last_resort: LastResort) -> None:
    stop.set()
    last_resort.arm()
