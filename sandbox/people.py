"""What people do with their phones."""

import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.chats import Chat, Message, Person
from sandbox.entities import formatted
from sandbox.errors import PeopleError
from sandbox.shapes import Json
from sandbox.state import Callback, Sandbox

START = re.compile(r"[A-Za-z0-9_-]{0,64}")


@dataclass(slots=True, frozen=True)
class Context:
    """What surrounds a message: what it answers, its album, where it was forwarded from."""

    reply_to_message_id: int | None = None
    media_group_id: str | None = None
    forward_origin: Json | None = None


@dataclass(slots=True, frozen=True)
class Sent:
    message_id: int
    update_id: int | None  # None: the bot didn't ask for this kind of update

    def shape(self) -> Json:
        return {"message_id": self.message_id, "update_id": self.update_id}


def say(box: Sandbox, person: Person, content: Json, context: Context | None = None) -> Sent:
    """A message with any content; the first one opens the chat for the bot."""
    _refuse_if_silent(person)
    chat = box.chats[person.id]
    body: Json = {
        "message_id": box.next_message_id(),
        "from": person.user(),
        "chat": chat.info,
        "date": box.time.timestamp(),
        **_surroundings(chat, context or Context()),
        **content,
    }
    chat.opened = True
    _use_keyboard(chat, body)
    message = Message(body, outgoing=True)
    chat.put(message)
    update_id = box.updates.push("message", body, chat.id)
    box.changed(chat)
    return Sent(message.id, update_id)


def say_text(box: Sandbox, person: Person, source: str, context: Context | None = None) -> Sent:
    text = formatted(source)
    if not text.text or text.length > 4096:
        raise PeopleError("a text has 1 to 4096 characters")
    return say(box, person, text.fields(), context)


def caption(source: str | None) -> Json:
    text = formatted(source or "")
    if text.length > 1024:
        raise PeopleError("a caption has up to 1024 characters")
    return text.fields("caption", "caption_entities")


def checked(fields: Json, **types: tuple[type, ...]) -> Json:
    """A location or contact with everything it needs."""
    for name, allowed in types.items():
        if not isinstance(fields.get(name), allowed):
            raise PeopleError(f"{name!r} is missing or of the wrong type")
    return fields


def share_contact(box: Sandbox, person: Person) -> Sent:
    """The own number, as the keyboard's button sends it: as an answer to the message with the keyboard."""
    if not person.phone:
        raise PeopleError(f"{person.first_name} has no phone number")
    contact: Json = {"phone_number": person.phone, "first_name": person.first_name}
    if person.last_name:
        contact["last_name"] = person.last_name
    asked = box.chats[person.id].keyboard_message
    return say(box, person, {"contact": contact | {"user_id": person.id}}, Context(reply_to_message_id=asked))


def edit(box: Sandbox, person: Person, message_id: int, source: str) -> Sent:
    """Change an own text, or the caption of an own picture or file."""
    _refuse_if_silent(person)
    chat = box.chats[person.id]
    message = chat.messages.get(message_id)
    if message is None or not message.outgoing:
        raise PeopleError(f"{message_id} is not a message of this person")
    text = formatted(source)
    if "text" in message.body:
        names = ("text", "entities")
    elif message.body.keys() & {"photo", "document", "voice"}:
        names = ("caption", "caption_entities")
    else:
        raise PeopleError("there is nothing to edit in this message")
    for name in names:
        message.body.pop(name, None)
    message.body |= text.fields(*names) | {"edit_date": box.time.timestamp()}
    chat.touch(message.id)
    update_id = box.updates.push("edited_message", message.body, chat.id)
    box.changed(chat)
    return Sent(message.id, update_id)


def press(box: Sandbox, person: Person, message_id: int, data: str, forged: bool = False) -> Json:
    """Press an inline button by its data; `forged` sends data that no button of the message has."""
    _refuse_if_silent(person)
    chat = box.chats[person.id]
    message = chat.messages.get(message_id)
    if message is None or message.outgoing:
        raise PeopleError(f"there is no message {message_id} of the bot")
    if not forged and not any(button.get("callback_data") == data for row in _rows(message) for button in row):
        raise PeopleError(f"message {message_id} has no button with the data {data!r}")
    query_id = str(10**17 + secrets.randbelow(9 * 10**17))
    box.callbacks[query_id] = Callback(person.id)
    query = {
        "id": query_id,
        "from": person.user(),
        "message": message.body,
        "chat_instance": str(-(10**18) - person.id),
        "data": data,
    }
    return {"callback_query_id": query_id, "update_id": box.updates.push("callback_query", query, chat.id)}


