"""People's hands over HTTP: whoever plays a person, a test or the scripted week, acts through here as the page does."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp

PATIENCE = 10.0  # seconds a person waits for an answer
LOOK_EVERY = 0.02  # seconds

Message = dict[str, Any]


class NotSeen(AssertionError):
    """What a person waited for didn't come; the message shows what came instead."""


class SandboxClient:
    """One connection to a sandbox. `on_act` is told what people do, `on_message` what they see for the first time."""

    def __init__(
        self,
        url: str,
        *,
        on_act: "Callable[[Hand, str], None] | None" = None,
        on_message: "Callable[[Hand, Message], None] | None" = None,
        patience: float = PATIENCE,
    ) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None
        self.on_act = on_act
        self.on_message = on_message
        self.patience = patience

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(self._url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str) -> Any:
        assert self._session is not None
        async with self._session.get(path) as answer:
            return await self._read(answer)

    async def post(self, path: str, body: Any) -> Any:
        assert self._session is not None
        async with self._session.post(path, json=body) as answer:
            return await self._read(answer)

    async def file(self, file_id: str) -> bytes:
        assert self._session is not None
        async with self._session.get(f"/sandbox/files/{file_id}") as answer:
            answer.raise_for_status()
            return await answer.read()

    async def add(self, first_name: str, **more: Any) -> "Hand":
        """A new person with a phone that has never met the bot."""
        person = await self.post("/sandbox/persons", {"first_name": first_name, **more})
        return Hand(self, person["id"], first_name)

    async def move_clock(self, to: str) -> str:
        """`next_morning`, `next_monday`, `plus_day` or an ISO moment; returns when all that was due has been done."""
        return str((await self.post("/sandbox/clock", {"to": to}))["clock"])

    @staticmethod
    async def _read(answer: aiohttp.ClientResponse) -> Any:
        if answer.status >= 400:
            raise RuntimeError(f"{answer.status} {await answer.text()}")
        return await answer.json()


