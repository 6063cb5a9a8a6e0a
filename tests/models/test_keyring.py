"""The key file is ours alone, whole or not there; a running process learns a new key and never loses an old one."""

import base64
import json
import os
import stat
import threading
from datetime import date
from pathlib import Path

import pytest

from models import key_file
from models.key_file import (
    KeyFileBroken,
    KeyFileBusy,
    KeyFileExposed,
    KeyFileMissing,
    add_key,
    alone_with,
    create_key_file,
    end_rotation,
    read_key_file,
)
from models.keyring import Keyring, Purpose, UnknownKey

DAY = date(2026, 3, 2)
NEXT_YEAR = date(2027, 3, 2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    create_key_file(tmp_path / "lianxin.key", on=DAY)
    return tmp_path / "lianxin.key"


def test_a_new_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create_key_file(tmp_path / "lianxin.key", on=DAY)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "lianxin.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["lianxin.key"]


def test_a_file_that_is_there_is_never_overwritten(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(FileExistsError):
        create_key_file(file, on=NEXT_YEAR)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["lianxin.key"]


def test_a_key_has_256_bits_and_is_never_the_same(tmp_path: Path) -> None:
    made = [create_key_file(tmp_path / str(n), on=DAY).keys[0] for n in range(3)]
    assert {len(key.secret) for key in made} == {32}
    assert len({key.secret for key in made}) == len({key.id for key in made}) == 3


def test_a_file_says_that_a_rotation_was_begun_until_it_is_over(file: Path) -> None:
    assert not read_key_file(file).is_rotating
    begun = add_key(file, on=NEXT_YEAR)
    assert read_key_file(file) == begun
    assert begun.is_rotating
    ended = end_rotation(file)
    assert read_key_file(file) == ended
    assert (ended.current, ended.keys, ended.is_rotating) == (begun.current, begun.keys, False)


def test_neither_a_key_nor_a_ring_shows_its_secret(file: Path) -> None:
    ring = Keyring(file)
    ring.subkey(Purpose.COLUMN)
    secret = read_key_file(file).keys[0].secret
    shown = repr(read_key_file(file)) + repr(ring) + repr(vars(ring))
    assert repr(secret)[2:-1] not in shown
    assert base64.b64encode(secret).decode() not in shown


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_a_file_that_others_have_rights_on_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(KeyFileExposed):
        Keyring(file).require()


def test_a_missing_file_is_called_missing(tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing):
        Keyring(tmp_path / "lianxin.key").require()


def broken(change: str) -> bytes:
    whole = {
        "format": "lianxin-keys-1",
        "current": "aa",
        "keys": {"aa": {"created": "2026-03-02", "key": base64.b64encode(bytes(32)).decode()}},
    }
    match change:
        case "empty":
            return b""
        case "torn":
            return json.dumps(whole).encode()[:-20]
        case "binary":
            return b"\xff\xfe\0\0"
        case "a list":
            return b"[]"
        case "another format":
            whole["format"] = "lianxin-keys-9"
        case "no current key":
            whole["current"] = "bb"
        case "a short key":
            whole["keys"]["aa"]["key"] = base64.b64encode(bytes(16)).decode()  # type: ignore[index]  # a plain dict
        case "no base64":
            whole["keys"]["aa"]["key"] = "*" * 44  # type: ignore[index]  # a plain dict
        case "no date":
            whole["keys"]["aa"]["created"] = "today"  # type: ignore[index]  # a plain dict
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    "change",
    ["empty", "torn", "binary", "a list", "another format", "no current key", "a short key", "no base64", "no date"],
)
def test_a_broken_file_is_refused_without_showing_what_is_in_it(file: Path, change: str) -> None:
    file.write_bytes(broken(change))
    with pytest.raises(KeyFileBroken) as refused:
        Keyring(file).require()
    assert str(refused.value) == str(file)
    assert refused.value.__suppress_context__


def test_each_purpose_has_a_subkey_of_its_own(file: Path) -> None:
    ring = Keyring(file)
    keys = {ring.subkey(purpose) for purpose in Purpose}
    assert len(keys) == len(Purpose)
    assert read_key_file(file).keys[0].secret not in keys
    assert Keyring(file).subkey(Purpose.COLUMN) == ring.subkey(Purpose.COLUMN)


def test_a_running_process_seals_with_a_new_key_at_once_and_still_opens_with_the_old_one(file: Path) -> None:
    ring = Keyring(file)
    old = ring.current
    sealed = ring.cipher(Purpose.COLUMN).encrypt(bytes(12), b"said", b"")
    add_key(file, on=NEXT_YEAR)
    assert ring.current != old
    assert ring.key_ids == (old, ring.current)
    assert ring.cipher(Purpose.COLUMN, old).decrypt(bytes(12), sealed, b"") == b"said"
    assert ring.subkey(Purpose.COLUMN) != ring.subkey(Purpose.COLUMN, old)


def test_a_process_that_meets_a_key_it_has_not_heard_of_looks_into_the_file(file: Path) -> None:
    ring = Keyring(file)
    ring.require()
    new = add_key(file, on=NEXT_YEAR).current
    assert len(ring.subkey(Purpose.COLUMN, new)) == 32


def test_an_unknown_key_is_named(file: Path) -> None:
    with pytest.raises(UnknownKey) as refused:
        Keyring(file).subkey(Purpose.COLUMN, "0badc0de")
    assert refused.value.key_id == "0badc0de"


def test_nothing_is_sealed_once_the_file_is_gone_or_another_took_its_place(file: Path, tmp_path: Path) -> None:
    ring = Keyring(file)
    old = ring.current
    file.unlink()
    with pytest.raises(KeyFileMissing):
        ring.cipher(Purpose.COLUMN)
    create_key_file(file, on=NEXT_YEAR)
    with pytest.raises(UnknownKey) as refused:
        ring.cipher(Purpose.COLUMN)
    assert refused.value.key_id == old


def test_a_file_is_changed_whole_or_not_at_all(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(key_file.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        add_key(file, on=NEXT_YEAR)
    assert file.read_bytes() == before


def test_two_changes_at_once_are_refused(file: Path) -> None:
    refused: list[Exception] = []

    def other() -> None:
        try:
            with alone_with(file):
                pass
        except KeyFileBusy as error:
            refused.append(error)

    with alone_with(file):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    with alone_with(file):
        pass
    assert len(refused) == 1
