"""Every failure an operator can cause or meet, as one line that says what to do, and an exit code."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from telegram.error import InvalidToken, TelegramError

from bot.app import NotMigrated
from bot.config import ConfigError
from bot.instance_lock import AlreadyRunning
from bot.supervision import LoopDied
from bot.web import CannotListen
from models.key_file import KeyFileBroken, KeyFileBusy, KeyFileError, KeyFileExposed, KeyFileForbidden, KeyFileMissing
from models.keyring import UnknownKey, WrongKey
from models.snapshots import BadSnapshot, NotEmpty
from models.trouble import Trouble, trouble_of
from services.errors import DomainError
from services.i18n import Translator
from services.rules.roster.values import Unreadable
from services.tracebacks import said, words

FAILED = 1
CONFIGURATION = 78  # EX_CONFIG of sysexits.h
FILE_REASONS = {
    errno.ENOENT: "missing",
    errno.EEXIST: "exists",
    errno.EISDIR: "folder",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EROFS: "read_only",
    errno.ENOSPC: "full",
    errno.ENOTDIR: "no_folder",
}

KEY_REASONS: dict[type[KeyFileError], str] = {
    KeyFileMissing: "missing",
    KeyFileExposed: "exposed",
    KeyFileForbidden: "forbidden",
    KeyFileBroken: "broken",
    KeyFileBusy: "busy",
    UnknownKey: "unknown",
    WrongKey: "wrong",
}


class CommandFailed(Exception):
    """A command can't do what it was asked: a message id below `operator.failed` and its parameters."""

    def __init__(self, reason: str, **params: str | int) -> None:
        super().__init__(reason)
        self.message_id = f"operator.failed.{reason}"
        self.params = params


class NoDatabase(Exception):
    """There is no such SQLite file."""


@dataclass(frozen=True)
class Failure:
    text: str
    code: int = FAILED


def explain(error: Exception, t: Translator, *, database: str) -> Failure:
    """`database` is its place as people may read it."""
    match error:
        case ConfigError():
            return Failure(str(error), CONFIGURATION)
        case CommandFailed() | DomainError():
            return Failure(t.plain(error.message_id, **error.params))
        case Unreadable():
            return Failure(t.plain(error.reason, **error.params))
        case NoDatabase():
            return Failure(t.plain("operator.failed.no_database", database=database))
        case NotMigrated():
            return Failure(t.plain("operator.failed.not_migrated", database=database))
        case KeyFileError():
            return Failure(key_failure(error, t), CONFIGURATION)
        case AlreadyRunning():
            return Failure(t.plain("operator.failed.already_running", database=database))
        case CannotListen():
            words = t.plain("operator.failed.cannot_listen", address=error.address, why=error.why)
            return Failure(words, CONFIGURATION)
        case LoopDied() if error.__cause__ and trouble_of(error.__cause__) is Trouble.DAMAGED:
            return Failure(database_failure(Trouble.DAMAGED, error.__cause__, t, database=database))
        case LoopDied():
            return Failure(t.plain("operator.failed.loop_died", why=_with_cause(error)))
        case NotEmpty():
            return Failure(t.plain("operator.failed.not_empty", database=database))
        case BadSnapshot():
            return Failure(t.plain("operator.failed.bad_snapshot", why=t.plain(f"operator.snapshot.{error.reason}")))
        case InvalidToken():
            return Failure(t.plain("operator.failed.wrong_token"), CONFIGURATION)
        case TelegramError():
            return Failure(t.plain("operator.failed.telegram", why=type(error).__name__))
        case OSError():
            return Failure(file_failure(error, t))
    if trouble := trouble_of(error):
        return Failure(database_failure(trouble, error, t, database=database))
    return Failure(t.plain("operator.failed.unexpected", why=said(error)))


def file_failure(error: OSError, t: Translator) -> str:
    reason = FILE_REASONS.get(error.errno or 0, "other")
    # FileExistsError from a backup carries the path as its only argument
    file = error.filename or (error.args[0] if len(error.args) == 1 else "")
    if isinstance(error, FileExistsError):
        reason = "exists"
    return t.plain(f"operator.file.{reason}", file=str(file), why=error.strerror or type(error).__name__)


def key_failure(error: KeyFileError, t: Translator) -> str:
    key_id = error.key_id if isinstance(error, UnknownKey) else ""
    return t.plain(f"operator.keys.{KEY_REASONS[type(error)]}", file=str(error.file), key_id=key_id)


def database_failure(trouble: Trouble, error: BaseException, t: Translator, *, database: str) -> str:
    if trouble is Trouble.AWAY and _cannot_be_written(database):  # SQLite only says that it can't open it
        trouble = Trouble.READ_ONLY
    return t.plain(f"operator.trouble.{trouble}", database=database, why=words(error) or type(error).__name__)


def _cannot_be_written(database: str) -> bool:
    """A SQLite file that is there, on a read-only disk or in somebody else's folder."""
    file = Path(database)
    return file.is_file() and not os.access(file.parent, os.W_OK)


def _with_cause(error: LoopDied) -> str:
    cause = error.__cause__
    return f"{error} ({said(cause)})" if cause else str(error)
