"""What becomes of a message at Telegram's door, each answer against the sandbox; what only the wire can do, on a wire."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.outcomes import Outcome, Refused, Sent, Slower, TryLater, Unknown, Unreachable
from bot.sender import Sender
from bot.telegram_link import TelegramLink
from sandbox import Sandbox, serve
from sandbox.client import Hand, SandboxClient, words
from services.messages import Button, Media, Message, button
from services.outbox import Parcel
from tests.bot.plain_server import serving

TOKEN = "123456789:a-token-for-tests-only"
BUTTONS = ((button("好", "test.yes", 1), Button("网页", url="https://example.org/")),)


def to(chat_id: int, message: Message, *, action: str = "send", message_id: int | None = None) -> Parcel:
    return Parcel(1, chat_id, "person", action, message.to_json(), message, message_id)


def answer_to(query_id: str, text: str = "") -> Parcel:
    return Parcel(1, 1, "instant", "answer", {"query_id": query_id, "text": text, "alert": False})


@asynccontextmanager
async def sender_at(url: str) -> AsyncIterator[Sender]:
    link = TelegramLink(TOKEN, url)
    await link.open()
    yield Sender(link)
    await link.close_line()


@dataclass
class Door:
    """A sender before a sandbox, and somebody behind it who has said hello."""

    box: Sandbox
    sender: Sender
    people: SandboxClient
    person: Hand

    async def send(self, message: Message) -> int:
        outcome = await self.sender.deliver(to(self.person.id, message))
        assert isinstance(outcome, Sent)
        assert outcome.message_id is not None
        return outcome.message_id

    async def edit(self, message_id: int, message: Message) -> Outcome:
        return await self.sender.deliver(to(self.person.id, message, action="edit", message_id=message_id))

    async def voice(self) -> str:
        """The file id of what the person recorded."""
        await self.person.sends_voice(b"OggS" + bytes(200))
        chat = await self.people.get(f"/sandbox/persons/{self.person.id}/chat")
        return next(str(message["voice"]["file_id"]) for message in chat["messages"] if "voice" in message)

    async def seen(self) -> list[str]:
        """What the bot's messages say now, oldest first."""
        return [words(message) for message in await self.person.messages()]


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    box = Sandbox(token=TOKEN)
    async with serve(box) as url, SandboxClient(url) as people, sender_at(url) as sender:
        person = await people.add("王秀兰")
        await person.says("/start")
        yield Door(box, sender, people, person)


async def test_a_message_arrives_with_its_markup_and_buttons(door: Door) -> None:
    message_id = await door.send(Message("<b>您好</b> &amp; 再见", BUTTONS))
    (message,) = await door.person.messages()
    assert message["message_id"] == message_id
    assert message["text"] == "您好 & 再见"
    assert message["entities"][0]["type"] == "bold"
    keys = message["reply_markup"]["inline_keyboard"][0]
    assert [key["text"] for key in keys] == ["好", "网页"]
    assert keys[0]["callback_data"] == "test.yes:1"


async def test_the_button_for_the_own_number_stands_above_the_big_ones(door: Door) -> None:
    await door.send(Message("请", keyboard=(("反映问题", "我的联系卡"),), contact_label="分享"))
    shown = (await door.people.get(f"/sandbox/persons/{door.person.id}/chat"))["keyboard"]
    share, others = shown["keyboard"]
    assert share == [{"text": "分享", "request_contact": True}]
    assert [key["text"] for key in others] == ["反映问题", "我的联系卡"]


async def test_a_long_text_goes_in_parts_with_the_buttons_on_the_last(door: Door) -> None:
    lines = [f"第{n}行 " + "字" * 90 for n in range(100)]
    last = await door.send(Message("\n".join(lines), BUTTONS))
    messages = await door.person.messages()
    assert len(messages) == 3
    assert "\n".join(message["text"] for message in messages).split("\n") == [line.rstrip() for line in lines]
    assert ["reply_markup" in message for message in messages] == [False, False, True]
    assert messages[-1]["message_id"] == last


async def test_a_part_that_telegram_slows_down_follows_later_and_nothing_is_repeated(door: Door) -> None:
    door.box.limits.enabled = True
    await door.send(Message("\n".join("字" * 90 for _ in range(200))))
    assert len(await door.person.messages()) == 5