def data_at(box: Sandbox, person: Person, message_id: int, row: int, column: int) -> str:
    """The callback data of a button by its place."""
    message = box.chats[person.id].messages.get(message_id)
    rows = _rows(message) if message else []
    if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
        raise PeopleError(f"message {message_id} has no button at row {row}, column {column}")
    button = rows[row][column]
    if "callback_data" not in button:
        raise PeopleError(f"the button {button['text']!r} sends nothing to the bot")
    return str(button["callback_data"])


def follow_link(box: Sandbox, person: Person, link: str) -> Sent:
    """A deep link https://t.me/<bot>?start=PARAM or tg://resolve?domain=<bot>&start=PARAM."""
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
    except ValueError:
        raise PeopleError(f"not a link: {link}") from None
    query = parse_qs(parts.query)
    bot = query.get("domain", [""])[0] if parts.scheme == "tg" else parts.path.strip("/")
    if parts.scheme != "tg" and parts.hostname not in ("t.me", "telegram.me"):
        raise PeopleError(f"not a link to a bot: {link}")
    if bot.lower() != box.username.lower():
        raise PeopleError(f"the link leads to {bot!r}, this bot is {box.username!r}")
    return start(box, person, query.get("start", [""])[0])


def start(box: Sandbox, person: Person, parameter: str = "") -> Sent:
    """Press "Start" (or "Restart": somebody who had blocked the bot unblocks it by this)."""
    if not START.fullmatch(parameter):
        raise PeopleError("a start parameter has up to 64 of A-Z a-z 0-9 _ -")
    if person.blocked:
        set_blocked(box, person, False)
    return say_text(box, person, f"/start {parameter}".strip())


def set_blocked(box: Sandbox, person: Person, blocked: bool) -> Json:
    """Block or unblock the bot, which it learns by my_chat_member; repeating changes nothing."""
    if person.blocked == blocked:
        return {"update_id": None}
    person.blocked = blocked
    chat = box.chats[person.id]
    member: Json = {"user": box.bot_user, "status": "member"}
    kicked: Json = {"user": box.bot_user, "status": "kicked", "until_date": 0}
    change = {
        "chat": chat.info,
        "from": person.user(),
        "date": box.time.timestamp(),
        "old_chat_member": member if blocked else kicked,
        "new_chat_member": kicked if blocked else member,
    }
    box.events.publish("persons")
    return {"update_id": box.updates.push("my_chat_member", change, chat.id)}


def _refuse_if_silent(person: Person) -> None:
    if person.deactivated:
        raise PeopleError(f"{person.first_name}'s account is gone")
    if person.blocked:
        raise PeopleError(f"{person.first_name} has blocked the bot: unblock it first")


def _surroundings(chat: Chat, context: Context) -> Json:
    around: Json = {}
    if context.reply_to_message_id is not None:
        replied = chat.messages.get(context.reply_to_message_id)
        if replied is None:
            raise PeopleError(f"there is no message {context.reply_to_message_id} to reply to")
        around["reply_to_message"] = replied.quoted()
    if context.media_group_id:
        around["media_group_id"] = context.media_group_id
    if context.forward_origin:
        around["forward_origin"] = context.forward_origin
    return around


def _use_keyboard(chat: Chat, body: Json) -> None:
    """A one-time keyboard folds away once one of its buttons was used; a wish for an answer is fulfilled by one."""
    keyboard = chat.keyboard
    if keyboard is None:
        return
    buttons = [button for row in keyboard.get("keyboard", []) for button in row]
    used = any(button["text"] == body.get("text") for button in buttons)
    used = used or ("contact" in body and any("request_contact" in button for button in buttons))
    used = used or ("location" in body and any("request_location" in button for button in buttons))
    if keyboard.get("force_reply") or (keyboard.get("one_time_keyboard") and used):
        chat.keyboard = chat.keyboard_message = None


def _rows(message: Message) -> list[list[Any]]:
    rows: list[list[Any]] = message.body.get("reply_markup", {}).get("inline_keyboard", [])
    return rows
