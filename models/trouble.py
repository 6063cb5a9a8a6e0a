"""What is wrong with a database that can't be used, as words for an operator can be chosen by it."""

import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError, SQLAlchemyError


class Trouble(StrEnum):
    AWAY = "away"  # no server there, or a file that can't be opened
    REFUSED = "refused"  # the server is there and doesn't let us in
    BUSY = "busy"
    READ_ONLY = "read_only"
    FULL = "full"
    DAMAGED = "damaged"
    OTHER = "other"


class Damaged(Exception):
    """A database file that isn't whole; the message is SQLite's first finding."""


class TransactionLost(Exception):
    """SQLite rolled everything back by itself, as it does where the disk is full: no member's work stands."""


_BY_SQLITE = {
    "SQLITE_CANTOPEN": Trouble.AWAY,
    "SQLITE_PERM": Trouble.AWAY,
    "SQLITE_BUSY": Trouble.BUSY,
    "SQLITE_LOCKED": Trouble.BUSY,
    "SQLITE_READONLY": Trouble.READ_ONLY,
    "SQLITE_FULL": Trouble.FULL,
    "SQLITE_CORRUPT": Trouble.DAMAGED,
    "SQLITE_NOTADB": Trouble.DAMAGED,
}
# PostgreSQL's error classes; a refused login comes before there is a state and is known by its words only.
_BY_STATE = {
    "28": Trouble.REFUSED,
    "3D": Trouble.REFUSED,
    "40": Trouble.BUSY,  # a deadlock: others were in the way
    "53": Trouble.FULL,
    "55": Trouble.BUSY,  # a lock that wasn't to be had in time
    "57": Trouble.AWAY,
    "25": Trouble.OTHER,
}
_HUNG = "25P03"  # we said nothing in a transaction for too long, as after a pause of the machine; no fault of the asker
_CONNECTION_LOST = "8s2b"  # SQLAlchemy's code for what is asked in a transaction whose connection has broken
_REFUSALS = ("authentication failed", "does not exist", "no pg_hba.conf entry", "no password supplied")


def trouble_of(error: BaseException) -> Trouble | None:
    """None: it isn't the database's."""
    if isinstance(error, Damaged):
        return Trouble.DAMAGED
    if not isinstance(error, SQLAlchemyError | sqlite3.Error):
        return None
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "")
        return next((kind for code, kind in _BY_SQLITE.items() if name.startswith(code)), Trouble.OTHER)
    return _of_postgresql(cause)


def is_passing(error: BaseException) -> bool:
    """Whether the database couldn't do its work, whatever it was asked: the same may succeed a moment later.

    What SQLAlchemy says by itself, or a driver of a value it doesn't take, is the asker's fault.
    """
    if isinstance(error, TransactionLost):
        return True
    if isinstance(error, PendingRollbackError):
        return error.code == _CONNECTION_LOST
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _HUNG:
        return True
    is_of_the_database = isinstance(error, OperationalError | InterfaceError)
    return is_of_the_database and trouble_of(error) not in (None, Trouble.OTHER)


def _of_postgresql(cause: BaseException | None) -> Trouble:
    state = getattr(cause, "sqlstate", None) or ""
    if state == _HUNG:
        return Trouble.BUSY
    if state[:2] in _BY_STATE:
        return _BY_STATE[state[:2]]
    if any(words in str(cause) for words in _REFUSALS):
        return Trouble.REFUSED
    return Trouble.OTHER if state else Trouble.AWAY
