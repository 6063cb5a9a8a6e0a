"""Whatever is sent, it is answered or refused, and nothing crashes."""

import json
from contextlib import suppress
from typing import Any

import pytest

from sandbox import Person, Sandbox
from sandbox.dispatch import call
from sandbox.errors import ApiError
from sandbox.people import say_text
from sandbox.registry import METHODS
from sandbox.shapes import encode

NONSENSE: list[Any] = [
    "",
    " ",
    "null",
    "{}",
    "[]",
    "[[]]",
    '[{"type":"bold"}]',
    "-1",
    "9" * 19,
    "9" * 400,
    "attach://nothing",
    "@nobody",
    "https://[",
    "\x00",
    None,
    True,
    0,
    -5,
    10**30,
    1.5,
    [],
    [None],
    [[]],
    [{}],
    [[None]],
    [{"type": "photo", "media": "attach://x", "caption": 5}] * 2,
    {},
    {"type": None},
    {"type": "default"},
    {"message_id": "x"},
    {"message_id": [1]},
    {"inline_keyboard": None},
    {"inline_keyboard": [[{"text": "x", "url": "http://["}]]},
    {"inline_keyboard": [[{"text": 1, "callback_data": 1}]]},
    {"keyboard": [[None]]},
    {"keyboard": [[{"text": "x"}]], "input_field_placeholder": 5},
    {"remove_keyboard": [1]},
]
SLOW = {"getUpdates": {"timeout"}, "setWebhook": {"url"}}
ENOUGH: dict[str, Any] = {
    "text": "好",
    "message_id": 1,
    "caption": "x",
    "action": "typing",
    "latitude": 1,
    "longitude": 1,
    "phone_number": "1",
    "first_name": "x",
    "commands": [],
    "name": "x",
}


PEOPLE = {
    "persons": ["first_name", "id", "phone"],
    "persons/{}/send": [
        "text",
        "photo",
        "voice",
        "document",
        "location",
        "contact",
        "share_contact",
        "reply_to_message_id",
        "forward_origin",
    ],
    "persons/{}/press": ["message_id", "data", "row"],
    "persons/{}/open": ["link", "start"],
    "persons/{}/edit": ["message_id", "text"],
    "limits": ["enabled", "overall_per_second"],
    "clock": ["to"],
}


@pytest.mark.asyncio
@pytest.mark.parametrize("name", sorted(method.name for method in METHODS.values()))
async def test_nonsense_is_answered_or_refused(box: Sandbox, name: str) -> None:
    person = box.add_person(Person(5, "王秀兰"))
    say_text(box, person, "你好")
    kinds = METHODS[name.lower()].kinds
    complete = ENOUGH | {"chat_id": person.id, "from_chat_id": person.id}
    sound = {key: value for key, value in complete.items() if key in kinds}
    for parameter in kinds.keys() - SLOW.get(name, set()):
        for value in NONSENSE:
            with suppress(ApiError):
                encode(await call(box, name, sound | {parameter: value}, {}))


@pytest.mark.asyncio
@pytest.mark.parametrize("path", PEOPLE)
async def test_nonsense_on_the_people_side_gets_a_reason(driver: Any, path: str) -> None:
    person = await driver.person()
    for field in PEOPLE[path]:
        for value in NONSENSE:
            body = json.dumps({"message_id": 1} | {field: value} if "{}" in path else {field: value})
            answer = await driver.http.post(f"/sandbox/{path.format(person)}", content=body)
            assert answer.status_code in (200, 400), (field, value, answer.text)


@pytest.mark.asyncio
async def test_nonsense_in_raw_updates_is_queued(driver: Any) -> None:
    for field in ("message", "callback_query", "my_chat_member", "edited_message", "poll"):
        for value in [*NONSENSE, {"chat": {"id": "x"}}, {"chat": {"id": 5, "type": 5}, "message_id": True}]:
            await driver.people("updates", **{field: value})
