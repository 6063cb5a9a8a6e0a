"""News between processes on PostgreSQL: that there is something to do, heard when it is committed. SQLite has none."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.orm import Session

CHANNEL = "lianxin"
ANNOUNCED = "announced"  # in a session's info: the set of what its group will announce
INBOX, OUTBOX = "inbox", "outbox"  # letters to be handled, messages to be delivered


def announce(session: Session, what: str) -> None:
    """For those who wait in other processes; nothing where nobody could hear it."""
    session.info.get(ANNOUNCED, set()).add(what)


def publish(connection: Connection, announced: Collection[str], sender: str) -> None:
    """The last thing in a transaction: others hear it with the commit, or never."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(*(func.pg_notify(CHANNEL, f"{what} {sender}") for what in sorted(announced))))


class Listener:
    """A connection that hears what other senders announce. `heard` doesn't wait; readable means there is something."""

    def __init__(self, engine: Engine, me: str) -> None:
        self._me = me
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection.detach()  # a pool would hand it to others
        self._connection.execute(text(f"LISTEN {CHANNEL}"))
        self._driver: Any = self._connection.connection.dbapi_connection

    def fileno(self) -> int:
        return int(self._driver.fileno())

    def heard(self) -> set[str]:
        """Errors: OperationalError where the connection is lost."""
        line = self._driver.pgconn  # `Connection.notifies` waits for something to come, even with a timeout of 0
        line.consume_input()
        said = []
        while notice := line.notifies():
            said.append(notice.extra.decode().partition(" "))
        return {what for what, _, sender in said if sender != self._me}

    def close(self) -> None:
        self._connection.close()
