"""People, and what has been said between them and the bot."""

import time
from dataclasses import dataclass, field

from sandbox.shapes import Json


@dataclass(slots=True)
class Person:
    """Somebody with a phone. Role, note and start_link are labels for the page; the bot never sees them."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str = "zh-hans"
    phone: str | None = None
    role: str | None = None
    note: str | None = None
    start_link: str | None = None
    blocked: bool = False
    deactivated: bool = False

    def user(self) -> Json:
        """The Bot API's User: never with the phone number."""
        shape: Json = {"id": self.id, "is_bot": False, **self._names()}
        return shape | {"language_code": self.language_code}

    def chat(self) -> Json:
        return {"id": self.id, **self._names(), "type": "private"}

    def _names(self) -> Json:
        names = {"first_name": self.first_name, "last_name": self.last_name, "username": self.username}
        return {key: name for key, name in names.items() if name}


@dataclass(slots=True)
class Message:
    """A message in Bot API form; `body` is changed in place by edits."""

    body: Json
    outgoing: bool  # said by the person
    editable: bool = True  # Telegram refuses edits of what was sent with a keyboard other than an inline one

    @property
    def id(self) -> int:
        return int(self.body["message_id"])

    def quoted(self) -> Json:
        """The message as another one quotes it: a quote holds no further quote."""
        return {key: value for key, value in self.body.items() if key != "reply_to_message"}


@dataclass(slots=True)
class Chat:
    """One conversation with the bot, and a log of its changes from which a page catches up."""

    id: int
    info: Json
    person: Person | None = None
    opened: bool = False  # a bot can't write first
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: Json | None = None
    keyboard_message: int | None = None
    typing_until: float = 0.0  # time.monotonic()
    _changes: list[int] = field(default_factory=list)  # message ids, 0 for anything else; place + 1 is the seq

    @property
    def seq(self) -> int:
        return len(self._changes)

    @property
    def typing(self) -> bool:
        return time.monotonic() < self.typing_until

    def put(self, message: Message) -> None:
        self.messages[message.id] = message
        self.touch(message.id)

    def touch(self, message_id: int = 0) -> None:
        self._changes.append(message_id)

    def remove(self, message_id: int) -> None:
        del self.messages[message_id]
        self.touch(message_id)

    def since(self, seq: int) -> tuple[list[Message], list[int]]:
        """What is new or edited after `seq`, oldest first, and the ids of what is gone."""
        changed = sorted(set(self._changes[max(seq, 0) :]) - {0})
        present = [self.messages[i] for i in changed if i in self.messages]
        return present, [i for i in changed if i not in self.messages]
