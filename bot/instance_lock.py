"""One bot per SQLite file: a second instance is refused while the first one lives."""

import fcntl
import os
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process holds this database."""


class InstanceLock:
    """Held until released or the process ends, however it ends: the system lets go of it."""

    def __init__(self, database_file: Path) -> None:
        self._path = database_file.with_name(database_file.name + ".lock")
        self._handle: int | None = None

    def acquire(self) -> None:
        """Errors: AlreadyRunning, OSError where the folder can't be written."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise AlreadyRunning(str(self._path)) from None
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
