"""Messages from the bot into a chat."""

import time

from sandbox import parameters as kind
from sandbox.chats import Chat, Message
from sandbox.errors import bad_request, blocked, deactivated
from sandbox.markup import Markup, parse_markup
from sandbox.parameters import Kind, Parameters
from sandbox.shapes import Json
from sandbox.state import Sandbox

# Every method that sends understands these; some mean nothing in a private chat.
SENDING: dict[str, Kind] = {
    "chat_id": kind.chat,
    "business_connection_id": kind.string,
    "message_thread_id": kind.integer,
    "direct_messages_topic_id": kind.integer,
    "disable_notification": kind.boolean,
    "protect_content": kind.boolean,
    "allow_paid_broadcast": kind.boolean,
    "message_effect_id": kind.string,
    "suggested_post_parameters": kind.json_object,
    "reply_parameters": kind.json_object,
    "reply_to_message_id": kind.integer,
    "allow_sending_without_reply": kind.boolean,
    "reply_markup": kind.markup,
}


def known_chat(box: Sandbox, params: Parameters) -> Chat:
    """The chat if the person has written first; a bot can't begin."""
    if "chat_id" not in params:
        raise bad_request("chat_id is empty")
    chat_id = params["chat_id"]
    chat = box.chats.get(chat_id) if isinstance(chat_id, int) else None
    if chat is None or not chat.opened:
        raise bad_request("chat not found")
    return chat


def writable_chat(box: Sandbox, params: Parameters) -> Chat:
    chat = known_chat(box, params)
    if chat.person and chat.person.deactivated:
        raise deactivated()
    if chat.person and chat.person.blocked:
        raise blocked()
    return chat


def send(box: Sandbox, params: Parameters, content: Json) -> Json:
    """Put one message into the chat and answer it as Telegram shows it to the bot."""
    markup = parse_markup(params.get("reply_markup"))
    chat = writable_chat(box, params)
    replied = replied_to(chat, params)
    box.limits.spend(chat.id)
    return place(box, chat, params, content, markup, replied).body


def place(
    box: Sandbox, chat: Chat, params: Parameters, content: Json, markup: Markup | None, replied: Message | None
) -> Message:
    body: Json = {
        "message_id": box.next_message_id(),
        "from": box.bot_user,
        "chat": chat.info,
        "date": box.time.timestamp(),
    }
    if replied:
        body["reply_to_message"] = replied.quoted()
    body |= content
    if params.get("protect_content"):
        body["has_protected_content"] = True
    message = Message(body, outgoing=False)
    if markup:
        _apply_markup(chat, message, markup)
    chat.typing_until = 0.0
    chat.put(message)
    box.changed(chat)
    return message


def replied_to(chat: Chat, params: Parameters) -> Message | None:
    reply = params.get("reply_parameters") or {
        "message_id": params.get("reply_to_message_id"),
        "allow_sending_without_reply": params.get("allow_sending_without_reply"),
    }
    message_id = reply.get("message_id")
    if message_id is None:
        return None
    message = chat.messages.get(kind.integer("reply_parameters.message_id", message_id))
    if message is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message


def show_typing(box: Sandbox, chat: Chat) -> None:
    """For five seconds or until the next message, as in Telegram."""
    chat.typing_until = time.monotonic() + 5.0
    chat.touch()
    box.changed(chat)


def _apply_markup(chat: Chat, message: Message, markup: Markup) -> None:
    """An inline keyboard belongs to the message, any other to the chat: a bot never gets it back."""
    if markup.kind == "inline":
        message.body["reply_markup"] = markup.body
        return
    message.editable = False
    chat.keyboard = None if markup.kind == "remove" else markup.body
    chat.keyboard_message = None if markup.kind == "remove" else message.id
