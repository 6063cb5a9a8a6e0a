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
    "expire_claims": lambda s: outbox.expire_claims(s, now=NOW),
    "cancel_open": lambda s: outbox.cancel_open(s, 5, reason="blocked", at=NOW),
}


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    database = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", KEYRING)
    yield database
    database.dispose()


def plan(database: Database, act: Callable[[Session], object]) -> list[str]:
    """How SQLite goes about the statement, in its own words, one step a line."""
    statements: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    with database.transaction() as session:
        event.listen(database.engine, "before_cursor_execute", note)
        act(session)
        event.remove(database.engine, "before_cursor_execute", note)
        statement, parameters = statements[-1]
        connection = session.connection()
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


@pytest.mark.parametrize("name", ASKED)
def test_only_open_rows_are_looked_at(on_sqlite: Database, name: str) -> None:
    steps = [step for step in plan(on_sqlite, ASKED[name]) if "box" in step]
    assert steps
    assert all("USING INDEX ix_" in step or "USING COVERING INDEX ix_" in step for step in steps), steps


@pytest.mark.parametrize("name", ["waiting", "claimable"])
def test_the_oldest_are_found_without_sorting_all_that_wait(on_sqlite: Database, name: str) -> None:
    assert not [step for step in plan(on_sqlite, ASKED[name]) if "TEMP B-TREE" in step]
