"""The file beside the key file: durable, for its owner only, and none the worse for a kill."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.erasure_log import Erasure, ErasureLog

AT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
FIRST, SECOND = Erasure("person", 7, AT, AT), Erasure("household", 7, AT, AT)


@pytest.fixture
def log(tmp_path: Path) -> ErasureLog:
    return ErasureLog(tmp_path / "lianxin.key")


def test_what_was_remembered_is_read_again_in_order(log: ErasureLog) -> None:
    log.remember([FIRST])
    log.remember([SECOND])
    assert ErasureLog(log.file.with_name("lianxin.key")).erasures() == [FIRST, SECOND]


def test_it_stands_beside_the_key_file_for_its_owner_only(log: ErasureLog) -> None:
    log.remember([FIRST])
    assert log.file.name == "lianxin.key.erased"
    assert log.file.stat().st_mode & 0o777 == 0o600


def test_nothing_to_remember_makes_no_file(log: ErasureLog) -> None:
    log.remember([])
    assert log.erasures() == []
    assert not log.file.exists()


@pytest.mark.parametrize("kept", [1, 20, 60])
def test_a_line_that_a_kill_cut_off_spoils_no_other(log: ErasureLog, kept: int) -> None:
    log.remember([FIRST])
    whole = log.file.read_bytes()
    log.file.write_bytes(whole + whole[:kept])
    log.remember([SECOND])
    assert log.erasures() == [FIRST, SECOND]
