"""One course of events: its people, what is known of it from outside, and how something is made to happen."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from models.session import Session
from services import audit
from services.errors import DomainError
from services.messages import Message
from tests.properties.oracle import Oracle
from tests.properties.world import NewPlace, Raw, World

CADRES, SUPERVISORS, ADMIN, MEMBERS, NEWCOMERS = (101, 102), (201, 202), 301, (401, 402), (501, 502)
OFFICIALS = (*CADRES, *SUPERVISORS, ADMIN)
EVERYBODY = (*OFFICIALS, *MEMBERS, *NEWCOMERS)
HEADS = {"H001": "张大山", "H002": "刘小河", "H003": "陈长林", "H004": "杨春花"}
TAG = re.compile(r"[址备访诉]-H\d{3}-\d+")

chats = st.sampled_from(EVERYBODY)
codes = st.sampled_from(sorted(HEADS))


class Course(RuleBasedStateMachine):
    """`new_place` is given by the test: SQLite or PostgreSQL."""

    new_place: NewPlace
    folder: Path

    def begin(self) -> None:
        self.world = World(self.new_place, self.folder, self._seen)
        self.numbers, self.steps, self.turns = count(1), count(), count()
        self.typed: dict[int, set[str]] = defaultdict(set)
        self.states: dict[int, list[tuple[Any, ...]]] = {}  # of each visit, oldest first
        self.accepted: set[int] = set()
        self.backup: tuple[str, Any] | None = None
        self.leaks: list[str] = []
        with self.world.database.reading() as session:
            self.ids = {row.code: row.id for row in Oracle(session).households.values()}

    def teardown(self) -> None:
        """Whatever happened: nothing is damaged, no row hangs in the air, and the audit is one whole chain."""
        if not hasattr(self, "world"):
            return
        try:
            for session in self._reading():
                found = damages(session)
                assert not found, found
                assert audit.verify(session).position >= len(CADRES), "at least the corrections stand in it"
        finally:
            self.world.close()

    def _reading(self) -> Iterator[Session]:
        if hasattr(self, "world"):
            with self.world.database.reading() as session:
                yield session

    def _sight(self, chat: int) -> Any:
        with self.world.database.reading() as session:
            return Oracle(session).sight(chat)

    def _home(self, chat: int) -> str:
        """The code of the household that this person belongs to, or wants to."""
        homes = self._sight(chat).belonging
        return next((code for code, id_ in self.ids.items() if id_ in homes), "H001")

    def _tag(self, kind: str, chat: int, code: str) -> str:
        tag = f"{kind}-{code}-{next(self.numbers)}"
        self.typed[chat].add(tag)
        return tag

    def _says(self, chat: int, words: str) -> None:
        self._arrives(self.world.says(chat, words))

    def _taps(self, chat: int, label: str) -> bool:
        for number, shown, data in self.world.buttons(chat):
            if label in shown:
                self._arrives(self.world.presses(chat, number, data))
                return True
        return False

    def _arrives(self, *updates: Raw, killed_after: int | None = None) -> None:
        self.world.receives(*updates)
        self.accepted |= {update["update_id"] for update in updates}
        self.world.fate.points_left = killed_after
        if not self.world.work():
            assert self.world.work()

    def _office_does(self, act: Callable[[Session], object]) -> None:
        try:
            self.world.run(self.world.backroom.run(act))
        except DomainError:
            return  # there was nothing to do, or it is refused
        self.world.work()

    def _seen(self, chat: int, message: Message) -> None:
        shown = "\n".join([message.text, *(button.label for row in message.buttons for button in row)])
        tags = set(TAG.findall(shown)) - self.typed[chat]
        if tags:
            with self.world.database.reading() as session:
                seen = Oracle(session)
                self.leaks += [f"{chat} was shown {tag}: {shown}" for tag in tags if not seen.may_read(chat, tag)]


def damages(session: Session) -> list[Any]:
    """What SQLite finds wrong with its own pages, indexes and references; PostgreSQL has no such question."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    try:
        pages = [line for (line,) in session.execute(text("PRAGMA integrity_check")) if line != "ok"]
        return [*pages, *session.execute(text("PRAGMA foreign_key_check"))]
    except DatabaseError as error:  # so damaged that it can't be examined
        return [str(error)]
