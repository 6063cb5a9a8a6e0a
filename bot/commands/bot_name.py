"""The bot's public name for links that are made at the console."""

import asyncio

from telegram.error import TelegramError

from bot.commands.console import Console
from bot.telegram_link import TelegramLink
from models.queries import inbox
from models.session import Database

PATIENCE = 5.0  # seconds


def bot_name(console: Console, database: Database) -> str:
    """Without @: as configured, else as Telegram says, else as it told the running bot; "" where nobody knows."""
    if configured := console.settings.telegram.bot_username:
        return configured
    token = console.settings.telegram.token.get_secret_value().strip()
    asked = asyncio.run(_ask(token, console.settings.telegram.api_url)) if token else ""
    if asked:
        return asked
    with database.reading() as session:
        return inbox.read_note(session, "bot_username") or ""


async def _ask(token: str, api_url: str) -> str:
    link = TelegramLink(token, api_url)
    await link.open()
    try:
        return await asyncio.wait_for(link.ask_name(), PATIENCE)
    except (TelegramError, TimeoutError):
        return ""
    finally:
        await link.close_line()
