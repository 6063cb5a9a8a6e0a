"""Backups: everything as of one moment, packed and sealed, verified by reading it back; and the way back."""

import errno
import gzip
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from models import postgresql_dump
from models.bad_snapshot import BadSnapshot, NotEmpty
from models.sealed_stream import Damaged, Header, NotSealed, SealedReader, SealedWriter, read_header
from models.session import Database
from models.sqlite_copy import Counts, copy_sqlite, sound_counts
from models.workplace import new_file, put_in_place, workplace

__all__ = ["BadSnapshot", "Counts", "NotEmpty", "header_of", "read_snapshot", "write_snapshot"]

SQLITE, POSTGRESQL = "sqlite", "postgresql"
BLOCK = 1 << 20  # bytes between two looks at whether it is still wanted
PACKED = 1  # zlib's level: what is sealed can't be made smaller, so no time is lost on trying
PLAIN = (b"SQLite format 3", b"\x1f\x8b")  # how a database and an old dump begin


def write_snapshot(
    database: Database,
    out: Path,
    *,
    now: datetime,
    going_on: Callable[[], None] = lambda: None,
    wait: bool = True,
) -> Counts:
    """Write in a workplace beside `out`, read it back, then rename. Returns the rows of each table.

    `going_on` is called again and again and may raise, to give it up. Errors: FileExistsError, OSError, BadSnapshot
    where the copy doesn't verify, KeyFileError; InTheMaking where not to `wait` for another maker in that folder.
    """
    with _full_disk_names(out), workplace(out.parent, wait=wait) as folder:
        if out.exists():
            raise FileExistsError(str(out))
        part, plain = folder / "sealed", folder / "plain"
        with _sealing(part, database, now) as packed:
            counts = _fill(packed, database, plain, going_on)
        if _read_back(part, database, plain) != counts:
            raise BadSnapshot("damaged", "what was read back isn't what was written")
        put_in_place(part, out)
    return counts


def read_snapshot(database: Database, file: Path) -> Counts:
    """Restore into an empty place. Errors: NotEmpty, BadSnapshot, KeyFileError, OSError."""
    with _opened(file, database) as unpacked:
        if database.file is None:
            return postgresql_dump.load(database, unpacked)
        if database.file.exists() and database.file.stat().st_size:
            raise NotEmpty(str(database.file))
        with workplace(database.file.parent) as folder:
            part = folder / "plain"
            _unpack(unpacked, part)
            counts = sound_counts(part)
            put_in_place(part, database.file)
    return counts


def header_of(file: Path) -> Header:
    """Without a key. Errors: BadSnapshot, OSError."""
    with _sealed(file) as opened:
        return read_header(opened)


@contextmanager
def _full_disk_names(out: Path) -> Iterator[None]:
    """Rather than a file of the workplace, or none."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            error.filename = str(out)
        raise


def _fill(packed: BinaryIO, database: Database, plain: Path, going_on: Callable[[], None]) -> Counts:
    if database.file is None:
        return postgresql_dump.dump(database, packed, going_on)
    counts = copy_sqlite(database.file, plain, going_on)
    with plain.open("rb") as copy:
        while block := copy.read(BLOCK):
            packed.write(block)
            going_on()
    plain.unlink()
    return counts


def _read_back(part: Path, database: Database, plain: Path) -> Counts:
    with _opened(part, database) as unpacked:
        if not database.is_sqlite:
            return postgresql_dump.counted(unpacked)
        _unpack(unpacked, plain)
    return sound_counts(plain)


@contextmanager
def _sealing(part: Path, database: Database, now: datetime) -> Iterator[BinaryIO]:
    kind = SQLITE if database.is_sqlite else POSTGRESQL
    with new_file(part) as file:
        sealed = SealedWriter(file, database.keyring, kind=kind, created_at=now)
        with gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=PACKED, mtime=0) as packed:
            yield cast(BinaryIO, packed)
        sealed.finish()


@contextmanager
def _opened(file: Path, database: Database) -> Iterator[BinaryIO]:
    """What is in the backup, read to its end or not at all."""
    with _sealed(file) as opened:
        sealed = SealedReader(opened, database.keyring)
        if sealed.header.kind != (SQLITE if database.is_sqlite else POSTGRESQL):
            raise BadSnapshot("other_kind")
        with gzip.GzipFile(fileobj=sealed) as unpacked:
            yield cast(BinaryIO, unpacked)


@contextmanager
def _sealed(file: Path) -> Iterator[BinaryIO]:
    """What is wrong with the file is said as BadSnapshot."""
    try:
        with file.open("rb") as opened:
            if opened.read(len(PLAIN[0])).startswith(PLAIN):
                raise BadSnapshot("plain")
            opened.seek(0)
            yield opened
    except NotSealed as error:
        raise BadSnapshot("no_backup") from error
    except (Damaged, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadSnapshot("damaged", str(error)) from error


def _unpack(unpacked: BinaryIO, plain: Path) -> None:
    with new_file(plain) as file:
        shutil.copyfileobj(unpacked, file)
