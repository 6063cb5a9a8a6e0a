"""Updates written by a test: queued as they are, and made plausible around them."""

from sandbox.chats import Chat, Message, Person
from sandbox.errors import PeopleError
from sandbox.shapes import Json
from sandbox.state import Callback, Sandbox

MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post")


def queue_raw(box: Sandbox, fields: object) -> int:
    """Queue any JSON object; chats, people and messages named in it exist from then on, so that a bot can answer."""
    if not isinstance(fields, dict):
        raise PeopleError("an update is a JSON object")
    lane = _learn(box, fields)
    try:
        return box.updates.push_raw(fields, lane)
    except (ValueError, TypeError) as error:
        raise PeopleError(str(error)) from None


def _learn(box: Sandbox, fields: Json) -> int:
    """Returns the lane: the chat, else the person, else 0."""
    query = _object(fields, "callback_query")
    sender = _object(query, "from")
    if isinstance(query.get("id"), str) and isinstance(sender.get("id"), int):
        box.callbacks.setdefault(query["id"], Callback(sender["id"]))
    for message in [*(_object(fields, kind) for kind in MESSAGES), _object(query, "message")]:
        info = _object(message, "chat")
        if isinstance(info.get("id"), int):
            _learn_message(box, _chat(box, info), message)
            return int(info["id"])
    member = _object(_object(fields, "my_chat_member"), "chat")
    lane = member.get("id", sender.get("id", 0))
    return lane if isinstance(lane, int) else 0


def _chat(box: Sandbox, info: Json) -> Chat:
    chat = box.chats.get(info["id"])
    if chat is None and info.get("type") == "private":
        names = {key: info[key] for key in ("last_name", "username") if isinstance(info.get(key), str)}
        box.add_person(Person(info["id"], str(info.get("first_name", "?")), **names))
        chat = box.chats[info["id"]]
    elif chat is None:
        chat = box.chats[info["id"]] = Chat(info["id"], info)
    chat.opened = True
    return chat


def _learn_message(box: Sandbox, chat: Chat, message: Json) -> None:
    message_id = message.get("message_id")
    if not isinstance(message_id, int) or message_id in chat.messages:
        return
    by_bot = _object(message, "from").get("id") == box.bot_user["id"]
    stored = {"date": box.time.timestamp(), "from": box.bot_user} | message
    chat.put(Message(stored, outgoing=not by_bot))
    box.skip_message_ids(message_id)
    box.changed(chat)


def _object(fields: Json, name: str) -> Json:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}
