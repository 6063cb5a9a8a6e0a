"""Does Telegram know the token, and will it hand its letters to us?"""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.commands.health.verdict import Verdict, doubt, fine, wrong
from bot.config import Settings
from bot.telegram_link import TelegramLink
from bot.transport import AnswerLost, NeverConnected, NotTelegram

PATIENCE = 6.0  # seconds for both questions

Answer = dict[str, Any]


def check_telegram(settings: Settings) -> list[Verdict]:
    token = settings.telegram.token.get_secret_value().strip()
    if not token:
        return [wrong("token", "missing")]
    url = settings.telegram.api_url
    try:
        me, webhook = asyncio.run(_ask(token, url))
    except InvalidToken:
        return [wrong("token", "wrong", url=url)]
    except (NeverConnected, AnswerLost, TimeoutError) as error:
        if _is_strange(error):
            return [wrong("token", "not_telegram", url=url, why=_why(error, token))]
        return [wrong("token", "unreachable", url=url)]
    except (BadRequest, Forbidden, RetryAfter) as error:
        return [wrong("token", "refused", url=url, why=_why(error, token))]
    except (TelegramError, LookupError, TypeError, ValueError) as error:
        return [wrong("token", "not_telegram", url=url, why=_why(error, token))]
    username = str(me.get("username", ""))
    return [fine("token", "right", name=username), *_name(settings, username), *_webhook(settings, webhook)]


async def _ask(token: str, url: str) -> tuple[Answer, Answer]:
    link = TelegramLink(token, url)
    await link.open()
    try:
        async with asyncio.timeout(PATIENCE):
            return dict(await link.call("getMe", {})), dict(await link.call("getWebhookInfo", {}))
    finally:
        await link.close_line()


def _is_strange(error: Exception) -> bool:
    """Somebody answered, though not as Telegram does: behind it stands no failure of the network."""
    return isinstance(error, NotTelegram) or (isinstance(error, AnswerLost) and error.__cause__ is None)


def _why(error: Exception, token: str) -> str:
    return (str(error).splitlines() or [""])[0].replace(token, "…") or type(error).__name__


def _name(settings: Settings, username: str) -> list[Verdict]:
    configured = settings.telegram.bot_username
    if configured and configured.lower() != username.lower():
        return [wrong("bot_username", "other", configured=configured, name=username)]
    return []


def _webhook(settings: Settings, info: Answer) -> list[Verdict]:
    """Only the host is shown: the rest of the address may be a secret."""
    present = str(info.get("url") or "")
    host = urlsplit(present).hostname or "?"
    if settings.telegram.mode == "polling":
        return [wrong("webhook", "in_the_way", host=host)] if present else []
    if not present:
        return [doubt("webhook", "not_set")]
    if present != settings.telegram.webhook_url:
        return [doubt("webhook", "elsewhere", host=host)]
    if info.get("last_error_message"):
        return [doubt("webhook", "failing", why=str(info["last_error_message"]))]
    return [fine("webhook", "set", host=host)]
