"""Everything the sandbox knows; the modules around it act on it."""

from dataclasses import dataclass, field
from itertools import count
from zoneinfo import ZoneInfo

from sandbox.calls import CallLog
from sandbox.chats import Chat, Person
from sandbox.clock import Now, OnClock, SandboxClock
from sandbox.errors import PeopleError
from sandbox.events import Events
from sandbox.files import Files
from sandbox.limits import FloodLimits
from sandbox.profile import Profile
from sandbox.shapes import Json
from sandbox.updates import Updates
from sandbox.webhook import Webhook

FIRST_PERSON = 700_000_001  # ids beyond 32 bits exist, but a sandbox is easier to read with short ones
TOKEN = "123456789:sandbox-token-for-local-use-only"  # noqa: S105 (opens nothing but this sandbox)


@dataclass(slots=True)
class Callback:
    person_id: int
    answered: bool = False
    text: str | None = None
    show_alert: bool = False


@dataclass(slots=True)
class Sandbox:
    """One bot and the people around it, in memory, without a socket.

    `clock` answers aware datetimes; `on_clock` moves it and returns when all that was due has been done. Without
    them the clock is the real one. Not thread-safe: everything happens on the event loop that serves it.
    """

    token: str = TOKEN
    username: str = "lianxin_bot"
    first_name: str = "连心"
    clock: Now | None = None
    on_clock: OnClock | None = None
    timezone: str = "Asia/Shanghai"
    webhook_retry_seconds: float = 1.0  # the first pause after a failed delivery; doubles up to a minute

    time: SandboxClock = field(init=False)
    updates: Updates = field(init=False, default_factory=Updates)
    webhook: Webhook = field(init=False)
    profile: Profile = field(init=False, default_factory=Profile)
    files: Files = field(init=False, default_factory=Files)
    limits: FloodLimits = field(init=False, default_factory=FloodLimits)
    calls: CallLog = field(init=False, default_factory=CallLog)
    events: Events = field(init=False, default_factory=Events)
    persons: dict[int, Person] = field(init=False, default_factory=dict)
    chats: dict[int, Chat] = field(init=False, default_factory=dict)
    callbacks: dict[str, Callback] = field(init=False, default_factory=dict)
    printed_cards: list[Json] = field(init=False, default_factory=list)
    bot_user: Json = field(init=False)
    _message_ids: "count[int]" = field(init=False, default_factory=lambda: count(1))
    _album_ids: "count[int]" = field(init=False, default_factory=lambda: count(13_000_000_000_000_001))
    _person_ids: "count[int]" = field(init=False, default_factory=lambda: count(FIRST_PERSON))

    def __post_init__(self) -> None:
        self.time = SandboxClock(ZoneInfo(self.timezone), self.clock, self.on_clock)
        self.webhook = Webhook(self.updates, self.webhook_retry_seconds)
        self.bot_user = {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": self.first_name,
            "username": self.username,
        }

    def next_message_id(self) -> int:
        """Rises over all private chats, as the ids in one Telegram account do."""
        return next(self._message_ids)

    def skip_message_ids(self, beyond: int) -> None:
        self._message_ids = count(max(beyond + 1, next(self._message_ids)))

    def next_album_id(self) -> int:
        return next(self._album_ids)

    def next_person_id(self) -> int:
        return next(i for i in self._person_ids if i not in self.persons)

    def add_person(self, person: Person) -> Person:
        if person.id in self.persons:
            raise PeopleError(f"there is a person {person.id} already")
        self.persons[person.id] = person
        self.chats[person.id] = Chat(person.id, person.chat(), person)
        self.events.publish("persons")
        return person

    def add_printed_cards(self, cards: list[Json]) -> None:
        self.printed_cards.extend(cards)
        self.events.publish("cards")

    def person(self, person_id: int) -> Person:
        try:
            return self.persons[person_id]
        except KeyError:
            raise PeopleError(f"there is no person {person_id}", status=404) from None

    def changed(self, chat: Chat) -> None:
        if chat.person:
            self.events.publish("chat", person_id=chat.id, seq=chat.seq)

    async def move_clock(self, to: str) -> str:
        moved = (await self.time.move(to)).isoformat()
        self.events.publish("clock", clock=moved)
        return moved

    def resume(self) -> None:
        """Before serving: polls wait again, a webhook gets what it has missed."""
        self.updates.resume()
        self.events.resume()
        self.webhook.resume()

    async def stop(self) -> None:
        """End long polls, event streams and webhook deliveries; nothing queued is lost."""
        self.updates.stop()
        self.events.stop()
        await self.webhook.pause()
