"""The people side over HTTP: what the phones page and the tests call."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import people
from sandbox.chats import Person
from sandbox.errors import ApiError, PeopleError
from sandbox.raw_updates import queue_raw
from sandbox.shapes import Json, encode
from sandbox.state import Sandbox
from sandbox.web_bodies import Body, read_body, read_json

Endpoint: TypeAlias = Callable[[Sandbox, Request], Awaitable[Any]]
PERSON_FIELDS = ("first_name", "last_name", "username", "language_code", "phone", "role", "note", "start_link", "id")
CONTENTS = ("text", "photo", "voice", "document", "location", "contact", "share_contact")
BESIDE = ("caption", "duration", "file_name", "mime_type", "reply_to_message_id", "media_group_id", "forward_origin")


def json_route(path: str, endpoint: Endpoint, verb: str = "POST") -> Route:
    """Answers JSON; what makes no sense is a 400 with the reason."""

    async def answer(request: Request) -> Response:
        try:
            return _json(await endpoint(request.app.state.sandbox, request))
        except PeopleError as error:
            return _json({"error": error.reason}, error.status)
        except ApiError as error:  # a file that Telegram wouldn't take from a phone either
            return _json({"error": error.description}, 400)

    return Route(path, answer, methods=[verb])


async def state(box: Sandbox, request: Request) -> Json:
    return {
        "persons": [person_shape(box, person) for person in box.persons.values()],
        "clock": box.time.now().isoformat(),
        "clock_moves": box.time.moves,
        "bot": {
            "id": box.bot_user["id"],
            "username": box.username,
            "first_name": box.first_name,
            "commands": box.profile.commands_for(0, ""),
        },
    }


async def add_person(box: Sandbox, request: Request) -> Json:
    body = await read_body(request)
    body.only(*PERSON_FIELDS)
    person = Person(
        id=body.optional_integer("id") or box.next_person_id(),
        first_name=body.text("first_name"),
        last_name=body.optional_text("last_name"),
        username=body.optional_text("username"),
        language_code=body.optional_text("language_code") or "zh-hans",
        phone=body.optional_text("phone"),
        role=body.optional_text("role"),
        note=body.optional_text("note"),
        start_link=body.optional_text("start_link"),
    )
    return person_shape(box, box.add_person(person))


async def chat(box: Sandbox, request: Request) -> Json:
    conversation = box.chats[_person(box, request).id]
    messages, deleted = conversation.since(_query_integer(request, "after"))
    return {
        "messages": [{**message.body, "outgoing": message.outgoing} for message in messages],
        "deleted": deleted,
        "keyboard": conversation.keyboard,
        "keyboard_message_id": conversation.keyboard_message,
        "seq": conversation.seq,
        "typing": conversation.typing,
    }


async def send(box: Sandbox, request: Request) -> Json:
    person = _person(box, request)
    body = await read_body(request)
    body.only(*CONTENTS, *BESIDE)
    given = [name for name in CONTENTS if name in body]
    if len(given) != 1:
        raise PeopleError(f"give exactly one of {', '.join(CONTENTS)}")
    if given == ["share_contact"]:
        return people.share_contact(box, person).shape()
    context = people.Context(
        body.optional_integer("reply_to_message_id"),
        body.optional_text("media_group_id"),
        body.object("forward_origin") or None,
    )
    if given == ["text"]:
        return people.say_text(box, person, body.text("text"), context).shape()
    return people.say(box, person, _content(box, body, given[0]), context).shape()


async def edit(box: Sandbox, request: Request) -> Json:
    body = await read_body(request)
    body.only("message_id", "text")
    person = _person(box, request)
    return people.edit(box, person, body.integer("message_id"), body.text("text")).shape()


async def press(box: Sandbox, request: Request) -> Json:
    person = _person(box, request)
    body = await read_body(request)
    body.only("message_id", "data", "row", "column", "forged")
    message_id = body.integer("message_id")
    if "data" in body:
        return people.press(box, person, message_id, body.text("data"), body.flag("forged"))
    data = people.data_at(box, person, message_id, body.integer("row"), body.integer("column"))
    return people.press(box, person, message_id, data)


async def follow(box: Sandbox, request: Request) -> Json:
    person = _person(box, request)
    body = await read_body(request)
    body.only("link", "start")
    if "link" in body:
        return people.follow_link(box, person, body.text("link")).shape()
    return people.start(box, person, body.text("start")).shape()


async def block(box: Sandbox, request: Request) -> Json:
    return people.set_blocked(box, _person(box, request), True)


async def unblock(box: Sandbox, request: Request) -> Json:
    return people.set_blocked(box, _person(box, request), False)


async def deactivate(box: Sandbox, request: Request) -> Json:
    """The account is deleted: the bot isn't told, it finds out when it writes."""
    person = _person(box, request)
    person.deactivated = True
    box.events.publish("persons")
    return person_shape(box, person)


