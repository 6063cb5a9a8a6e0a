"""A small town with its bot, in which anything may happen: the real desk, back room and delivery, and phones without
a network. The process may be killed at each of its points, and opened again."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import telegram
from sqlalchemy import insert

from bot.backroom import BackRoom
from bot.delivery import Delivery
from bot.desk import Desk
from bot.gate import Gate
from bot.intake import store
from bot.outcomes import Outcome, Sent, Unreachable
from bot.rate_limit import RateLimit
from handlers import front
from models.post import Note
from models.queries import inbox
from models.session import Database, Session
from models.snapshots import read_snapshot, write_snapshot
from services import outbox, ticks
from services.messages import Message
from services.office import Office, Site
from services.outbox import Parcel
from services.rules.policy import Policy
from tests.bot.tasks import Alone, Tasks, nothing
from tests.keys import KEYRING
from tests.town import MONDAY_MORNING, FrozenClock, Town, build_town

REMEMBERED = 8  # messages with buttons that a person still finds on the phone
T = TypeVar("T")

Raw = dict[str, Any]
NewPlace = Callable[[bool], str]  # whether with tables → URL


class Killed(BaseException):
    """The process ends here: nothing catches it, as nothing catches `kill -9`."""


class Fate:
    """Counts the points at which the process may be killed: around each commit and each message sent."""

    def __init__(self) -> None:
        self.points_left: int | None = None

    def passes(self) -> None:
        if self.points_left is None:
            return
        self.points_left -= 1
        if self.points_left < 0:
            raise Killed


class MortalBackRoom(BackRoom):
    """One act at a time, in the order in which they were asked for: how quick a thread is changes no course, so that
    a course that failed fails again. Writers side by side are `tests/torture/test_kills.py`."""

    def __init__(self, database: Database, fate: Fate) -> None:
        super().__init__(database)
        self._fate = fate
        self._turn = asyncio.Lock()

    async def run(self, act: Callable[[Session], T], *, alone: bool = False) -> T:
        async with self._turn:
            self._fate.passes()
            result = await super().run(act, alone=alone)
            self._fate.passes()
        return result

    async def read(self, act: Callable[[Session], T]) -> T:
        async with self._turn:
            return await super().read(act)


class Witness:
    """The bot's own handlers; each update leaves one note in its transaction, and a second one can't be written."""

    def take_update(self, session: Session, office: Office, update: telegram.Update) -> None:
        self._note(session, office, f"seen-{update.update_id}")
        front.take_update(session, office, update)

    def take_letter(self, session: Session, office: Office, chat_id: int, letter: Raw) -> None:
        front.take_letter(session, office, chat_id, letter)

    def _note(self, session: Session, office: Office, name: str) -> None:
        session.execute(insert(Note).values(name=name, value="", written_at=office.now()))


class World:
    """`seen` is told of every message that reaches a phone, at the moment at which it does."""

    def __init__(self, new_place: NewPlace, folder: Path, seen: Callable[[int, Message], None]) -> None:
        self._new_place, self._folder, self._seen = new_place, folder, seen
        self.loop = asyncio.new_event_loop()
        self.clock = FrozenClock()
        self.office = Office(
            site=Site(name="云溪镇", town_hotline="0000-12345", bot_username="lianxin_bot"),
            policy=Policy(messages_per_minute=0),  # people of this world type faster than anybody
            clock=self.clock,
        )
        self.real = MONDAY_MORNING
        self.fate = Fate()
        self.phones: dict[int, dict[int, Message]] = defaultdict(dict)
        self.blocked: set[int] = set()
        self.delivered: set[int] = set()  # rows of the outbox
        self.stored: dict[int, Raw] = {}
        self._arrived: dict[int, datetime] = {}
        self._messages = 1000
        self._updates = 0
        self.database = Database(new_place(True), KEYRING)
        with self.database.transaction() as session:
            self.town: Town = build_town(session)
            self._furnish()
        self._open(careful_until=0)

    def _furnish(self) -> None:
        for code, household in self.town.households.items():
            household.address, household.notes = f"址-{code}-1", f"备-{code}-1"

    def _open(self, careful_until: int) -> None:
        self.tasks = Tasks()
        self.backroom = MortalBackRoom(self.database, self.fate)
        self.delivery = Delivery(
            self.backroom,
            self.office,
            self._deliver,
            RateLimit(0),
            Gate(0),
            now=lambda: self.real,
            spawn=self.tasks.spawn,
            beat=nothing,
            right=Alone(),
        )
        self.desk = Desk(
            self.backroom,
            self.office,
            now=lambda: self.real,
            spawn=self.tasks.spawn,
            handled=nothing,
            took=nothing,
            beat=nothing,
            careful_until=careful_until,
            handlers=Witness(),
        )

    # --- the process

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(act)

    def work(self) -> bool:
        """Until nothing is left to do now. False: it was killed on the way, and has been opened again."""
        try:
            self.run(self._work())
        except Killed:
            self._reopen()
            return False
        finally:
            self.fate.points_left = None
        return True

    async def _work(self) -> None:
        busy = True
        while busy:
            letters = await self.desk._next_letters()
            self.desk._begin(letters)
            await self.tasks.done()
            busy = bool(letters) or bool(await self.delivery.pump())
            await self.tasks.done()

    def _reopen(self) -> None:
        """Whatever was in memory is gone; what the writers had begun comes to its end or doesn't."""
        self.run(self._abandon())
        self.backroom.close()
        self.fate.points_left = None
        self.real += timedelta(seconds=5)
        with self.database.reading() as session:
            newest = inbox.newest_id(session)
        self._open(careful_until=newest)
        self.run(self.backroom.run(lambda session: outbox.release_claims(session, real_now=self.real)))

    async def _abandon(self) -> None:
        await self.tasks.abandon()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def restart(self) -> None:
        self._reopen()

    def move_to(self, file: str) -> None:
        """Go on with a backup, in a new and empty place."""
        self.backroom.close()
        self.database.dispose()
        self.database = Database(self._new_place(False), KEYRING)
        read_snapshot(self.database, self._folder / file)
        self._open(careful_until=0)

    def back_up(self, file: str) -> None:
        write_snapshot(self.database, self._folder / file, now=self.office.now())

    def close(self) -> None:
        self.backroom.close()
        self.database.dispose()
        self.loop.close()

    def night_falls(self) -> None:
        """22:31 of the same day; whatever isn't an answer waits for the morning."""
        evening = self.clock.moment.replace(hour=22, minute=31)
        self.real += max(evening - self.clock.moment, timedelta())
        self.clock.moment = max(evening, self.clock.moment)

    def next_day(self, hour: int) -> None:
        self.clock.moment = (self.clock.moment + timedelta(days=1)).replace(hour=hour, minute=31)
        self.real += timedelta(days=1)
        for _, act in (*ticks.TICKS, *ticks.HOUSEKEEPING):
            self.run(self.backroom.run(lambda session, act=act: act(session, self.office)))  # type: ignore[misc]
        self.work()

    async def _deliver(self, parcel: Parcel) -> Outcome:
        self.fate.passes()
        if parcel.chat_id in self.blocked:
            return Unreachable("Forbidden: bot was blocked by the user")
        message_id = self._show(parcel) if parcel.message else None
        self.delivered.add(parcel.id)
        self.fate.passes()
        return Sent(message_id)

    def _show(self, parcel: Parcel) -> int:
        assert parcel.message is not None
        self._seen(parcel.chat_id, parcel.message)
        if parcel.message_id is None:
            self._messages += 1
        message_id = parcel.message_id or self._messages
        self.phones[parcel.chat_id][message_id] = parcel.message
        return message_id

    # --- what people send

    def receives(self, *updates: Raw) -> None:
        for update in updates:
            self.stored[update["update_id"]] = update
            self._arrived.setdefault(update["update_id"], self.real)
        self.run(store(self.backroom, list(updates), now=self.real))

    def may_come_again(self) -> list[Raw]:
        """What Telegram still has; later the same id is another update's."""
        oldest = self.real - inbox.KEPT_BY_TELEGRAM
        return [update for id_, update in sorted(self.stored.items()) if self._arrived[id_] >= oldest]

    def says(self, chat: int, text: str) -> Raw:
        return self._update(message=self._message(chat) | {"text": text})

    def presses(self, chat: int, message_id: int, data: str) -> Raw:
        on = self._message(chat) | {"from": BOT, "message_id": message_id, "text": "…"}
        query = {"id": str(self._updates), "from": _user(chat), "chat_instance": "1", "data": data, "message": on}
        return self._update(callback_query=query)

    def lets_in(self, chat: int, *, lets: bool) -> Raw:
        before, after = ("kicked", "member") if lets else ("member", "kicked")
        old, new = (
            {"user": BOT, "status": status} | ({"until_date": 0} if status == "kicked" else {})
            for status in (before, after)
        )
        change = {"chat": _chat(chat), "from": _user(chat), "date": self._date()}
        return self._update(my_chat_member=change | {"old_chat_member": old, "new_chat_member": new})

    def buttons(self, chat: int) -> list[tuple[int, str, str]]:
        """Message, label and data of each button still found, the newest message first."""
        found = [(number, m) for number, m in self.phones[chat].items() if m.buttons]
        return [
            (number, button.label, button.data)
            for number, message in reversed(found[-REMEMBERED:])
            for row in message.buttons
            for button in row
            if button.data
        ]

    def _message(self, chat: int) -> Raw:
        self._messages += 1
        return {"message_id": self._messages, "date": self._date(), "chat": _chat(chat), "from": _user(chat)}

    def _update(self, **kind: Any) -> Raw:
        self._updates += 1
        return {"update_id": self._updates} | kind

    def _date(self) -> int:
        return int(self.clock.moment.timestamp())


BOT = {"id": 1, "is_bot": True, "first_name": "bot"}


def _user(chat: int) -> Raw:
    return {"id": chat, "is_bot": False, "first_name": "人", "language_code": "zh-hans"}


def _chat(chat: int) -> Raw:
    return {"id": chat, "type": "private", "first_name": "人"}
