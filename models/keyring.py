"""The keys while a process lives: a subkey for each purpose, read anew when the file changed."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.key_file import KEY_BYTES, KeyFile, KeyFileError, KeyFileMissing, read_key_file


class Purpose(StrEnum):
    """What a subkey is for; the words are part of how it is derived."""

    COLUMN = "column"
    BACKUP = "backup"


class UnknownKey(KeyFileError):
    """The key file hasn't the key that something was sealed with."""

    def __init__(self, file: Path, key_id: str) -> None:
        super().__init__(file)
        self.key_id = key_id

    def __str__(self) -> str:
        return f"key {self.key_id} isn't in {self.file}"


class WrongKey(UnknownKey):
    """The key file has a key of this id, but not the one that something was sealed with."""

    def __str__(self) -> str:
        return f"key {self.key_id} in {self.file} opens nothing"


@dataclass(frozen=True)
class _Loaded:
    stamp: tuple[int, int, int]
    content: KeyFile
    subkeys: dict[tuple[Purpose, str], bytes] = field(default_factory=dict, repr=False)
    ciphers: dict[tuple[Purpose, str], AESGCM] = field(default_factory=dict, repr=False)


class Keyring:
    """Opens its file with the first question. One per process; any thread may ask."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._loaded: _Loaded | None = None

    def require(self) -> None:
        """At the start, rather than with the first question. Errors: as `current`."""
        self._fresh()

    @property
    def current(self) -> str:
        """The id of the key to seal with, looked up in the file each time it changed.

        Errors: KeyFileMissing, KeyFileExposed, KeyFileBroken; UnknownKey where a file took its place that lacks a
        key of before: what is sealed from now on must not be lost with the old file.
        """
        return self._fresh().content.current

    @property
    def key_ids(self) -> tuple[str, ...]:
        """All of them, oldest first."""
        return tuple(key.id for key in self._fresh().content.keys)

    def subkey(self, purpose: Purpose, key_id: str | None = None) -> bytes:
        """256 bits; of the current key where none is named. Errors: as `current`, UnknownKey."""
        key_id, loaded = self._with_key(key_id)
        if (purpose, key_id) not in loaded.subkeys:
            loaded.subkeys[purpose, key_id] = _derived(loaded.content, purpose, key_id)
        return loaded.subkeys[purpose, key_id]

    def cipher(self, purpose: Purpose, key_id: str | None = None) -> AESGCM:
        """AES-256-GCM under that subkey. Errors: as `subkey`."""
        key_id, loaded = self._with_key(key_id)
        if (purpose, key_id) not in loaded.ciphers:
            loaded.ciphers[purpose, key_id] = AESGCM(self.subkey(purpose, key_id))
        return loaded.ciphers[purpose, key_id]

    def _with_key(self, key_id: str | None) -> tuple[str, _Loaded]:
        loaded = self._loaded
        if key_id is None or loaded is None or not _has(loaded.content, key_id):
            loaded = self._fresh()  # a key that another process added a moment ago
        key_id = key_id or loaded.content.current
        if not _has(loaded.content, key_id):
            raise UnknownKey(self.file, key_id)
        return key_id, loaded

    def _fresh(self) -> _Loaded:
        before, stamp = self._loaded, self._stamp()
        if before is not None and before.stamp == stamp:
            return before
        content = read_key_file(self.file)
        for key in before.content.keys if before else ():
            if key not in content.keys:
                raise UnknownKey(self.file, key.id)
        self._loaded = _Loaded(stamp, content)
        return self._loaded

    def _stamp(self) -> tuple[int, int, int]:
        try:
            found = self.file.stat()
        except FileNotFoundError:
            raise KeyFileMissing(self.file) from None
        return found.st_ino, found.st_size, found.st_mtime_ns


def _has(content: KeyFile, key_id: str) -> bool:
    return any(key.id == key_id for key in content.keys)


def _derived(content: KeyFile, purpose: Purpose, key_id: str) -> bytes:
    secret = next(key.secret for key in content.keys if key.id == key_id)
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"lianxin {purpose}".encode()).derive(secret)