async def test_refused_markup_is_sent_as_plain_text(door: Door) -> None:
    await door.send(Message("<b>一户 <i>两人</b> &lt;三次&gt;", BUTTONS))
    (message,) = await door.person.messages()
    assert message["text"] == "一户 两人 <三次>"
    assert "entities" not in message
    assert "reply_markup" in message


async def test_a_refused_edit_and_a_refused_caption_fall_back_to_plain_text_too(door: Door) -> None:
    message_id = await door.send(Message("旧"))
    assert await door.edit(message_id, Message("<b>新")) == Sent(message_id)
    await door.send(Message("<b>录音", media=Media("voice", await door.voice())))
    assert await door.seen() == ["新", "录音"]


async def test_an_edit_changes_the_message_where_it_stands(door: Door) -> None:
    message_id = await door.send(Message("旧", BUTTONS))
    assert await door.edit(message_id, Message("新")) == Sent(message_id)
    assert await door.seen() == ["新"]


async def test_an_edit_that_changes_nothing_is_a_success(door: Door) -> None:
    message_id = await door.send(Message("一样", BUTTONS))
    assert isinstance(await door.edit(message_id, Message("一样", BUTTONS)), Sent)


async def test_what_was_deleted_is_said_anew(door: Door) -> None:
    message_id = await door.send(Message("旧"))
    await door.sender._bot.call("deleteMessage", {"chat_id": door.person.id, "message_id": message_id})
    outcome = await door.edit(message_id, Message("新"))
    assert isinstance(outcome, Sent)
    assert outcome.message_id not in (None, message_id)
    assert await door.seen() == ["新"]


async def test_an_edit_of_a_voice_message_into_text_is_said_anew(door: Door) -> None:
    message_id = await door.send(Message("录音", media=Media("voice", await door.voice())))
    assert isinstance(await door.edit(message_id, Message("文字")), Sent)
    assert await door.seen() == ["录音", "文字"]


async def test_an_edit_of_what_was_never_sent_is_said_anew(door: Door) -> None:
    outcome = await door.sender.deliver(to(door.person.id, Message("表"), action="edit", message_id=None))
    assert isinstance(outcome, Sent)
    assert await door.seen() == ["表"]


@pytest.mark.parametrize(("message_id", "methods"), [(7, ["editMessageText", "sendMessage"]), (None, ["sendMessage"])])
async def test_an_edit_said_anew_whose_answer_is_lost_may_be_there_as_a_new_message(
    message_id: int | None, methods: list[str]
) -> None:
    asked: list[str] = []
    gone = {"ok": False, "error_code": 400, "description": "Bad Request: message to edit not found"}

    async def half_deaf(request: Request) -> Response:
        asked.append(method := request.path_params["method"])
        return JSONResponse(gone, 400) if method == "editMessageText" else HTMLResponse("Bad Gateway", 502)

    routes = [Route("/bot{token}/{method}", half_deaf, methods=["POST"])]
    async with serving(Starlette(routes=routes)) as url, sender_at(url) as sender:
        outcome = await sender.deliver(to(5, Message("新"), action="edit", message_id=message_id))
    assert isinstance(outcome, Unknown)
    assert (outcome.is_new, asked) == (True, methods)


async def test_an_answer_nobody_waits_for_any_more_is_fine(door: Door) -> None:
    assert await door.sender.deliver(answer_to("999999", "好")) == Sent()


async def test_a_button_is_answered(door: Door) -> None:
    await door.send(Message("按", BUTTONS))
    (message,) = await door.person.messages()
    path = f"/sandbox/persons/{door.person.id}/press"
    pressed = await door.people.post(path, {"message_id": message["message_id"], "data": "test.yes:1"})
    query_id = pressed["callback_query_id"]
    assert await door.sender.deliver(answer_to(query_id, "已保存")) == Sent()
    assert door.box.callbacks[query_id].text == "已保存"


