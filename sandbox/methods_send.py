"""Methods that send text and what else needs no file."""

from sandbox import parameters as kind
from sandbox.chats import Message
from sandbox.entities import caption_text, message_text
from sandbox.errors import bad_request
from sandbox.markup import parse_markup
from sandbox.messages import SENDING, known_chat, place, replied_to, send, show_typing, writable_chat
from sandbox.parameters import Parameters
from sandbox.registry import method
from sandbox.shapes import Json
from sandbox.state import Sandbox

ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
NOT_COPIED = frozenset(
    {
        "message_id",
        "from",
        "chat",
        "date",
        "edit_date",
        "reply_to_message",
        "reply_markup",
        "forward_origin",
        "media_group_id",
        "has_protected_content",
    }
)


@method(
    "sendMessage",
    **SENDING,
    text=kind.string,
    parse_mode=kind.string,
    entities=kind.entities,
    link_preview_options=kind.json_object,
    disable_web_page_preview=kind.boolean,
)
def send_message(box: Sandbox, params: Parameters) -> Json:
    text = message_text(params.get("text", ""), params.get("parse_mode"), params.get("entities"))
    return send(box, params, text.fields())


@method(
    "sendLocation",
    **SENDING,
    latitude=kind.number,
    longitude=kind.number,
    horizontal_accuracy=kind.number,
    live_period=kind.integer,
    heading=kind.integer,
    proximity_alert_radius=kind.integer,
)
def send_location(box: Sandbox, params: Parameters) -> Json:
    place_on_earth: Json = {"latitude": params.get("latitude"), "longitude": params.get("longitude")}
    if None in place_on_earth.values():
        raise bad_request("latitude and longitude are required")
    if abs(place_on_earth["latitude"]) > 90 or abs(place_on_earth["longitude"]) > 180:
        raise bad_request("wrong latitude or longitude specified")
    return send(box, params, {"location": place_on_earth})


@method(
    "sendContact",
    **SENDING,
    phone_number=kind.string,
    first_name=kind.string,
    last_name=kind.string,
    vcard=kind.string,
)
def send_contact(box: Sandbox, params: Parameters) -> Json:
    if not params.get("phone_number"):
        raise bad_request("phone number must be non-empty")
    if not params.get("first_name"):
        raise bad_request("first name must be non-empty")
    names = ("phone_number", "first_name", "last_name", "vcard")
    return send(box, params, {"contact": {name: params[name] for name in names if params.get(name)}})


@method(
    "sendChatAction",
    chat_id=kind.chat,
    action=kind.string,
    business_connection_id=kind.string,
    message_thread_id=kind.integer,
)
def send_chat_action(box: Sandbox, params: Parameters) -> bool:
    if params.get("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    show_typing(box, writable_chat(box, params))
    return True


@method(
    "forwardMessage",
    **SENDING,
    from_chat_id=kind.chat,
    message_id=kind.integer,
    video_start_timestamp=kind.integer,
)
def forward_message(box: Sandbox, params: Parameters) -> Json:
    source = _source(box, params, "forward")
    origin = source.body.get("forward_origin") or {
        "type": "user",
        "sender_user": source.body["from"],
        "date": source.body["date"],
    }
    return send(box, params, _copied(source) | {"forward_origin": origin})


@method(
    "copyMessage",
    **SENDING,
    from_chat_id=kind.chat,
    message_id=kind.integer,
    caption=kind.string,
    parse_mode=kind.string,
    caption_entities=kind.entities,
    show_caption_above_media=kind.boolean,
    video_start_timestamp=kind.integer,
)
def copy_message(box: Sandbox, params: Parameters) -> Json:
    source = _source(box, params, "copy")
    content = _copied(source)
    if "caption" in params and "text" not in content:
        content = {k: v for k, v in content.items() if k not in ("caption", "caption_entities")}
        caption = caption_text(params["caption"], params.get("parse_mode"), params.get("caption_entities"))
        content |= caption.fields("caption", "caption_entities")
    markup = parse_markup(params.get("reply_markup"))
    chat = writable_chat(box, params)
    replied = replied_to(chat, params)
    box.limits.spend(chat.id)
    return {"message_id": place(box, chat, params, content, markup, replied).id}


def _source(box: Sandbox, params: Parameters, verb: str) -> Message:
    where = Parameters({"chat_id": params["from_chat_id"]} if "from_chat_id" in params else {})
    message = known_chat(box, where).messages.get(params.get("message_id", 0))
    if message is None:
        raise bad_request(f"message to {verb} not found")
    if message.body.get("has_protected_content"):
        raise bad_request("message can't be forwarded" if verb == "forward" else "message can't be copied")
    return message


def _copied(source: Message) -> Json:
    return {key: value for key, value in source.body.items() if key not in NOT_COPIED}
