"""A file sealed in chunks with AES-256-GCM, read and written in bounded memory.

The STREAM construction: each chunk's nonce is its number and whether it is the last, each chunk is bound to the
header. So a file that was cut short, lengthened, put in another order or given another header isn't opened.
"""

import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.keyring import Keyring, Purpose

MAGIC = b"lianxin-backup-1\n"
LONGEST_HEADER = 1024  # bytes
CHUNK = 1 << 16  # bytes of content
TAG = 16  # bytes that GCM adds to each
SALT = 32  # bytes: a key of its own for each file, so that no nonce comes twice under one key
KEY = 32  # bytes
INFO = b"lianxin backup file"
GOES_ON, LAST = b"\0", b"\1"


class NotSealed(Exception):
    """It doesn't begin as a sealed file does."""


class Damaged(Exception):
    """A chunk isn't what was written: changed, missing, moved or added."""


@dataclass(frozen=True)
class Header:
    """What everybody may know of the file: which kind of database, which key, when."""

    kind: str
    key_id: str
    created_at: datetime  # aware
    salt: bytes

    def to_bytes(self) -> bytes:
        told = {
            "kind": self.kind,
            "key": self.key_id,
            "created": self.created_at.isoformat(timespec="seconds"),
            "salt": self.salt.hex(),
        }
        return MAGIC + json.dumps(told).encode() + b"\n"


def read_header(file: BinaryIO) -> Header:
    """Errors: NotSealed, Damaged."""
    return _understood(_header_bytes(file))


class SealedWriter(io.RawIOBase):
    """Seals what is written to it into `file`. Without a `finish` nobody can read it back."""

    def __init__(self, file: BinaryIO, keyring: Keyring, *, kind: str, created_at: datetime) -> None:
        header = Header(kind, keyring.current, created_at, os.urandom(SALT))
        self._file = file
        self._cipher = _cipher(keyring, header)
        self._bound = header.to_bytes()
        self._number = 0
        self._waiting = bytearray()
        file.write(self._bound)

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        size = memoryview(content).nbytes
        self._waiting += content
        while len(self._waiting) > CHUNK:  # a full one may still be the last
            self._seal(bytes(self._waiting[:CHUNK]), GOES_ON)
            del self._waiting[:CHUNK]
        return size

    def finish(self) -> None:
        self._seal(bytes(self._waiting), LAST)
        self._waiting.clear()

    def _seal(self, content: bytes, place: bytes) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, place), content, self._bound))
        self._number += 1


class SealedReader(io.RawIOBase):
    """What a sealed file holds. Errors: NotSealed, Damaged, UnknownKey and its relatives."""

    def __init__(self, file: BinaryIO, keyring: Keyring) -> None:
        bound = _header_bytes(file)
        self.header = _understood(bound)
        self._chunks = _opened(file, _cipher(keyring, self.header), bound)
        self._present = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._present:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._present = memoryview(chunk)
        size = min(len(buffer), len(self._present))
        buffer[:size] = self._present[:size]
        self._present = self._present[size:]
        return size


def _header_bytes(file: BinaryIO) -> bytes:
    """As they stand: the chunks are bound to each of them. Leaves the file at its first chunk."""
    if file.read(len(MAGIC)) != MAGIC:
        raise NotSealed
    return MAGIC + file.readline(LONGEST_HEADER)


def _understood(header: bytes) -> Header:
    try:
        told = json.loads(header.removeprefix(MAGIC))
        moment = datetime.fromisoformat(told["created"])
        return Header(str(told["kind"]), str(told["key"]), moment, bytes.fromhex(told["salt"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged("the header") from error


def _opened(file: BinaryIO, cipher: AESGCM, bound: bytes) -> Iterator[bytes]:
    number, chunk = 0, file.read(CHUNK + TAG)
    while True:
        ahead = file.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(number, GOES_ON if ahead else LAST), chunk, bound)
        except InvalidTag as error:
            raise Damaged(f"chunk {number}") from error
        if not ahead:
            return
        number, chunk = number + 1, ahead


def _nonce(number: int, place: bytes) -> bytes:
    return number.to_bytes(11, "big") + place


def _cipher(keyring: Keyring, header: Header) -> AESGCM:
    subkey = keyring.subkey(Purpose.BACKUP, header.key_id)
    return AESGCM(HKDF(SHA256(), KEY, salt=header.salt, info=INFO).derive(subkey))
