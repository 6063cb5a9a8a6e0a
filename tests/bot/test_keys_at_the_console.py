"""The key file as an operator meets it: made once, and whatever is wrong with it is one line and exit code 78."""

import stat
from pathlib import Path

import pytest

from tests.bot.commandline import Operator, operator_in
from tests.keys import KEY_ID


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return operator_in(tmp_path, telegram={"token": "1:never-used-in-these-tests"})


async def test_the_first_migrate_makes_the_key_file_and_the_next_leaves_it(operator: Operator) -> None:
    operator.key_file.unlink()
    first = await operator.runs("migrate")
    made = operator.key_file.read_bytes()
    assert first.code == 0
    assert "请另存一份" in first.out
    assert stat.S_IMODE(operator.key_file.stat().st_mode) == 0o600
    second = await operator.runs("migrate")
    assert (second.code, operator.key_file.read_bytes()) == (0, made)
    assert "另存" not in second.out


async def test_nothing_starts_without_its_key_file(operator: Operator) -> None:
    await operator.runs("migrate")
    operator.key_file.unlink()
    ran = await operator.runs("run")
    assert (ran.code, str(operator.key_file) in ran.only_line, "找不到" in ran.only_line) == (78, True, True)
    assert not operator.key_file.exists()


async def test_nothing_starts_with_a_key_file_that_others_may_read(operator: Operator) -> None:
    await operator.runs("migrate")
    operator.key_file.chmod(0o644)
    ran = await operator.runs("stats")
    assert (ran.code, f"chmod 600 {operator.key_file}" in ran.only_line) == (78, True)


async def test_the_doctor_looks_at_the_key_file(operator: Operator) -> None:
    healthy = await operator.runs("doctor")
    assert f"✓ 密钥 keys: 密钥文件 {operator.key_file}：密钥 1 个，现用 {KEY_ID}" in healthy.out
    operator.key_file.write_bytes(b"{}")
    ill = await operator.runs("doctor")
    assert f"✗ 密钥 keys: {operator.key_file} 不是密钥文件" in ill.out