@dataclass
class Hand:
    """One person's hand on their phone. What it sees is what came since its last act."""

    client: SandboxClient
    id: int
    name: str
    actions: int = 0
    _before: dict[int, str] = field(default_factory=dict)
    _shown: dict[int, str] = field(default_factory=dict)

    async def says(self, text: str) -> Message:
        return await self._acts("send", {"text": text}, text)

    async def sends_photo(self, content: bytes, caption: str | None = None) -> Message:
        body = {"photo": _encoded(content)} | ({"caption": caption} if caption else {})
        return await self._acts("send", body, f"📷 {caption or ''}")

    async def sends_voice(self, content: bytes, seconds: int = 3) -> Message:
        return await self._acts("send", {"voice": _encoded(content), "duration": seconds}, "🎤")

    async def sends_document(self, content: bytes, file_name: str, mime_type: str) -> Message:
        body = {"document": _encoded(content), "file_name": file_name, "mime_type": mime_type}
        return await self._acts("send", body, f"📎 {file_name}")

    async def shares_own_contact(self) -> Message:
        return await self._acts("send", {"share_contact": True}, "📱")

    async def opens(self, link: str) -> Message:
        return await self._acts("open", {"link": link}, link)

    async def blocks(self) -> None:
        await self._acts("block", {}, "block")

    async def unblocks(self) -> None:
        await self._acts("unblock", {}, "unblock")

    async def keys(self, label: str) -> Message:
        """Press a big button of the keyboard; it must be there."""
        keyboard = (await self._chat())["keyboard"] or {}
        labels = [key if isinstance(key, str) else key["text"] for row in keyboard.get("keyboard", []) for key in row]
        if label not in labels:
            raise NotSeen(f"{self.name} has no key {label!r}, only {labels}")
        return await self.says(label)

    async def taps(self, label: str, *, on: Message | None = None) -> str:
        """Press the newest inline button whose label contains `label`, of one message or of any.

        Returns the bot's short answer.
        """
        message, data = await self._button(label, on)
        pressed = await self._acts("press", {"message_id": message["message_id"], "data": data}, f"[{label}]")
        return await self._answer_to(pressed["callback_query_id"])

    async def taps_stale(self, message_id: int, data: str) -> str:
        """Press a button that has gone from its message; returns the bot's short answer."""
        pressed = await self._acts("press", {"message_id": message_id, "data": data, "forged": True}, data)
        return await self._answer_to(pressed["callback_query_id"])

    async def sees(self, *fragments: str) -> Message:
        """Wait for a message of the bot, new or changed since the last act, that holds all fragments."""
        found: list[Message] = []

        async def look() -> bool:
            found[:] = [m for m in await self._fresh() if all(part in words(m) for part in fragments)]
            return bool(found)

        if not await self._until(look):
            seen = "\n---\n".join(words(message) for message in await self._fresh())
            raise NotSeen(f"{self.name} waited for {fragments}, and saw:\n{seen or '(nothing)'}")
        return found[-1]

    async def labels(self) -> list[str]:
        """All inline buttons of the chat, newest message first."""
        return [button["text"] for _, button in await self._buttons()]

    async def messages(self) -> list[Message]:
        """The bot's messages, oldest first."""
        return [message for message in (await self._chat())["messages"] if not message.get("outgoing")]

    async def _acts(self, act: str, body: dict[str, Any], shown: str) -> Message:
        self.actions += 1
        if self.client.on_act is not None:
            self._tell(await self.messages())
            self.client.on_act(self, shown)
        self._before = {m["message_id"]: _state(m) for m in await self.messages()}
        result: Message = await self.client.post(f"/sandbox/persons/{self.id}/{act}", body)
        return result

    async def _answer_to(self, query_id: str) -> str:
        answer: dict[str, Any] = {}

        async def look() -> bool:
            answer.update(await self.client.get(f"/sandbox/callbacks/{query_id}"))
            return bool(answer["answered"])

        if not await self._until(look):
            raise NotSeen(f"the button that {self.name} pressed was never answered")
        return answer.get("text") or ""

    async def _button(self, label: str, on: Message | None) -> tuple[Message, str]:
        found: list[tuple[Message, str]] = []

        async def look() -> bool:
            found[:] = [
                (message, button["callback_data"])
                for message, button in await self._buttons()
                if label in button["text"] and (on is None or message["message_id"] == on["message_id"])
            ]
            return bool(found)

        if not await self._until(look):
            raise NotSeen(f"{self.name} sees no button {label!r}, only {await self.labels()}")
        return found[0]

    async def _buttons(self) -> list[tuple[Message, dict[str, Any]]]:
        return [
            (message, button)
            for message in reversed(await self.messages())
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
            if "callback_data" in button
        ]

    async def _fresh(self) -> list[Message]:
        messages = await self.messages()
        fresh = [m for m in messages if self._before.get(m["message_id"]) != _state(m)]
        self._tell(messages)
        return fresh

    def _tell(self, messages: list[Message]) -> None:
        for message in messages:
            if self._shown.get(message["message_id"]) != _state(message):
                self._shown[message["message_id"]] = _state(message)
                if self.client.on_message is not None:
                    self.client.on_message(self, message)

    async def _until(self, look: Callable[[], Awaitable[bool]]) -> bool:
        """Whether `look` came true within a person's patience."""
        try:
            async with asyncio.timeout(self.client.patience):
                while not await look():  # noqa: ASYNC110  # what is waited for happens in another process
                    await asyncio.sleep(LOOK_EVERY)
        except TimeoutError:
            return False
        return True

    async def _chat(self) -> Any:
        return await self.client.get(f"/sandbox/persons/{self.id}/chat")


def words(message: Message) -> str:
    """Text or caption, with the name of a document."""
    document = message.get("document", {}).get("file_name", "")
    return "\n".join(filter(None, (message.get("text"), message.get("caption"), document)))


def _state(message: Message) -> str:
    return f"{words(message)}|{message.get('reply_markup')}"


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