async def callback(box: Sandbox, request: Request) -> Json:
    known = box.callbacks.get(request.path_params["callback_query_id"])
    if known is None:
        raise PeopleError("there is no such callback query", status=404)
    return {"answered": known.answered, "text": known.text, "show_alert": known.show_alert}


async def move_clock(box: Sandbox, request: Request) -> Json:
    body = await read_body(request)
    body.only("to")
    return {"clock": await box.move_clock(body.text("to"))}


async def printed_cards(box: Sandbox, request: Request) -> list[Json]:
    return box.printed_cards


async def add_printed_cards(box: Sandbox, request: Request) -> list[Json]:
    cards = await read_json(request)
    cards = cards.get("cards", [cards]) if isinstance(cards, dict) else cards
    if not isinstance(cards, list) or not all(isinstance(card, dict) and "link" in card for card in cards):
        raise PeopleError("give a list of cards, each with title, link, code, household")
    box.add_printed_cards(cards)
    return box.printed_cards


async def calls(box: Sandbox, request: Request) -> list[Json]:
    return box.calls.after(_query_integer(request, "after"))


async def limits(box: Sandbox, request: Request) -> Json:
    body = await read_body(request)
    body.only("enabled", "overall_per_second", "chat_per_second", "chat_burst")
    flood = box.limits
    flood.overall_per_second = body.positive("overall_per_second", flood.overall_per_second)
    flood.chat_per_second = body.positive("chat_per_second", flood.chat_per_second)
    flood.chat_burst = int(body.positive("chat_burst", flood.chat_burst))
    flood.enabled = body.flag("enabled") if "enabled" in body else flood.enabled
    return {
        "enabled": flood.enabled,
        "overall_per_second": flood.overall_per_second,
        "chat_per_second": flood.chat_per_second,
        "chat_burst": flood.chat_burst,
    }


async def updates(box: Sandbox, request: Request) -> Json:
    """One update, or a list of them."""
    body = await read_json(request)
    if isinstance(body, list):
        return {"update_ids": [queue_raw(box, update) for update in body]}
    return {"update_id": queue_raw(box, body)}


def person_shape(box: Sandbox, person: Person) -> Json:
    shape: Json = {name: getattr(person, name) for name in PERSON_FIELDS}
    conversation = box.chats[person.id]
    return shape | {
        "blocked": person.blocked,
        "deactivated": person.deactivated,
        "opened": conversation.opened,
        "seq": conversation.seq,
    }


def _content(box: Sandbox, body: Body, what: str) -> Json:
    caption = people.caption(body.optional_text("caption"))
    match what:
        case "photo":
            return {"photo": box.files.add_photo(body.content("photo", "photo.jpg")).shape} | caption
        case "document":
            return {"document": box.files.add_document(body.content("document", "document")).shape} | caption
        case "voice":
            upload = body.content("voice", "voice.ogg")
            return {"voice": box.files.add_voice(upload, body.optional_integer("duration") or 0).shape} | caption
        case "location":
            return {"location": people.checked(body.object("location"), latitude=(int, float), longitude=(int, float))}
        case _:
            return {"contact": people.checked(body.object("contact"), phone_number=(str,), first_name=(str,))}


def _person(box: Sandbox, request: Request) -> Person:
    return box.person(request.path_params["person_id"])


def _query_integer(request: Request, name: str) -> int:
    value = request.query_params.get(name, "0")
    if not value.isdigit():
        raise PeopleError(f"{name!r} must be a number")
    return int(value)


def _json(value: object, status: int = 200) -> Response:
    return Response(encode(value), status, media_type="application/json")


ROUTES = [
    json_route("/sandbox/state", state, "GET"),
    json_route("/sandbox/persons", add_person),
    json_route("/sandbox/persons/{person_id:int}/chat", chat, "GET"),
    json_route("/sandbox/persons/{person_id:int}/send", send),
    json_route("/sandbox/persons/{person_id:int}/edit", edit),
    json_route("/sandbox/persons/{person_id:int}/press", press),
    json_route("/sandbox/persons/{person_id:int}/open", follow),
    json_route("/sandbox/persons/{person_id:int}/block", block),
    json_route("/sandbox/persons/{person_id:int}/unblock", unblock),
    json_route("/sandbox/persons/{person_id:int}/deactivate", deactivate),
    json_route("/sandbox/callbacks/{callback_query_id}", callback, "GET"),
    json_route("/sandbox/clock", move_clock),
    json_route("/sandbox/printed-cards", printed_cards, "GET"),
    json_route("/sandbox/printed-cards", add_printed_cards),
    json_route("/sandbox/calls", calls, "GET"),
    json_route("/sandbox/limits", limits),
    json_route("/sandbox/updates", updates),
]
