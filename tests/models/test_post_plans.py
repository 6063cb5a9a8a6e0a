"""The post office looks only at what is open: what it costs doesn't grow with what was ever received and sent."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from models.queries import inbox, outbox
from models.session import Database, Session
from tests.keys import KEYRING

NOW = datetime(2026, 3, 2, tzinfo=UTC)
IN_THE_MORNING = ("answer", "notice", "scheduled", "emergency")
ASKED = {
    "waiting": lambda s: inbox.waiting(s, now=NOW, limit=64, skip_chats={1, 2}),
    "claimable": lambda s: outbox.claimable(s, lane="bulk", speeches=IN_THE_MORNING, now=NOW, limit=8),
    "count_open": lambda s: outbox.count_open(s, speeches=IN_THE_MORNING),
    "has_strays": lambda s: outbox.has_strays(s, speeches=["answer"], now=NOW, but_not=[1, 2]),
    "expire_claims": lambda s: outbox.expire_claims(s, now=NOW, but_not=[1, 2]),
    "cancel_open": lambda s: outbox.cancel_open(s, 5, reason="blocked", at=NOW),
}


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    database = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", KEYRING)
    yield database
    database.dispose()


def plan(database: Database, act: Callable[[Session], object]) -> list[str]:
    """How SQLite goes about the statements of the act, in its own words, one step a line."""
    statements: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    with database.transaction() as session:
        event.listen(database.engine, "before_cursor_execute", note)
        act(session)
        event.remove(database.engine, "before_cursor_execute", note)
        connection = session.connection()
        asked = [one for one in statements if "box" in one[0]]
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all() for sql, values in asked]
        return [row[3] for steps in plans for row in steps]


@pytest.mark.parametrize("name", ASKED)
def test_only_open_rows_are_looked_at(on_sqlite: Database, name: str) -> None:
    steps = [step for step in plan(on_sqlite, ASKED[name]) if "box" in step]
    assert steps
    found = ("USING INDEX ix_", "USING COVERING INDEX ix_", "USING INTEGER PRIMARY KEY (rowid=?)")
    assert all(any(way in step for way in found) for step in steps), steps


def test_the_oldest_messages_are_found_without_sorting_all_that_wait(on_sqlite: Database) -> None:
    assert not [step for step in plan(on_sqlite, ASKED["claimable"]) if "TEMP B-TREE" in step]


def test_letters_are_looked_for_chat_by_chat_and_not_one_by_one(on_sqlite: Database) -> None:
    steps = plan(on_sqlite, ASKED["waiting"])
    assert "SEARCH inbox USING INDEX ix_inbox_waiting (chat_id>?)" in steps, "to the next chat in one step"
    assert not [step for step in steps if step.startswith("SCAN inbox")], "nowhere through all that wait"
