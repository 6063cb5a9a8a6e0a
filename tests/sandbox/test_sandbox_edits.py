"""Edits, deletions, and answers to pressed buttons."""

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio

YES = {"inline_keyboard": [[{"text": "是", "callback_data": "yes"}]]}


async def sent(driver: Any, person: int, **more: Any) -> int:
    message = await driver.ok("sendMessage", chat_id=person, text="原文", **more)
    return int(message["message_id"])


async def test_an_edit_changes_the_message_in_place(driver: Any) -> None:
    person = await driver.person()
    message_id = await sent(driver, person, reply_markup=YES)
    seq = (await driver.look(f"persons/{person}/chat"))["seq"]
    edited = await driver.ok("editMessageText", chat_id=person, message_id=message_id, text="新文")
    assert edited["text"] == "新文"
    assert edited["edit_date"] >= edited["date"]
    assert "reply_markup" not in edited
    changes = await driver.look(f"persons/{person}/chat", after=seq)
    assert [message["text"] for message in changes["messages"]] == ["新文"]


async def test_an_edit_to_the_same_is_refused(driver: Any) -> None:
    person = await driver.person()
    message_id = await sent(driver, person, reply_markup=YES)
    same = {"chat_id": person, "message_id": message_id, "text": " 原文 ", "reply_markup": YES}
    reason = (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )
    assert await driver.refused("editMessageText", **same) == reason
    keyboard = {"chat_id": person, "message_id": message_id, "reply_markup": YES}
    assert await driver.refused("editMessageReplyMarkup", **keyboard) == reason


async def test_only_the_keyboard_may_be_edited(driver: Any) -> None:
    person = await driver.person()
    message_id = await sent(driver, person, reply_markup=YES)
    edited = await driver.ok("editMessageReplyMarkup", chat_id=person, message_id=message_id)
    assert edited["text"] == "原文"
    assert "reply_markup" not in edited


async def test_what_is_not_there_is_not_edited(driver: Any) -> None:
    person = await driver.person()
    params = {"chat_id": person, "text": "新文"}
    assert await driver.refused("editMessageText", **params, message_id=9999) == (
        "Bad Request: message to edit not found"
    )
    assert await driver.refused("editMessageText", **params) == "Bad Request: message identifier is not specified"
    reason = await driver.refused("editMessageCaption", chat_id=person, message_id=await sent(driver, person))
    assert reason == "Bad Request: there is no caption in the message to edit"


async def test_what_a_person_said_is_not_edited(driver: Any) -> None:
    person = await driver.person()
    message_id = (await driver.people(f"persons/{person}/send", text="我说的"))["message_id"]
    reason = await driver.refused("editMessageText", chat_id=person, message_id=message_id, text="新文")
    assert reason == "Bad Request: message can't be edited"


@pytest.mark.parametrize("markup", [{"keyboard": [["甲"]]}, {"remove_keyboard": True}, {"force_reply": True}])
async def test_a_message_sent_with_another_keyboard_is_not_edited(driver: Any, markup: dict[str, Any]) -> None:
    person = await driver.person()
    message_id = await sent(driver, person, reply_markup=markup)
    reason = await driver.refused("editMessageText", chat_id=person, message_id=message_id, text="新文")
    assert reason == "Bad Request: message can't be edited"


async def test_a_deleted_message_is_gone(driver: Any) -> None:
    person = await driver.person()
    message_id = await sent(driver, person)
    seq = (await driver.look(f"persons/{person}/chat"))["seq"]
    assert await driver.ok("deleteMessage", chat_id=person, message_id=message_id) is True
    assert (await driver.look(f"persons/{person}/chat", after=seq))["deleted"] == [message_id]
    reason = await driver.refused("deleteMessage", chat_id=person, message_id=message_id)
    assert reason == "Bad Request: message to delete not found"


async def test_a_press_reaches_the_bot_with_its_message(driver: Any) -> None:
    person = await driver.person()
    message_id = await sent(driver, person, reply_markup=YES)
    pressed = await driver.people(f"persons/{person}/press", message_id=message_id, row=0, column=0)
    query = (await driver.ok("getUpdates"))[-1]["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (pressed["callback_query_id"], "yes", person)
    assert query["message"]["message_id"] == message_id


async def test_a_press_is_answered_once(driver: Any) -> None:
    person = await driver.person()
    query_id = await driver.press(person, await sent(driver, person, reply_markup=YES), "yes")
    assert (await driver.look(f"callbacks/{query_id}"))["answered"] is False
    await driver.ok("answerCallbackQuery", callback_query_id=query_id, text="记下了", show_alert=True)
    assert await driver.look(f"callbacks/{query_id}") == {"answered": True, "text": "记下了", "show_alert": True}
    reason = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await driver.refused("answerCallbackQuery", callback_query_id=query_id) == reason
    assert await driver.refused("answerCallbackQuery", callback_query_id="1") == reason


async def test_an_answer_has_at_most_200_characters(driver: Any) -> None:
    person = await driver.person()
    query_id = await driver.press(person, await sent(driver, person, reply_markup=YES), "yes")
    reason = await driver.refused("answerCallbackQuery", callback_query_id=query_id, text="长" * 201)
    assert reason == "Bad Request: MESSAGE_TOO_LONG"
    await driver.ok("answerCallbackQuery", callback_query_id=query_id, text="长" * 200)


async def test_only_what_is_on_the_keyboard_is_pressed_unless_forged(driver: Any) -> None:
    person = await driver.person()
    message_id = await sent(driver, person, reply_markup=YES)
    reason = await driver.nonsense(f"persons/{person}/press", message_id=message_id, data="no")
    assert "no button with the data" in reason
    assert "no button at row 0, column 7" in await driver.nonsense(
        f"persons/{person}/press", message_id=message_id, row=0, column=7
    )
    await driver.people(f"persons/{person}/press", message_id=message_id, data="no", forged=True)
    assert (await driver.ok("getUpdates"))[-1]["callback_query"]["data"] == "no"
