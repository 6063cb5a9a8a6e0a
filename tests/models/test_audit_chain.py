"""The audit's chain: whole and without a gap whoever writes side by side, and what stands in it stays."""

from collections.abc import Sequence
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from models.audit import AuditEntry
from models.audit_chain import BEFORE_THE_FIRST, digest
from models.session import Database, Session
from services import audit
from tests.town import make_office

WRITERS, GROUPS, MEMBERS = 6, 12, 4


def record(session: Session, number: int) -> None:
    audit.record(session, make_office(), None, "export", "unit", number, by="operator", rows=number)


def entries(database: Database) -> Sequence[Any]:
    with database.reading() as session:
        return session.execute(select(AuditEntry.__table__).order_by(AuditEntry.position)).mappings().all()


def assert_whole(chain: Sequence[Any]) -> None:
    previous = BEFORE_THE_FIRST
    for position, entry in enumerate(chain, start=1):
        assert (entry["position"], entry["previous_hash"], entry["hash"]) == (position, previous, digest(entry))
        previous = entry["hash"]


def test_entries_of_one_group_stand_in_the_order_they_were_made(database: Database) -> None:
    with database.group() as group:
        for number in (1, 2, 3):
            with group.member() as session:
                record(session, number)
    chain = entries(database)
    assert [entry["object_id"] for entry in chain] == [1, 2, 3]
    assert_whole(chain)


def test_a_failed_member_leaves_no_gap(database: Database) -> None:
    with database.group() as group:
        for number in (1, 2, 3):
            try:
                with group.member() as session:
                    record(session, number)
                    if number == 2:
                        raise ValueError("stop")
            except ValueError:
                pass
    chain = entries(database)
    assert [entry["object_id"] for entry in chain] == [1, 3]
    assert_whole(chain)


def test_a_refusal_inside_a_member_leaves_no_entry(database: Database) -> None:
    with database.transaction() as session:
        record(session, 1)
        with pytest.raises(ValueError, match="stop"), session.begin_nested():
            record(session, 2)
            raise ValueError("stop")
        record(session, 3)
    assert [entry["object_id"] for entry in entries(database)] == [1, 3]
    assert_whole(entries(database))


def test_a_failed_group_leaves_no_entry(database: Database) -> None:
    with pytest.raises(ValueError, match="stop"), database.transaction() as session:
        record(session, 1)
        raise ValueError("stop")
    assert entries(database) == []


def test_writers_side_by_side_make_one_chain_without_a_gap(database: Database) -> None:
    """Each with engines of its own, as processes have; every fourth member fails."""
    begin = Barrier(WRITERS)

    def write(writer: int) -> None:
        own = Database(database.url, database.keyring)
        begin.wait()
        for number in range(GROUPS):
            with own.group() as group:
                for member in range(MEMBERS):
                    try:
                        with group.member() as session:
                            record(session, writer * 1000 + number * 10 + member)
                            if member == 3:
                                raise ValueError("stop")
                    except ValueError:
                        pass
        own.dispose()

    writers = [Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    chain = entries(database)
    assert len(chain) == WRITERS * GROUPS * (MEMBERS - 1)
    assert_whole(chain)
    assert len({entry["object_id"] for entry in chain}) == len(chain)


def test_a_group_without_entries_asks_nothing_of_the_audit(database: Database) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    with database.transaction() as session:
        session.execute(text("SELECT 1"))
    assert [statement for statement in asked if "audit" in statement or "lock" in statement] == []
    with database.transaction() as session:
        record(session, 1)
    assert [statement for statement in asked if "audit" in statement] != []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET person_id = 7 WHERE position = 2",
        "UPDATE audit_entries SET hash = NULL, position = NULL, previous_hash = NULL WHERE position = 2",
        "DELETE FROM audit_entries WHERE position = 2",
        "DELETE FROM audit_entries",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(database: Database, statement: str) -> None:
    with database.transaction() as session:
        record(session, 1)
        record(session, 2)
    before = entries(database)
    with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
        session.execute(text(statement))
    assert entries(database) == before


COLUMNS = "id, position, at, act, about, facts, previous_hash, hash"


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("postgresql", "TRUNCATE audit_entries"),
        ("sqlite", f"INSERT OR REPLACE INTO audit_entries ({COLUMNS}) VALUES (1, 9, '', '', '', '{{}}', '', '')"),
        ("sqlite", f"INSERT OR REPLACE INTO audit_entries ({COLUMNS}) VALUES (9, 1, '', '', '', '{{}}', '', '')"),
    ],
)
def test_no_way_round_the_refusal(database: Database, kind: str, statement: str) -> None:
    with database.transaction() as session:
        record(session, 1)
    before = entries(database)
    if database.is_sqlite == (kind == "sqlite"):
        with pytest.raises(DBAPIError, match="append-only"), database.transaction() as session:
            session.execute(text(statement))
    assert entries(database) == before
