"""What PostgreSQL is told about our connections: others must not wait for one that hangs."""

import select
import time
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InternalError, PendingRollbackError

from models.announcements import INBOX, announce
from models.post import Note
from models.session import Database, Group
from models.trouble import Trouble, is_passing, trouble_of


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_transaction_that_says_nothing_is_ended_by_the_server(database: Database) -> None:
    with database.reading() as session:
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "20s"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_waits_for_a_lock_for_ever_but_who_changes_the_tables(database: Database) -> None:
    patience = text("SHOW lock_timeout")
    with database.schema_change() as connection:
        assert connection.scalar(patience) == "0"
    database.compact()
    with database.transaction() as session:
        assert session.scalar(patience) == "10s"
    with database.reading() as session:
        assert session.scalar(patience) == "10s"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_group_is_hurried_until_it_is_committed_and_no_longer(database: Database, database_url: str) -> None:
    patience = text("SHOW lock_timeout")
    at_work = Database(database_url, database.keyring, lock_timeout=1_000)
    with at_work.group() as group:
        for _ in range(2):
            group.hurry()
            with group.member() as session:
                assert session.scalar(patience) == "10ms"
        group.conclude()
        with group.member() as session:
            assert session.scalar(patience) == "1s", "the commit waits as before for who commits at this moment"
        group.hurry()
    with at_work.reading() as session:
        assert session.scalar(patience) == "1s"
    at_work.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_transaction_that_a_pause_has_ended_is_nobodys_failure(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.session.HANGS", 1)  # of connections that are made from now on
    with pytest.raises(InternalError) as at_the_commit, database.group() as group:
        _pause(group, database)
    with pytest.raises(PendingRollbackError) as in_between, database.group() as group:
        _pause(group, database)
        with group.member() as session:
            session.execute(text("SELECT 1"))
    assert trouble_of(at_the_commit.value) is Trouble.BUSY
    assert is_passing(at_the_commit.value)
    assert is_passing(in_between.value)


def test_what_is_done_wrong_in_a_session_stays_the_askers_fault(database: Database) -> None:
    with pytest.raises(PendingRollbackError) as wrong, database.transaction() as session:
        session.add(Note(name="x", value="x", written_at=None))
        with suppress(IntegrityError):
            session.flush()
        session.execute(text("SELECT 1"))
    assert not is_passing(wrong.value)


def _pause(group: Group, database: Database) -> None:
    """Say nothing until the server has ended the transaction."""
    with group.member() as session:
        process = session.scalar(text("SELECT pg_backend_pid()"))
    found = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :process")
    until = time.monotonic() + 10
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        while other.scalar(found, {"process": process}):
            assert time.monotonic() < until


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_others_hear_what_is_committed_and_nobody_waits_for_it(database: Database, database_url: str) -> None:
    other = Database(database_url, database.keyring)
    mine, theirs = database.listen(), other.listen()
    with database.transaction() as session:
        announce(session, INBOX)
        assert theirs.heard() == set(), "not before the commit"
    readable, _, _ = select.select([theirs], [], [], 10)
    assert readable
    assert theirs.heard() == {INBOX}
    assert theirs.heard() == set(), "said once, and not waited for"
    with pytest.raises(ValueError, match="taken back"), database.transaction() as session:
        announce(session, INBOX)
        raise ValueError("taken back")
    assert (mine.heard(), theirs.heard()) == (set(), set())
    for listener in (mine, theirs):
        listener.close()
    other.dispose()