async def test_a_block_and_an_unknown_chat_end_the_channel(door: Door) -> None:
    await door.people.post(f"/sandbox/persons/{door.person.id}/block", {})
    blocked = await door.sender.deliver(to(door.person.id, Message("在吗")))
    unknown = await door.sender.deliver(to(4711, Message("在吗")))
    assert isinstance(blocked, Unreachable)
    assert isinstance(unknown, Unreachable)
    assert "blocked" in blocked.reason


async def test_too_many_requests_carries_the_pause(door: Door) -> None:
    door.box.limits.enabled = True
    outcomes = [await door.sender.deliver(to(door.person.id, Message(f"{n}"))) for n in range(5)]
    assert isinstance(outcomes[0], Sent)
    assert outcomes[-1] == Slower(1.0)


async def test_a_document_goes_out_and_comes_back_byte_for_byte(door: Door) -> None:
    content = bytes(range(256)) * 400
    outcome = await door.sender.send_document(door.person.id, content, "台账 2026.xlsx", "<b>台账</b>")
    assert isinstance(outcome, Sent)
    (message,) = await door.person.messages()
    assert message["document"]["file_name"] == "台账 2026.xlsx"
    assert message["caption"] == "台账"
    assert await door.sender.fetch(message["document"]["file_id"]) == content


async def test_an_empty_message_is_refused_and_raises_nothing(door: Door) -> None:
    for text in ("", "\n" * 5000):
        assert isinstance(await door.sender.deliver(to(door.person.id, Message(text))), Refused)


# --- what only the wire can do


Answer = Callable[[Request], Awaitable[Response]]


def saying(status: int, body: Any) -> Answer:
    async def answer(_request: Request) -> Response:
        return JSONResponse(body, status) if isinstance(body, dict) else HTMLResponse(body, status)

    return answer


async def cut(_request: Request) -> Response:
    """Half an answer, then the line goes dead."""
    return Response(b'{"ok":', headers={"content-length": "500"})


REFUSAL = {"ok": False, "error_code": 502, "description": "Bad Gateway"}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (saying(200, "<html>sign in</html>"), Unknown),
        (saying(302, "<html>portal</html>"), TryLater),
        (saying(401, "<html>portal</html>"), TryLater),
        (saying(401, {"ok": False, "error_code": 401, "description": "Unauthorized"}), TryLater),
        (saying(404, {"ok": False, "error_code": 404, "description": "Not Found"}), TryLater),
        (saying(502, REFUSAL), Unknown),
        (saying(502, "<html>Bad Gateway</html>"), Unknown),
        (saying(400, {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}), Refused),
        (saying(403, {"ok": False, "error_code": 403, "description": "Forbidden: user is deactivated"}), Unreachable),
        (cut, Unknown),
    ],
)
async def test_each_answer_of_the_wire_has_its_outcome(answer: Answer, outcome: type[Outcome]) -> None:
    app = Starlette(routes=[Route("/bot{token}/{method}", answer, methods=["POST"])])
    async with serving(app) as url, sender_at(url) as sender:
        assert isinstance(await sender.deliver(to(5, Message("您好"))), outcome)


async def test_a_refused_connection_is_tried_later(unused_tcp_port: int) -> None:
    async with sender_at(f"http://127.0.0.1:{unused_tcp_port}") as sender:
        assert isinstance(await sender.deliver(to(5, Message("您好"))), TryLater)


@pytest.mark.parametrize("status", [502, 404, 200])
async def test_the_one_repeat_is_not_spent_on_a_line_that_is_dead(status: int) -> None:
    asked: list[str] = []

    async def portal(request: Request) -> Response:
        asked.append(request.path_params["method"])
        return HTMLResponse("<html>later</html>", status)

    repeat = replace(to(5, Message("您好")), is_repeat=True)
    routes = [Route("/bot{token}/{method}", portal, methods=["POST"])]
    async with serving(Starlette(routes=routes)) as url, sender_at(url) as sender:
        assert isinstance(await sender.deliver(repeat), TryLater)
    assert asked == ["getMe"]


async def test_the_one_repeat_is_made_when_telegram_answers_again(door: Door) -> None:
    assert isinstance(await door.sender.deliver(replace(to(door.person.id, Message("您好")), is_repeat=True)), Sent)
    assert await door.seen() == ["您好"]
