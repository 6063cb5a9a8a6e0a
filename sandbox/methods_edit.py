"""Methods that change what was sent, and answers to pressed buttons."""

from sandbox import parameters as kind
from sandbox import utf16
from sandbox.chats import Chat, Message
from sandbox.entities import caption_text, message_text
from sandbox.errors import NOT_MODIFIED, QUERY_TOO_OLD, bad_request
from sandbox.markup import parse_inline
from sandbox.messages import known_chat, writable_chat
from sandbox.parameters import Kind, Parameters
from sandbox.registry import method
from sandbox.shapes import Json
from sandbox.state import Sandbox

EDITING: dict[str, Kind] = {
    "business_connection_id": kind.string,
    "chat_id": kind.chat,
    "message_id": kind.integer,
    "inline_message_id": kind.string,
    "reply_markup": kind.markup,
}
DELETABLE_SECONDS = 48 * 3600
MAX_ALERT = 200  # characters


@method(
    "editMessageText",
    **EDITING,
    text=kind.string,
    parse_mode=kind.string,
    entities=kind.entities,
    link_preview_options=kind.json_object,
    disable_web_page_preview=kind.boolean,
)
def edit_message_text(box: Sandbox, params: Parameters) -> Json:
    text = message_text(params.get("text", ""), params.get("parse_mode"), params.get("entities"))
    markup = parse_inline(params.get("reply_markup"))
    chat, message = _editable(box, params)
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    return _changed(box, chat, message, text.fields() | _under(markup), ("text", "entities", "reply_markup"))


@method(
    "editMessageCaption",
    **EDITING,
    caption=kind.string,
    parse_mode=kind.string,
    caption_entities=kind.entities,
    show_caption_above_media=kind.boolean,
)
def edit_message_caption(box: Sandbox, params: Parameters) -> Json:
    caption = caption_text(params.get("caption"), params.get("parse_mode"), params.get("caption_entities"))
    markup = parse_inline(params.get("reply_markup"))
    chat, message = _editable(box, params)
    if not message.body.keys() & {"photo", "document", "voice"}:
        raise bad_request("there is no caption in the message to edit")
    new = caption.fields("caption", "caption_entities") | _under(markup)
    return _changed(box, chat, message, new, ("caption", "caption_entities", "reply_markup"))


@method("editMessageReplyMarkup", **EDITING)
def edit_message_reply_markup(box: Sandbox, params: Parameters) -> Json:
    markup = parse_inline(params.get("reply_markup"))
    chat, message = _editable(box, params)
    return _changed(box, chat, message, _under(markup), ("reply_markup",))


@method("deleteMessage", chat_id=kind.chat, message_id=kind.integer)
def delete_message(box: Sandbox, params: Parameters) -> bool:
    chat = known_chat(box, params)
    message = chat.messages.get(_message_id(params))
    if message is None:
        raise bad_request("message to delete not found")
    _delete(box, chat, message)
    return True


@method("deleteMessages", chat_id=kind.chat, message_ids=kind.array)
def delete_messages(box: Sandbox, params: Parameters) -> bool:
    """Those that can't be found are skipped."""
    chat = known_chat(box, params)
    for message_id in params.get("message_ids", []):
        if message := chat.messages.get(kind.integer("message_ids", message_id)):
            _delete(box, chat, message)
    return True


@method(
    "answerCallbackQuery",
    callback_query_id=kind.string,
    text=kind.string,
    show_alert=kind.boolean,
    url=kind.string,
    cache_time=kind.integer,
)
def answer_callback_query(box: Sandbox, params: Parameters) -> bool:
    query_id = params.get("callback_query_id", "")
    callback = box.callbacks.get(query_id)
    if callback is None or callback.answered:
        raise bad_request(QUERY_TOO_OLD)
    text = params.get("text") or None
    if text and utf16.length(text) > MAX_ALERT:
        raise bad_request("MESSAGE_TOO_LONG")
    callback.answered = True
    callback.text = text
    callback.show_alert = params.get("show_alert", False)
    box.events.publish(
        "callback",
        callback_query_id=query_id,
        person_id=callback.person_id,
        text=text,
        show_alert=callback.show_alert,
    )
    return True


def _editable(box: Sandbox, params: Parameters) -> tuple[Chat, Message]:
    chat = writable_chat(box, params)
    message = chat.messages.get(_message_id(params))
    if message is None:
        raise bad_request("message to edit not found")
    if message.outgoing or not message.editable:
        raise bad_request("message can't be edited")
    return chat, message


def _changed(box: Sandbox, chat: Chat, message: Message, new: Json, replaces: tuple[str, ...]) -> Json:
    """An edit without a keyboard takes the keyboard away, as in Telegram."""
    old = {name: message.body[name] for name in replaces if name in message.body}
    if old == new:
        raise bad_request(NOT_MODIFIED)
    for name in replaces:
        message.body.pop(name, None)
    message.body |= new
    message.body["edit_date"] = box.time.timestamp()
    chat.touch(message.id)
    box.changed(chat)
    return message.body


def _delete(box: Sandbox, chat: Chat, message: Message) -> None:
    if box.time.timestamp() - message.body["date"] > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    chat.remove(message.id)
    box.changed(chat)


def _message_id(params: Parameters) -> int:
    if "message_id" not in params:
        raise bad_request("message identifier is not specified")
    return int(params["message_id"])


def _under(markup: Json | None) -> Json:
    return {"reply_markup": markup} if markup else {}
