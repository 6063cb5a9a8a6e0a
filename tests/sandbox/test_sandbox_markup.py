"""Keyboards: inline ones belong to a message, the others to the chat."""

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "好", **button}]]}


@pytest.mark.parametrize("data", ["x", "x" * 64, "访" * 21])
async def test_callback_data_may_have_up_to_64_bytes(driver: Any, data: str) -> None:
    person = await driver.person()
    markup = inline(callback_data=data)
    sent = await driver.ok("sendMessage", chat_id=person, text="选", reply_markup=markup)
    assert sent["reply_markup"] == markup


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (inline(callback_data=""), "BUTTON_DATA_INVALID"),
        (inline(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (inline(callback_data="访" * 22), "BUTTON_DATA_INVALID"),
        (inline(), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (inline(calback_data="x"), 'unknown field "calback_data" in the reply markup'),
        (inline(url="not a link"), "inline keyboard button URL 'not a link' is invalid: Wrong HTTP URL"),
        (
            {"inline_keyboard": [[{"callback_data": "x"}]]},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            {"inline_keyboard": [{"text": "x"}]},
            'field "inline_keyboard" of the ReplyMarkup must be an Array of Arrays',
        ),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "x"}]] * 101}, "reply markup is too long"),
        ({"keyboard": [[{"text": " "}]]}, "keyboard button text must be non-empty"),
        ({"keyboard": [["x"]], "is_persistent": "yes"}, 'field "is_persistent" must be of type Boolean'),
        ({}, None),
        ({"inline_keyboard": []}, None),
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
    ],
)
async def test_a_bad_keyboard_is_refused(driver: Any, markup: Any, reason: str | None) -> None:
    person = await driver.person()
    envelope = await driver.call("sendMessage", chat_id=person, text="选", reply_markup=markup)
    assert envelope.get("description") == (reason and f"Bad Request: {reason}")


async def test_a_reply_keyboard_is_shown_but_not_given_back(driver: Any) -> None:
    person = await driver.person()
    keyboard = {
        "keyboard": [["记走访"], [{"text": "发送号码", "request_contact": True}]],
        "is_persistent": True,
        "resize_keyboard": True,
    }
    sent = await driver.ok("sendMessage", chat_id=person, text="请选", reply_markup=keyboard)
    assert "reply_markup" not in sent
    shown = (await driver.look(f"persons/{person}/chat"))["keyboard"]
    assert shown["keyboard"] == [[{"text": "记走访"}], [{"text": "发送号码", "request_contact": True}]]
    assert shown["is_persistent"] is True


async def test_an_inline_keyboard_leaves_the_reply_keyboard_alone(driver: Any) -> None:
    person = await driver.person()
    await driver.ok("sendMessage", chat_id=person, text="一", reply_markup={"keyboard": [["甲"]]})
    await driver.ok("sendMessage", chat_id=person, text="二", reply_markup=inline(callback_data="x"))
    assert (await driver.look(f"persons/{person}/chat"))["keyboard"] is not None


async def test_a_keyboard_is_removed(driver: Any) -> None:
    person = await driver.person()
    await driver.ok("sendMessage", chat_id=person, text="一", reply_markup={"keyboard": [["甲"]]})
    await driver.ok("sendMessage", chat_id=person, text="二", reply_markup={"remove_keyboard": True})
    assert (await driver.look(f"persons/{person}/chat"))["keyboard"] is None


@pytest.mark.parametrize(
    "markup",
    [{"force_reply": True}, {"keyboard": [["甲"]], "one_time_keyboard": True}],
)
async def test_what_is_used_once_goes_after_the_answer(driver: Any, markup: dict[str, Any]) -> None:
    person = await driver.person()
    await driver.ok("sendMessage", chat_id=person, text="问", reply_markup=markup)
    assert (await driver.look(f"persons/{person}/chat"))["keyboard"] == {
        **markup,
        **({"keyboard": [[{"text": "甲"}]]} if "keyboard" in markup else {}),
    }
    await driver.people(f"persons/{person}/send", text="甲")
    assert (await driver.look(f"persons/{person}/chat"))["keyboard"] is None


async def test_the_contact_button_sends_the_own_number_as_a_reply(driver: Any) -> None:
    person = await driver.person(phone="+8613800000000")
    keyboard = {"keyboard": [[{"text": "发送号码", "request_contact": True}]], "one_time_keyboard": True}
    asked = await driver.ok("sendMessage", chat_id=person, text="请", reply_markup=keyboard)
    await driver.people(f"persons/{person}/send", share_contact=True)
    message = (await driver.ok("getUpdates"))[-1]["message"]
    assert message["contact"] == {"phone_number": "+8613800000000", "first_name": "王秀兰", "user_id": person}
    assert message["reply_to_message"]["message_id"] == asked["message_id"]
    assert (await driver.look(f"persons/{person}/chat"))["keyboard"] is None
