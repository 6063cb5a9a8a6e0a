"""The only place that turns our messages into Telegram's, and its answers into outcomes."""

import asyncio
import json
from collections.abc import Awaitable
from typing import Any

import structlog
from telegram import InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.outcomes import Outcome, Refused, Sent, Slower, TryLater, Unknown, Unreachable
from bot.telegram_link import TelegramLink
from bot.transport import NeverConnected
from services.i18n import Html
from services.messages import Button, Message
from services.outbox import Parcel
from services.rendering.message_parts import CAPTION_LIMIT, TEXT_LIMIT, split_message
from services.tracebacks import words

GONE = ("chat not found", "user is deactivated", "bot was blocked", "bot can't initiate", "peer_id_invalid")
NO_SUCH_MESSAGE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",  # it is a picture or a voice message
)
BETWEEN_PARTS = 20.0  # seconds that a half-said text waits at most where Telegram asks for a pause

log = structlog.get_logger(__name__)


class Sender:
    """Stateless; every call is one attempt and raises nothing."""

    def __init__(self, bot: TelegramLink) -> None:
        self._bot = bot

    async def deliver(self, parcel: Parcel) -> Outcome:
        """Send, edit or answer what the parcel says."""
        if parcel.is_repeat and not await self.is_heard():
            return TryLater("kept for when Telegram answers")
        if parcel.action == "answer":
            return await self._answer(parcel.body)
        if parcel.message is None:
            return Refused("a parcel without words")
        if parcel.action == "edit":
            return await self._edit(parcel, parcel.message)
        return await self._send(parcel.chat_id, parcel.message)

    async def is_heard(self) -> bool:
        """Whether Telegram answers at this moment: the one repeat of a message isn't spent on a dead line."""
        return isinstance(await outcome_of(self._bot.call("getMe", {})), Sent)

    async def send_document(self, chat_id: int, content: bytes, file_name: str, caption: str) -> Outcome:
        file = InputFile(content, filename=file_name)
        return await outcome_of(
            self._bot.send_document(chat_id=chat_id, document=file, caption=caption, parse_mode="HTML")
        )

    async def fetch(self, file_id: str) -> bytes:
        """The bytes of a file that somebody sent. Errors: TelegramError."""
        file = await self._bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())

    async def _send(self, chat_id: int, message: Message) -> Outcome:
        """A long text goes as several messages; buttons and keyboard hang on the last, whose id counts."""
        if message.media is not None:
            return await self._send_media(chat_id, message)
        parts = split_message(message.text)
        outcome: Outcome = Refused("empty message")
        for number, part in enumerate(parts, start=1):
            markup = _markup(message) if number == len(parts) else None
            params = {"chat_id": chat_id, "text": part, "parse_mode": "HTML", "reply_markup": markup}
            outcome = await (self._call if number == 1 else self._go_on)("sendMessage", params)
            if not isinstance(outcome, Sent):
                return outcome if number == 1 else Unknown(f"part {number} of {len(parts)}: {outcome}")
        return outcome

    async def _send_media(self, chat_id: int, message: Message) -> Outcome:
        media = message.media
        assert media is not None
        caption = _first_part(message.text, CAPTION_LIMIT) or None
        params = {"chat_id": chat_id, media.kind: media.file_id, "caption": caption, "parse_mode": "HTML"}
        return await self._call(f"send{media.kind.capitalize()}", params | {"reply_markup": _markup(message)})

    async def _edit(self, parcel: Parcel, message: Message) -> Outcome:
        if parcel.message_id is None:  # it was never sent: say it now
            return await self._say_anew(parcel.chat_id, message)
        text = _first_part(message.text, TEXT_LIMIT)
        params = {"chat_id": parcel.chat_id, "message_id": parcel.message_id, "text": text, "parse_mode": "HTML"}
        outcome = await self._call("editMessageText", params | {"reply_markup": _markup(message)})
        if isinstance(outcome, Refused) and any(words in outcome.error.lower() for words in NO_SUCH_MESSAGE):
            return await self._say_anew(parcel.chat_id, message)  # it was deleted, or can't become a text
        return outcome

    async def _say_anew(self, chat_id: int, message: Message) -> Outcome:
        """Repeated, it would be there twice, as an edit wouldn't."""
        outcome = await self._send(chat_id, message)
        return Unknown(outcome.error, is_new=True) if isinstance(outcome, Unknown) else outcome

    async def _answer(self, body: dict[str, Any]) -> Outcome:
        params = {"callback_query_id": body["query_id"], "text": body["text"] or None, "show_alert": body["alert"]}
        outcome = await self._call("answerCallbackQuery", params)
        return Sent() if isinstance(outcome, Refused) else outcome  # too old to be answered: nobody waits any more

    async def _go_on(self, method: str, params: dict[str, Any]) -> Outcome:
        """The next part of a text that is half said: waits as long as Telegram asks for."""
        outcome = await self._call(method, params)
        while isinstance(outcome, Slower) and outcome.seconds <= BETWEEN_PARTS:
            await asyncio.sleep(outcome.seconds)
            outcome = await self._call(method, params)
        return outcome

    async def _call(self, method: str, params: dict[str, Any]) -> Outcome:
        given = {name: value for name, value in params.items() if value is not None}
        outcome = await outcome_of(self._bot.call(method, given))
        if isinstance(outcome, Refused) and "can't parse entities" in outcome.error.lower():
            log.warning("markup refused, sent as plain text", method=method)
            return await outcome_of(self._bot.call(method, _without_markup(given)))
        return outcome


