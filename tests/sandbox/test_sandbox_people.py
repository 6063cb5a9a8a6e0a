"""The people side: persons, their chats, deep links, blocking, cards, events."""

import asyncio
import json
from typing import Any

import pytest

pytestmark = pytest.mark.asyncio


async def test_the_state_lists_people_clock_and_bot(driver: Any) -> None:
    person = await driver.person(role="household", note="石桥村 3 组", phone="+8613800000000", last_name="王")
    state = await driver.look("state")
    assert state["bot"]["username"] == "lianxin_bot"
    assert state["clock"].endswith("+08:00")
    assert state["clock_moves"] is False
    shown = state["persons"][0]
    assert (shown["id"], shown["role"], shown["note"], shown["blocked"]) == (person, "household", "石桥村 3 组", False)


async def test_the_bot_never_sees_what_is_only_for_the_page(driver: Any) -> None:
    person = await driver.person(phone="+8613800000000", role="cadre", note="张书记", start_link="https://t.me/x")
    await driver.people(f"persons/{person}/send", text="你好")
    update = json.dumps(await driver.ok("getUpdates"), ensure_ascii=False)
    assert not any(word in update for word in ("13800000000", "cadre", "张书记", "t.me/x"))


async def test_an_id_may_be_chosen_once(driver: Any) -> None:
    assert await driver.person(id=42) == 42
    assert await driver.nonsense("persons", first_name="重", id=42) == "there is a person 42 already"


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("https://t.me/lianxin_bot?start=inv_Ab-9", "/start inv_Ab-9"),
        ("t.me/Lianxin_Bot?start=x", "/start x"),
        ("tg://resolve?domain=lianxin_bot&start=y", "/start y"),
        ("https://t.me/lianxin_bot", "/start"),
    ],
)
async def test_a_deep_link_starts_the_bot_with_its_parameter(driver: Any, link: str, text: str) -> None:
    person = await driver.person(started=False)
    await driver.people(f"persons/{person}/open", link=link)
    message = (await driver.ok("getUpdates"))[-1]["message"]
    assert message["text"] == text
    assert message["entities"] == [{"offset": 0, "length": 6, "type": "bot_command"}]
    await driver.ok("sendMessage", chat_id=person, text="欢迎")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"link": "https://t.me/other_bot?start=x"}, "the link leads to 'other_bot'"),
        ({"link": "https://example.com/lianxin_bot"}, "not a link to a bot"),
        ({"start": "有空格 "}, "a start parameter has up to 64"),
        ({"start": "x" * 65}, "a start parameter has up to 64"),
        ({}, "'start' is missing"),
    ],
)
async def test_a_bad_link_is_refused(driver: Any, body: dict[str, str], reason: str) -> None:
    person = await driver.person()
    assert reason in await driver.nonsense(f"persons/{person}/open", **body)


async def test_blocking_and_unblocking_are_told_once_each(driver: Any) -> None:
    person = await driver.person()
    for path in ("block", "block", "unblock", "unblock"):
        await driver.people(f"persons/{person}/{path}")
    changes = [update["my_chat_member"] for update in await driver.ok("getUpdates")]
    assert [(c["old_chat_member"]["status"], c["new_chat_member"]["status"]) for c in changes] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


async def test_who_has_blocked_the_bot_says_nothing_until_restarting(driver: Any) -> None:
    person = await driver.person()
    await driver.people(f"persons/{person}/block")
    assert "has blocked the bot" in await driver.nonsense(f"persons/{person}/send", text="在")
    await driver.people(f"persons/{person}/open", start="")
    kinds = [set(update) - {"update_id"} for update in await driver.ok("getUpdates")]
    assert kinds == [{"my_chat_member"}, {"my_chat_member"}, {"message"}]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "give exactly one of"),
        ({"text": "x", "photo": "eA=="}, "give exactly one of"),
        ({"text": 5}, "'text' must be a string"),
        ({"text": ""}, "1 to 4096"),
        ({"text": "x", "replyto": 1}, "unknown field 'replyto'"),
        ({"text": "x", "reply_to_message_id": 999}, "there is no message 999"),
        ({"photo": "***"}, "'photo' is not base64"),
        ({"photo": "eA=="}, "IMAGE_PROCESS_FAILED"),
        ({"location": {"latitude": 1}}, "'longitude' is missing"),
        ({"contact": {"first_name": "x"}}, "'phone_number' is missing"),
        ({"share_contact": True}, "has no phone number"),
    ],
)
async def test_a_message_that_makes_no_sense_is_refused(driver: Any, body: dict[str, Any], reason: str) -> None:
    person = await driver.person()
    assert reason in await driver.nonsense(f"persons/{person}/send", **body)


