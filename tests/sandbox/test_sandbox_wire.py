"""The envelope: tokens, method names, the three kinds of bodies, unknown parameters."""

import asyncio
from typing import Any

import httpx
import pytest

from sandbox import serve

pytestmark = pytest.mark.asyncio


async def test_a_wrong_token_is_unauthorized(driver: Any) -> None:
    answer = await driver.http.get("/bot1:wrong/getMe")
    assert answer.status_code == 401
    assert answer.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_an_unknown_method_is_not_found(driver: Any) -> None:
    assert await driver.refused("sendMesage") == "Not Found: method not found"


async def test_an_unknown_path_is_not_found(driver: Any) -> None:
    answer = await driver.http.get("/nothing/here")
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_method_names_are_found_in_any_case(driver: Any) -> None:
    assert (await driver.ok("GETME"))["username"] == "lianxin_bot"


async def test_query_form_multipart_and_json_say_the_same(driver: Any) -> None:
    person = await driver.person()
    path = f"/bot{driver.box.token}/sendMessage"
    fields = {"chat_id": str(person), "text": "一样", "disable_notification": "True"}
    answers = [
        await driver.http.get(path, params=fields),
        await driver.http.post(path, data=fields),
        await driver.http.post(path, files={name: (None, value) for name, value in fields.items()}),
        await driver.http.post(path, json=fields),
        await driver.http.post(path, json={"chat_id": person, "text": "一样", "disable_notification": True}),
    ]
    assert [answer.json()["result"]["text"] for answer in answers] == ["一样"] * 5


async def test_a_misspelt_parameter_is_refused(driver: Any) -> None:
    person = await driver.person()
    reason = await driver.refused("sendMessage", chat_id=person, text="好", disable_notificaton=True)
    assert reason == 'Bad Request: unknown parameter "disable_notificaton"'


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("text", 5, "String"),
        ("chat_id", True, "Integer"),
        ("chat_id", 1.5, "Integer"),
        ("chat_id", {"id": 1}, "Integer"),
        ("disable_notification", "maybe", "Boolean"),
        ("entities", {"type": "bold"}, "Array"),
        ("link_preview_options", [1], "Object"),
    ],
)
async def test_a_parameter_of_the_wrong_type_is_refused(driver: Any, name: str, value: Any, expected: str) -> None:
    person = await driver.person()
    params = {"chat_id": person, "text": "好"} | {name: value}
    reason = await driver.refused("sendMessage", **params)
    assert reason == f'Bad Request: can\'t parse parameter "{name}": {expected} expected'


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff"])
async def test_a_broken_json_body_is_refused(driver: Any, body: bytes) -> None:
    answer = await driver.http.post(
        f"/bot{driver.box.token}/getMe", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


async def test_calls_are_logged_with_their_outcome(driver: Any) -> None:
    person = await driver.person()
    before = (await driver.look("calls"))[-1]["n"]
    await driver.ok("sendMessage", chat_id=person, text="好")
    await driver.refused("sendMessage", chat_id=person, text="")
    good, bad = await driver.look("calls", after=before)
    assert (good["n"], good["method"], good["chat_id"], good["ok"]) == (before + 1, "sendMessage", person, True)
    assert (bad["ok"], bad["error_code"]) == (False, 400)


async def test_the_same_sandbox_can_be_served_again(driver: Any) -> None:
    person = await driver.person()
    await driver.people(f"persons/{person}/send", text="还在")
    async with serve(driver.box) as url, httpx.AsyncClient(base_url=url) as http:
        answer = await http.get(f"/bot{driver.box.token}/getUpdates")
    assert [update["message"]["text"] for update in answer.json()["result"]] == ["还在"]


async def test_stopping_does_not_wait_for_long_polls_and_event_streams(driver: Any) -> None:
    box, loop = driver.box, asyncio.get_running_loop()
    async with httpx.AsyncClient(timeout=60) as http:
        async with serve(box) as url:
            poll = asyncio.create_task(http.get(f"{url}/bot{box.token}/getUpdates?timeout=50"))
            stream = asyncio.create_task(http.get(f"{url}/sandbox/events"))
            await driver.until(lambda: box.updates.polling and len(box.events) == 1)
            left = loop.time()
        assert loop.time() - left < 1.0
        assert (await poll).json() == {"ok": True, "result": []}
        assert (await stream).status_code == 200


async def test_commands_are_kept_by_scope_and_language(driver: Any) -> None:
    visits = [{"command": "visit", "description": "记一次走访"}]
    everybody = [{"command": "help", "description": "帮助"}]
    await driver.ok("setMyCommands", commands=everybody)
    await driver.ok("setMyCommands", commands=visits, scope={"type": "chat", "chat_id": 5}, language_code="zh")
    assert await driver.ok("getMyCommands") == everybody
    assert await driver.ok("getMyCommands", scope={"type": "chat", "chat_id": 5}, language_code="zh") == visits
    await driver.ok("deleteMyCommands")
    assert await driver.ok("getMyCommands") == []


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ({"command": "Visit", "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "走访", "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "visit", "description": ""}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
async def test_a_bad_command_is_refused(driver: Any, command: dict[str, str], reason: str) -> None:
    assert await driver.refused("setMyCommands", commands=[command]) == f"Bad Request: {reason}"


async def test_the_profile_is_set_and_read(driver: Any) -> None:
    await driver.ok("setMyDescription", description="结对联系")
    await driver.ok("setMyShortDescription", short_description="连心")
    await driver.ok("setChatMenuButton", menu_button={"type": "commands"})
    assert await driver.ok("getMyDescription") == {"description": "结对联系"}
    assert await driver.ok("getMyShortDescription") == {"short_description": "连心"}
    assert await driver.ok("getChatMenuButton") == {"type": "commands"}
