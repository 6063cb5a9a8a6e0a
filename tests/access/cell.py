"""One cell of the matrix: somebody takes a route with the objects of one place, and the world is as before again."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, select

from models.schema import Base
from models.session import Session
from services.i18n import Html, translator
from services.office import Office
from tests.access.actors import Someone
from tests.access.acts import Press, Said, open_dialogue
from tests.access.matrix import Entry
from tests.access.places import CADRE, Place, World

OTHERS_MAY_CHANGE = {"inbox", "outbox", "wrong_tries", "audit", "paces"}
T = translator("zh_CN")
NOT_THEIRS = {T.plain(one) for one in ("errors.not_allowed", "errors.stranger", "errors.access_ended")}
NOT_THERE = {T.plain(one) for one in ("errors.not_found", "errors.stale")}


@dataclass
class Stage:
    session: Session
    office: Office
    world: World


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """A savepoint of our own around it: PostgreSQL would keep one that is only rolled back to, and nest the next."""
    connection = session.connection()
    connection.exec_driver_sql("SAVEPOINT undone")
    step = session.begin_nested()
    try:
        yield
    finally:
        step.rollback()
        session.expunge_all()
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT undone")
        connection.exec_driver_sql("RELEASE SAVEPOINT undone")


def rows_of(session: Session) -> dict[str, list[Any]]:
    tables = (table for table in Base.metadata.sorted_tables if table.name not in OTHERS_MAY_CHANGE)
    return {table.name: sorted(map(repr, session.execute(select(table)))) for table in tables}


@contextmanager
def written(session: Session) -> Iterator[set[str]]:
    """The tables that statements write to, the post's aside."""
    found: set[str] = set()

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        verb, *rest = statement.replace('"', " ").split(None, 3)
        table = rest[0] if verb == "UPDATE" else rest[1] if len(rest) > 1 else ""
        if verb in ("INSERT", "UPDATE", "DELETE") and table not in OTHERS_MAY_CHANGE:
            found.add(table)

    engine = session.get_bind().engine  # type: ignore[union-attr]  # a connection has one
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def text_of(said: list[Said]) -> list[str]:
    return [Html(row.body.get("text", "")).text for row in said]


def shape(said: list[Said]) -> list[tuple[str, str]]:
    return [(row.kind, json.dumps(row.body, ensure_ascii=False, sort_keys=True)) for row in said]


@dataclass
class Cell:
    """One person at one route, with the objects of one place."""

    stage: Stage
    entry: Entry
    someone: Someone
    meanwhile: Callable[[Session], None] | None = None  # happens after the dialogue was opened
    said: list[Said] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)  # tables

    def offered(self, action: str) -> bool:
        buttons = (button for row in self.said for line in row.body.get("buttons", ()) for button in line)
        return any(button["data"].partition(":")[0] == action for button in buttons)

    def verdict(self, place: Place) -> str:
        with undone(self.stage.session):
            dialogue = self._begin(place)
            press = self._press()
            if not press.reached():
                return "~"
            with written(self.stage.session) as tables:
                self.said = press.on(place, dialogue=dialogue)
        self._check_secrets()
        self.changed = self._changed_by_it(place) if tables else set()
        found, is_foreign = judged(self.said), place.name != self.someone.own
        if found == "N" and is_foreign and self.entry.takes and self.meanwhile is None:
            assert shape(self.said) == shape(self._nowhere()), "not yours and not there are told apart"
        if found in "NX":
            assert not self.changed, "refused, and yet something changed"
            return found
        if found == "K" and self.changed:
            return "A"  # done, and said in a short word on the button
        return "a" if found == "A" and is_foreign and not self.changed else found

    def _begin(self, place: Place) -> int | None:
        dialogue = self._dialogue(place)
        if self.meanwhile is not None:
            self.meanwhile(self.stage.session)
        return dialogue

    def _dialogue(self, place: Place) -> int | None:
        """The person's own; for a button that names a dialogue and a foreign place, that of the cadre there."""
        if not self.entry.dialogue:
            return None
        whose = self.someone.account
        if self.meanwhile is None and place.name != self.someone.own and "draft" in self.entry.takes:
            whose = place.account(CADRE)
        return open_dialogue(self.stage.session, self.stage.office, whose, self.entry.dialogue, place)

    def _press(self) -> Press:
        return Press(self.stage.session, self.stage.office, self.someone.account, self.entry.key, self.entry.takes)

    def _nowhere(self) -> list[Said]:
        with undone(self.stage.session):
            return self._press().on(None)

    def _changed_by_it(self, place: Place) -> set[str]:
        """The tables that aren't as before: something may have been written and taken back."""
        with undone(self.stage.session):
            dialogue = self._begin(place)
            before = rows_of(self.stage.session)
            self._press().on(place, dialogue=dialogue)
            after = rows_of(self.stage.session)
            return {table for table in before if before[table] != after[table]}

    def _check_secrets(self) -> None:
        heard = json.dumps([row.body for row in self.said], ensure_ascii=False)
        leaked = [word for word in self.someone.secrets(self.stage.world) if word in heard]
        assert leaked == [], f"{leaked} in {heard}"


def judged(said: list[Said]) -> str:
    texts = text_of(said)
    if any(text in NOT_THEIRS for text in texts):
        return "X"
    if any(text in NOT_THERE for text in texts):
        return "N"
    only_alert = len(said) == 1 and said[0].kind == "answer" and said[0].body["alert"]
    return "K" if only_alert else "A"
