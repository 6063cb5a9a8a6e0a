"""The key file: several 256-bit master keys, one of them current; the others stay, since old backups need them."""

import base64
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from models.ownership import give_like

FORMAT = "lianxin-keys-1"
KEY_BYTES = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO
OURS_ALONE = 0o600


class KeyFileError(Exception):
    """The key file can't be used as it is."""

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))
        self.file = file


class KeyFileMissing(KeyFileError):
    """There is no key file."""


class KeyFileExposed(KeyFileError):
    """Group or others have rights on the key file."""


class KeyFileForbidden(KeyFileError):
    """The user that this process runs as may not read the key file."""


class KeyFileBroken(KeyFileError):
    """The key file isn't one, or not all of it."""


class KeyFileBusy(KeyFileError):
    """Somebody else is changing the key file."""


@dataclass(frozen=True)
class MasterKey:
    id: str  # eight hexadecimal digits by chance, so that a foreign file is noticed
    created: date
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class KeyFile:
    """`is_rotating`: a rotation to the current key has begun, and not yet come to its end."""

    current: str
    keys: tuple[MasterKey, ...]
    is_rotating: bool = False


def read_key_file(file: Path) -> KeyFile:
    """Errors: KeyFileMissing, KeyFileExposed, KeyFileForbidden, KeyFileBroken, OSError."""
    try:
        with file.open("rb") as opened:
            if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & OTHERS:
                raise KeyFileExposed(file)
            return _parsed(json.loads(opened.read()))
    except FileNotFoundError:
        raise KeyFileMissing(file) from None
    except PermissionError:
        raise KeyFileForbidden(file) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyFileBroken(file) from None  # its text may hold a key


def create_key_file(file: Path, *, on: date) -> KeyFile:
    """A first file with one key; never over another one. Errors: FileExistsError, OSError."""
    key = _new_key(on)
    made = KeyFile(key.id, (key,))
    part = _written_beside(file, made)
    try:
        os.link(part, file)  # like a rename, but refuses where there is one
    finally:
        part.unlink()
    _settle(file)
    return made


def add_key(file: Path, *, on: date) -> KeyFile:
    """The same keys and a new, current one, to which a rotation begins; whole or not at all.

    Errors: as `read_key_file`.
    """
    before = read_key_file(file)
    key = _new_key(on)
    return _replaced(file, KeyFile(key.id, (*before.keys, key), is_rotating=True))


def end_rotation(file: Path) -> KeyFile:
    """Everything is sealed with the current key. Errors: as `read_key_file`."""
    return _replaced(file, replace(read_key_file(file), is_rotating=False))


@contextmanager
def alone_with(file: Path) -> Iterator[None]:
    """Nobody else adds keys meanwhile, or one of two new keys would be lost. Errors: KeyFileBusy, OSError."""
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise KeyFileBusy(file) from None
    finally:
        os.close(folder)


def _new_key(on: date) -> MasterKey:
    return MasterKey(secrets.token_hex(4), on, secrets.token_bytes(KEY_BYTES))


def _parsed(content: Any) -> KeyFile:
    keys = tuple(_key(key_id, entry) for key_id, entry in content["keys"].items())
    if content["format"] != FORMAT or content["current"] not in content["keys"]:
        raise ValueError("no key file of ours")
    return KeyFile(content["current"], keys, content.get("rotating") is True)  # files of before lack the mark


def _key(key_id: str, entry: Any) -> MasterKey:
    secret = base64.b64decode(entry["key"], validate=True)
    if len(secret) != KEY_BYTES:
        raise ValueError("no 256 bits")
    return MasterKey(key_id, date.fromisoformat(entry["created"]), secret)


def _written_beside(file: Path, content: KeyFile) -> Path:
    """A file of ours alone, and on the disk, not yet under its name."""
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    keys = {
        key.id: {"created": key.created.isoformat(), "key": base64.b64encode(key.secret).decode()}
        for key in content.keys
    }
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OURS_ALONE)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        mark = {"rotating": True} if content.is_rotating else {}
        json.dump({"format": FORMAT, "current": content.current, **mark, "keys": keys}, out, indent=2)
        out.write("\n")
        out.flush()
        os.fsync(handle)
        give_like(handle, file if file.exists() else file.parent)
    return part


def _replaced(file: Path, content: KeyFile) -> KeyFile:
    _written_beside(file, content).replace(file)
    _settle(file)
    return content


def _settle(file: Path) -> None:
    """The name reaches the disk too."""
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
