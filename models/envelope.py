"""One sealed value: AES-256-GCM with the key's id, the column and the row bound in, so that it opens only in its place.

`lx1.<key id>.<nonce, ciphertext and tag in base64>`. What comes after `lx1` and in which order never changes;
another form gets another beginning.
"""

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag

from models.keyring import Keyring, Purpose

VERSION = "lx1"
NONCE_BYTES = 12
_FORM = re.compile(rf"{VERSION}\.([0-9a-f]{{8}})\.([A-Za-z0-9_-]+={{0,2}})")


class Envelope(str):
    """A value that is sealed: the only kind that a sealed column takes."""

    __slots__ = ()


class BadSeal(Exception):
    """A sealed value was changed, or moved here from another row or column."""

    def __init__(self, place: str, row_id: int) -> None:
        super().__init__(f"{place} of row {row_id}")
        self.place = place
        self.row_id = row_id


def seal(keyring: Keyring, place: str, row_id: int, text: str) -> Envelope:
    """`place` is table.column. Half surrogate pairs, which no encoding takes, are spelled out. Errors: KeyFileError."""
    key_id = keyring.current
    nonce = secrets.token_bytes(NONCE_BYTES)
    content = text.encode("utf-8", "backslashreplace")
    sealed = keyring.cipher(Purpose.COLUMN, key_id).encrypt(nonce, content, _bound_in(key_id, place, row_id))
    return Envelope(f"{VERSION}.{key_id}.{urlsafe_b64encode(nonce + sealed).decode()}")


def unseal(keyring: Keyring, place: str, row_id: int, envelope: str) -> str:
    """Errors: BadSeal; UnknownKey, which names the key."""
    form = _FORM.fullmatch(envelope)
    if form is None:
        raise BadSeal(place, row_id)
    key_id, content = form[1], urlsafe_b64decode(form[2])
    nonce, sealed = content[:NONCE_BYTES], content[NONCE_BYTES:]
    try:
        opened = keyring.cipher(Purpose.COLUMN, key_id).decrypt(nonce, sealed, _bound_in(key_id, place, row_id))
    except (InvalidTag, ValueError):  # ValueError: too short to be one
        raise BadSeal(place, row_id) from None
    return opened.decode()


def is_sealed(text: str) -> bool:
    """Whether it has the form of an envelope; it may still not open."""
    return _FORM.fullmatch(text) is not None


def beginning(key_id: str) -> str:
    """What all envelopes under this key begin with."""
    return f"{VERSION}.{key_id}."


def _bound_in(key_id: str, place: str, row_id: int) -> bytes:
    return f"{VERSION} {key_id} {place} {row_id}".encode()