async def outcome_of(call: Awaitable[Any]) -> Outcome:
    """Classify by cause: never connected, answer lost, refused, slowed down, or gone."""
    try:
        answer = await call
    except RetryAfter as error:
        delay = error.retry_after
        return Slower(delay if isinstance(delay, int | float) else delay.total_seconds())
    except NeverConnected as error:
        return TryLater(str(error))
    except TimedOut as error:
        return Unknown(str(error))
    except (InvalidToken, Conflict) as error:
        return TryLater(type(error).__name__)  # a captive portal says such things: never believe it for good
    except (Forbidden, BadRequest, ChatMigrated) as error:
        return _refusal(error)
    except NetworkError as error:  # 5xx, HTML instead of JSON: it may have been done
        return Unknown(str(error))
    except TelegramError as error:
        return Refused(str(error))
    message_id = answer.get("message_id") if isinstance(answer, dict) else getattr(answer, "message_id", None)
    return Sent(message_id)


def _refusal(error: TelegramError) -> Outcome:
    reason = error.message.lower()
    if "message is not modified" in reason:
        return Sent()
    if isinstance(error, Forbidden) or any(gone in reason for gone in GONE):
        return Unreachable(error.message)
    return Refused(words(error))


def _without_markup(params: dict[str, Any]) -> dict[str, Any]:
    plain = {name: Html(params[name]).text for name in ("text", "caption") if name in params}
    return {name: value for name, value in params.items() if name != "parse_mode"} | plain


def _first_part(text: str, limit: int) -> str:
    return next(iter(split_message(text, limit)), "")


def _markup(message: Message) -> str | None:
    if message.buttons:
        rows = [[_button(button) for button in row] for row in message.buttons]
        return json.dumps({"inline_keyboard": rows})
    keys: list[list[dict[str, str | bool]]] = [[{"text": label} for label in row] for row in message.keyboard or ()]
    if message.contact_label:
        keys.insert(0, [{"text": message.contact_label, "request_contact": True}])
    if keys:
        return json.dumps({"keyboard": keys, "resize_keyboard": True, "is_persistent": True})
    return None if message.keyboard is None else json.dumps({"remove_keyboard": True})


def _button(button: Button) -> dict[str, str]:
    return {"text": button.label} | ({"url": button.url} if button.url else {"callback_data": button.data})
