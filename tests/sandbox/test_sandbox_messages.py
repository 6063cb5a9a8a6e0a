"""Sending: what arrives, and what Telegram refuses in which words."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.asyncio


async def test_a_message_arrives_on_the_phone(driver: Any) -> None:
    person = await driver.person()
    sent = await driver.ok("sendMessage", chat_id=person, text="<b>您好</b>", parse_mode="HTML")
    assert sent["text"] == "您好"
    assert sent["from"]["is_bot"] is True
    chat = await driver.look(f"persons/{person}/chat")
    assert chat["messages"][-1] == sent | {"outgoing": False}


async def test_the_bot_cannot_write_first(driver: Any) -> None:
    person = await driver.person(started=False)
    assert await driver.refused("sendMessage", chat_id=person, text="好") == "Bad Request: chat not found"
    assert await driver.refused("sendMessage", chat_id=404, text="好") == "Bad Request: chat not found"
    assert await driver.refused("sendMessage", chat_id="@nobody", text="好") == "Bad Request: chat not found"
    assert await driver.refused("sendMessage", text="好") == "Bad Request: chat_id is empty"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "message text is empty"),
        (" \n ", "message text is empty"),
        ("<b></b>", "message text is empty"),
        ("访" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("<p>段</p>", 'can\'t parse entities: Unsupported start tag "p" at byte offset 0'),
    ],
)
async def test_a_bad_text_is_refused(driver: Any, text: str, reason: str) -> None:
    person = await driver.person()
    assert await driver.refused("sendMessage", chat_id=person, text=text, parse_mode="HTML") == f"Bad Request: {reason}"


@pytest.mark.parametrize("text", ["访" * 4096, "😀" * 2048, "<b>" + "&lt;" * 4096 + "</b>"])
async def test_length_is_counted_in_utf16_units_after_parsing(driver: Any, text: str) -> None:
    person = await driver.person()
    await driver.ok("sendMessage", chat_id=person, text=text, parse_mode="HTML")


async def test_a_reply_quotes_its_message(driver: Any) -> None:
    person = await driver.person()
    asked = await driver.people(f"persons/{person}/send", text="几点？")
    answer = await driver.ok(
        "sendMessage", chat_id=person, text="八点", reply_parameters={"message_id": asked["message_id"]}
    )
    assert answer["reply_to_message"]["text"] == "几点？"


async def test_a_reply_to_nothing_is_refused_unless_it_may_stand_alone(driver: Any) -> None:
    person = await driver.person()
    params = {"chat_id": person, "text": "八点", "reply_to_message_id": 9999}
    assert await driver.refused("sendMessage", **params) == "Bad Request: message to be replied not found"
    assert "reply_to_message" not in await driver.ok("sendMessage", **params, allow_sending_without_reply=True)


async def test_who_has_blocked_the_bot_gets_nothing(driver: Any) -> None:
    person = await driver.person()
    await driver.people(f"persons/{person}/block")
    refused = await driver.call("sendMessage", chat_id=person, text="在吗")
    assert refused == {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    await driver.people(f"persons/{person}/unblock")
    await driver.ok("sendMessage", chat_id=person, text="在吗")


async def test_a_deleted_account_gets_nothing(driver: Any) -> None:
    person = await driver.person()
    await driver.people(f"persons/{person}/deactivate")
    assert await driver.refused("sendMessage", chat_id=person, text="在吗") == "Forbidden: user is deactivated"


async def test_location_and_contact_arrive(driver: Any) -> None:
    person = await driver.person()
    location = await driver.ok("sendLocation", chat_id=person, latitude=25.5, longitude=103.8)
    assert location["location"] == {"latitude": 25.5, "longitude": 103.8}
    contact = await driver.ok("sendContact", chat_id=person, phone_number="12345", first_name="热线")
    assert contact["contact"] == {"phone_number": "12345", "first_name": "热线"}


async def test_typing_shows_until_the_next_message(driver: Any) -> None:
    person = await driver.person()
    await driver.ok("sendChatAction", chat_id=person, action="typing")
    assert (await driver.look(f"persons/{person}/chat"))["typing"] is True
    await driver.ok("sendMessage", chat_id=person, text="好了")
    assert (await driver.look(f"persons/{person}/chat"))["typing"] is False


async def test_a_copy_has_no_origin_and_a_forward_has_one(driver: Any) -> None:
    person, other = await driver.person(), await driver.person("李建国")
    message_id = (await driver.people(f"persons/{person}/send", text="漏水了"))["message_id"]
    source = {"from_chat_id": person, "message_id": message_id}
    copied = await driver.ok("copyMessage", chat_id=other, **source)
    forwarded = await driver.ok("forwardMessage", chat_id=other, **source)
    shown = {m["message_id"]: m for m in (await driver.look(f"persons/{other}/chat"))["messages"]}
    assert shown[copied["message_id"]]["text"] == "漏水了"
    assert "forward_origin" not in shown[copied["message_id"]]
    assert forwarded["forward_origin"]["sender_user"]["id"] == person
    gone = {"chat_id": other, "from_chat_id": person, "message_id": 9999}
    assert await driver.refused("copyMessage", **gone) == "Bad Request: message to copy not found"
    assert await driver.refused("forwardMessage", **gone) == "Bad Request: message to forward not found"


async def test_get_chat_shows_no_phone_number(driver: Any) -> None:
    person = await driver.person(phone="+8613800000000")
    chat = await driver.ok("getChat", chat_id=person)
    assert (chat["first_name"], chat["type"]) == ("王秀兰", "private")
    assert "13800000000" not in str(chat)


async def test_half_a_character_is_refused(driver: Any) -> None:
    person = await driver.person()
    body = json.dumps({"chat_id": person, "text": "\ud83d"})
    headers = {"Content-Type": "application/json"}
    answer = await driver.http.post(f"/bot{driver.box.token}/sendMessage", content=body, headers=headers)
    assert answer.json()["description"] == "Bad Request: strings must be encoded in UTF-8"
