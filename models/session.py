"""Engines, transactions, and the only commit of the project.

`Session` is named here for the layers above, which import nothing of SQLAlchemy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from models import sealing  # noqa: F401  # every session seals what it writes
from models.announcements import ANNOUNCED, Listener, publish
from models.audit_chain import UNCHAINED, chain
from models.keyring import Keyring
from models.trouble import TransactionLost

__all__ = ["Database", "Group", "Session"]

LOCK_TIMEOUT = 10_000  # milliseconds to wait for what another holds; then the work is given up and tried again
HURRIED = 10  # milliseconds, the same for the rest of a group of which one has waited in vain
HANGS = 20  # seconds in a transaction without a word: PostgreSQL ends it; ours compute for a second or two at most
KEPT_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}  # asked of both ends; seconds
WRITES = {"lianxin_writes": True}


class Group:
    """One open transaction with a savepoint for each member: a failing member takes nothing with it."""

    def __init__(self, connection: Connection, sender: str) -> None:
        self._connection = connection
        self._sender = sender
        self._patience: str | None = None  # what is to be had back; None: it isn't hurried
        self._unchained: list[int] = []
        self._announced: set[str] = set()

    def require_transaction(self) -> None:
        """Errors: TransactionLost. Without one a savepoint commits by itself, and a COMMIT does nothing, silently."""
        driver = self._connection.connection.dbapi_connection
        if not getattr(driver, "in_transaction", True):  # psycopg has no such word: its commit fails by itself
            raise TransactionLost

    @contextmanager
    def member(self) -> Iterator[Session]:
        """Errors: TransactionLost, instead of what is then said about a savepoint that is gone."""
        self.require_transaction()
        try:
            with Session(
                self._connection,
                join_transaction_mode="create_savepoint",
                expire_on_commit=False,
                info={UNCHAINED: self._unchained, ANNOUNCED: self._announced},
            ) as session:
                yield session
                session.commit()  # releases the savepoint; the group's own commit makes it durable
        finally:
            self.require_transaction()

    def hurry(self) -> None:
        """One has waited in vain for a row that another holds: its fellows, who waited with it, hardly wait for theirs.

        On SQLite what is held is the whole file, and no group has begun.
        """
        if self._patience is None and self._connection.dialect.name == "postgresql":
            self._patience = self._connection.scalar(text("SHOW lock_timeout"))
            self._wait_for_locks(f"{HURRIED}ms")

    def conclude(self) -> None:
        """The last thing before the commit. Errors: TransactionLost."""
        self.require_transaction()
        if self._patience is not None:  # the chain's lock is everybody's
            self._wait_for_locks(self._patience)
        if self._unchained:
            chain(self._connection, self._unchained)
            self.require_transaction()
        if self._announced:
            publish(self._connection, self._announced, self._sender)

    def _wait_for_locks(self, most: str) -> None:
        self._connection.execute(text("SELECT set_config('lock_timeout', :most, true)"), {"most": most})


class Database:
    """The database under one URL, and the keys to what is sealed in it.

    Sessions never leave the thread that opened them. `lock_timeout`: milliseconds to wait for a row of PostgreSQL.
    """

    def __init__(self, url: str, keyring: Keyring, *, lock_timeout: int | None = None) -> None:
        self.url = url
        self.keyring = keyring
        self._sender = uuid4().hex
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url, lock_timeout)
        self.engine.dialect.keyring = keyring  # type: ignore[attr-defined]  # where the sealed columns find it

    @property
    def file(self) -> Path | None:
        """Where SQLite keeps it; None: it is PostgreSQL."""
        name = make_url(self.url).database if self.is_sqlite else None
        return Path(name) if name else None

    @property
    def is_missing(self) -> bool:
        """A SQLite file that isn't there, though its folder is: opening it would create it."""
        return self.file is not None and self.file.parent.is_dir() and not self.file.exists()

    @contextmanager
    def group(self) -> Iterator[Group]:
        """A write transaction of several members, committed together when the block ends without an exception."""
        with self.engine.connect().execution_options(**WRITES) as connection, connection.begin():
            group = Group(connection, self._sender)
            yield group
            group.conclude()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A write transaction of its own."""
        with self.group() as group, group.member() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A snapshot to read from; whatever is changed in it is thrown away."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def schema_change(self) -> Iterator[Connection]:
        """A write transaction for migrations, which waits for others as long as it takes.

        SQLite rebuilds tables in them: no foreign keys meanwhile.
        """
        with self.engine.connect().execution_options(**WRITES) as connection:
            driver: Any = connection.connection.dbapi_connection
            if self.is_sqlite:
                driver.execute("PRAGMA foreign_keys=OFF")  # has no effect once a transaction has begun
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(text("SET LOCAL lock_timeout = 0"))
                yield connection
            if self.is_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")

    def compact(self) -> None:
        """Write all tables anew, so that nothing is left of what rows held before; nobody else may be at work."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not self.is_sqlite:
                connection.detach()  # it isn't used again, with a patience that only this work has
                connection.execute(text("SET lock_timeout = 0"))
                connection.execute(text("VACUUM FULL"))
                return
            driver: Any = connection.connection.dbapi_connection
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def listen(self) -> Listener:
        """To what others announce who have the same PostgreSQL database open."""
        return Listener(self.engine, self._sender)

    def dispose(self) -> None:
        self.engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN comes too late (before the first write) and loses concurrent updates.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={LOCK_TIMEOUT}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("lianxin_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql_engine(url: str, lock_timeout: int | None) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 5, **KEPT_ALIVE}
    )
    event.listen(engine, "connect", lambda driver, _: _prepare_postgresql(driver, lock_timeout or LOCK_TIMEOUT))
    return engine


def _prepare_postgresql(connection: Any, lock_timeout: int) -> None:
    """A process that hangs, or whose machine is gone, must not keep others from its rows for ever; nor may a lock."""
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = {lock_timeout}")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{HANGS}s'")
    for name, seconds in KEPT_ALIVE.items():
        connection.execute(f"SET tcp_{name} = {seconds}")
    connection.autocommit = False