async def test_somebody_who_is_not_there_is_404(driver: Any) -> None:
    answer = await driver.http.post("/sandbox/persons/1/send", json={"text": "x"})
    assert (answer.status_code, answer.json()) == (404, {"error": "there is no person 1"})


async def test_surroundings_of_a_message_reach_the_bot(driver: Any) -> None:
    person = await driver.person()
    asked = await driver.ok("sendMessage", chat_id=person, text="几口人？")
    origin = {"type": "hidden_user", "sender_user_name": "邻居", "date": 1}
    await driver.people(
        f"persons/{person}/send", text="四口", reply_to_message_id=asked["message_id"], forward_origin=origin
    )
    message = (await driver.ok("getUpdates"))[-1]["message"]
    assert message["reply_to_message"]["text"] == "几口人？"
    assert message["forward_origin"] == origin


async def test_location_and_a_strangers_contact_reach_the_bot(driver: Any) -> None:
    person = await driver.person()
    await driver.people(f"persons/{person}/send", location={"latitude": 25.5, "longitude": 103.8})
    await driver.people(f"persons/{person}/send", contact={"phone_number": "139", "first_name": "李", "user_id": 9})
    location, contact = await driver.ok("getUpdates")
    assert location["message"]["location"]["latitude"] == 25.5
    assert contact["message"]["contact"]["user_id"] == 9


async def test_a_chat_tells_only_what_is_new(driver: Any) -> None:
    person = await driver.person()
    seq = (await driver.look(f"persons/{person}/chat"))["seq"]
    await driver.ok("sendMessage", chat_id=person, text="新的")
    chat = await driver.look(f"persons/{person}/chat", after=seq)
    assert [message["text"] for message in chat["messages"]] == ["新的"]
    assert (await driver.look(f"persons/{person}/chat", after=chat["seq"]))["messages"] == []


async def test_printed_cards_are_handed_on(driver: Any) -> None:
    card = {"title": "连心卡", "link": "https://t.me/lianxin_bot?start=c1", "code": "A1B2", "household": "王秀兰"}
    assert (await driver.http.post("/sandbox/printed-cards", json=[card])).json() == [card]
    assert await driver.look("printed-cards") == [card]


async def test_events_tell_what_happens(driver: Any) -> None:
    async with driver.http.stream("GET", "/sandbox/events") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        person = await driver.person()
        markup = {"inline_keyboard": [[{"text": "是", "callback_data": "y"}]]}
        message = await driver.ok("sendMessage", chat_id=person, text="？", reply_markup=markup)
        query_id = await driver.press(person, message["message_id"], "y")
        await driver.ok("answerCallbackQuery", callback_query_id=query_id, text="好")
        await driver.people("printed-cards", link="https://t.me/lianxin_bot?start=c1")
        seen = []
        async with asyncio.timeout(5):
            while not seen or seen[-1][0] != "cards":
                line = await anext(lines)
                if line.startswith("event: "):
                    data = (await anext(lines)).removeprefix("data: ")
                    seen.append((line.removeprefix("event: "), json.loads(data)))
    assert [kind for kind, _ in seen] == ["persons", "chat", "chat", "callback", "cards"]
    assert seen[1][1] == {"person_id": person, "seq": 1}
    assert seen[3][1] == {"callback_query_id": query_id, "person_id": person, "text": "好", "show_alert": False}
