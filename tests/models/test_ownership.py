"""A command that root runs leaves no file behind that the service can't read, and a file it can't read has words."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.commands.failures import explain
from models.erasure_log import Erasure, ErasureLog
from models.key_file import KeyFileForbidden, add_key, create_key_file, read_key_file
from services.i18n import Language, translator

SERVICE = 65534 if os.geteuid() == 0 else os.geteuid()  # who isn't root can give files to nobody else
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of the service."""
    os.chown(tmp_path, SERVICE, -1)
    return tmp_path


def test_a_key_file_is_its_folders_owners_and_stays_so(folder: Path) -> None:
    file = folder / "lianxin.key"
    create_key_file(file, on=date(2026, 3, 2))
    assert file.stat().st_uid == SERVICE
    add_key(file, on=date(2026, 3, 3))
    assert (file.stat().st_uid, file.stat().st_mode & 0o777) == (SERVICE, 0o600)


def test_the_list_of_erasures_is_its_folders_owners(folder: Path) -> None:
    log = ErasureLog(folder / "lianxin.key")
    log.remember([Erasure("person", 1, NOW, NOW)])
    assert (log.file.stat().st_uid, log.file.stat().st_mode & 0o777) == (SERVICE, 0o600)


def test_a_link_under_the_name_of_the_list_makes_nothing_elsewhere(folder: Path, tmp_path: Path) -> None:
    log, elsewhere = ErasureLog(folder / "lianxin.key"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    log.file.symlink_to(elsewhere / "made by root")
    with pytest.raises(OSError, match="No such file"):
        log.remember([Erasure("person", 1, NOW, NOW)])
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("language", list(Language))
def test_a_key_file_of_somebody_else_is_told_in_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    file = folder / "lianxin.key"
    create_key_file(file, on=date(2026, 3, 2))

    def forbidden(*_: Any) -> None:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(Path, "open", forbidden)  # who is root may read everything
    with pytest.raises(KeyFileForbidden) as refused:
        read_key_file(file)
    failure = explain(refused.value, translator(language), database="")
    assert failure.code == 78
    assert str(file) in failure.text
    assert "chown" in failure.text
    assert "\n" not in failure.text
