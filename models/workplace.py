"""A folder for files in the making: nobody else reads them, and nothing of them stays behind, not even after a kill."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

BEGINS = ".lianxin-making-"


class InTheMaking(Exception):
    """Somebody else is making something in that folder now."""


@contextmanager
def workplace(folder: Path, *, wait: bool = True) -> Iterator[Path]:
    """An own folder (0700) inside `folder`, which belongs to one maker at a time.

    What a maker left that was killed is swept away first. Errors: OSError; InTheMaking where not to wait.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise InTheMaking(str(folder)) from None
        for left in folder.glob(BEGINS + "*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=BEGINS, dir=folder, ignore_cleanup_errors=True) as own:
            yield Path(own)
    finally:
        os.close(handle)


def new_file(file: Path) -> BinaryIO:
    """For us alone (0600). Errors: FileExistsError."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def put_in_place(part: Path, out: Path) -> None:
    """Rename a finished file so that it is there after a power cut, whole. Errors: FileExistsError."""
    _sync(part, os.O_RDONLY)
    if out.exists() and out.stat().st_size:
        raise FileExistsError(str(out))
    part.replace(out)
    _sync(out.parent, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
