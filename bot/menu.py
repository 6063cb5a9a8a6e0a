"""Telegram's own menu of commands: what works for everybody; the big buttons are for the rest."""

import json

import structlog
from telegram.error import TelegramError

from bot.telegram_link import TelegramLink
from services.i18n import Language, translator

COMMANDS = ("start", "help", "cancel", "language", "mydata")
TELEGRAM_CODES = {Language.ZH_CN: "zh", Language.EN: "en"}

log = structlog.get_logger(__name__)


async def publish_menu(link: TelegramLink, default: Language | str) -> None:
    """In each language, and in `default` for all others. A failure is logged: the menu is a convenience."""
    try:
        await link.call("setMyCommands", {"commands": _listed(default)})
        for language, code in TELEGRAM_CODES.items():
            await link.call("setMyCommands", {"commands": _listed(language), "language_code": code})
    except TelegramError as error:
        log.warning("the menu was not published", error=error)


def _listed(language: Language | str) -> str:
    t = translator(language)
    return json.dumps([{"command": name, "description": t.plain(f"everywhere.menu.{name}")} for name in COMMANDS])
