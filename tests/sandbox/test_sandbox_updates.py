"""Polling: an update stays until it is confirmed."""

import asyncio
from typing import Any

import pytest

pytestmark = pytest.mark.asyncio


async def say(driver: Any, person: int, *texts: str) -> list[int]:
    return [(await driver.people(f"persons/{person}/send", text=text))["update_id"] for text in texts]


async def test_an_update_is_handed_out_again_until_a_higher_offset_confirms_it(driver: Any) -> None:
    person = await driver.person()
    first, second = await say(driver, person, "第一条", "第二条")
    for _ in range(2):
        assert [u["update_id"] for u in await driver.ok("getUpdates")] == [first, second]
    assert [u["update_id"] for u in await driver.ok("getUpdates", offset=second)] == [second]
    assert await driver.ok("getUpdates", offset=second + 1) == []
    assert await driver.ok("getUpdates") == []


async def test_ids_follow_one_another(driver: Any) -> None:
    person = await driver.person()
    ids = await say(driver, person, "一", "二", "三")
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]


async def test_limit_takes_the_oldest(driver: Any) -> None:
    person = await driver.person()
    ids = await say(driver, person, "一", "二", "三")
    assert [u["update_id"] for u in await driver.ok("getUpdates", limit=2)] == ids[:2]


async def test_a_negative_offset_keeps_the_last_ones_and_forgets_the_rest(driver: Any) -> None:
    person = await driver.person()
    ids = await say(driver, person, "一", "二", "三")
    assert [u["update_id"] for u in await driver.ok("getUpdates", offset=-2)] == ids[1:]
    assert [u["update_id"] for u in await driver.ok("getUpdates")] == ids[1:]


async def test_an_offset_far_in_the_future_is_ignored(driver: Any) -> None:
    person = await driver.person()
    ids = await say(driver, person, "一")
    assert [u["update_id"] for u in await driver.ok("getUpdates", offset=ids[0] + 1000)] == ids
    assert len(driver.box.updates) == 1


async def test_a_long_poll_answers_as_soon_as_something_arrives(driver: Any) -> None:
    person = await driver.person()
    poll = asyncio.create_task(driver.ok("getUpdates", timeout=50))
    await driver.until(lambda: driver.box.updates.polling)
    await say(driver, person, "来了")
    assert [u["message"]["text"] for u in await asyncio.wait_for(poll, 5)] == ["来了"]


async def test_a_long_poll_ends_empty_after_its_timeout(driver: Any) -> None:
    assert await driver.ok("getUpdates", timeout=1) == []


async def test_a_second_poller_ends_the_first_with_409(driver: Any) -> None:
    first = asyncio.create_task(driver.call("getUpdates", timeout=50))
    await driver.until(lambda: driver.box.updates.polling)
    second = asyncio.create_task(driver.call("getUpdates", timeout=1))
    envelope = await asyncio.wait_for(first, 5)
    assert envelope == {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    }
    assert (await second)["ok"]


async def test_kinds_that_were_not_asked_for_are_not_queued(driver: Any) -> None:
    person = await driver.person()
    await driver.ok("getUpdates", allowed_updates=["callback_query"])
    assert await say(driver, person, "听不到") == [None]
    await driver.ok("getUpdates", allowed_updates=[])
    assert await say(driver, person, "听到了") != [None]


async def test_allowed_updates_last_until_they_are_given_again(driver: Any) -> None:
    person = await driver.person()
    await driver.ok("getUpdates", allowed_updates=["callback_query"])
    await driver.ok("getUpdates")
    assert await say(driver, person, "听不到") == [None]


async def test_later_edits_do_not_change_a_queued_update(driver: Any) -> None:
    person = await driver.person()
    sent = await driver.people(f"persons/{person}/send", text="原文")
    await driver.people(f"persons/{person}/edit", message_id=sent["message_id"], text="改过")
    message, edited = await driver.ok("getUpdates")
    assert message["message"]["text"] == "原文"
    assert edited["edited_message"]["text"] == "改过"
    assert edited["edited_message"]["edit_date"] >= edited["edited_message"]["date"]


async def test_a_raw_update_is_queued_as_it_is(driver: Any) -> None:
    update_id = (await driver.people("updates", message={"bad": [1, None]}, odd="字段"))["update_id"]
    assert await driver.ok("getUpdates") == [{"update_id": update_id, "message": {"bad": [1, None]}, "odd": "字段"}]


async def test_the_bot_can_answer_the_people_of_a_raw_update(driver: Any) -> None:
    sender = {"id": 5_000_000_001, "is_bot": False, "first_name": "李建国"}
    chat = {"id": sender["id"], "type": "private", "first_name": "李建国"}
    await driver.people("updates", message={"message_id": 90, "date": 1, "chat": chat, "from": sender, "text": "在"})
    answer = await driver.ok("sendMessage", chat_id=sender["id"], text="在的", reply_parameters={"message_id": 90})
    assert answer["message_id"] > 90
    assert answer["reply_to_message"]["text"] == "在"


async def test_the_bot_can_answer_a_group_of_a_raw_update(driver: Any) -> None:
    group = {"id": -100123, "type": "supergroup", "title": "网格群"}
    sender = {"id": 5_000_000_002, "is_bot": False, "first_name": "李"}
    await driver.people("updates", message={"message_id": 1, "date": 1, "chat": group, "from": sender, "text": "/a"})
    assert (await driver.ok("sendMessage", chat_id=-100123, text="好"))["chat"] == group


async def test_ids_may_jump_ahead_but_never_back(driver: Any) -> None:
    first = (await driver.people("updates", message={}))["update_id"]
    assert (await driver.people("updates", update_id=first + 500, message={}))["update_id"] == first + 500
    assert "update_id must be at least" in await driver.nonsense("updates", update_id=first, message={})


async def test_twenty_thousand_updates_are_polled_in_order(driver: Any) -> None:
    batch = [{"message": {"number": number}} for number in range(20_000)]
    await driver.http.post("/sandbox/updates", json=batch)
    offset, numbers = 0, []
    while updates := await driver.ok("getUpdates", offset=offset):
        numbers += [update["message"]["number"] for update in updates]
        offset = updates[-1]["update_id"] + 1
    assert numbers == list(range(20_000))
