"""What the command line promises whatever the command: exit codes, one line, nothing half done."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.failures import CommandFailed, explain
from models.snapshots import BadSnapshot
from services.i18n import translator
from tests.bot.commandline import ROOT, Operator, operator_in

COMMANDS = (
    *("run", "demo", "migrate", "import-roster", "pair", "invite", "cards", "tick"),
    *("export", "backup", "restore", "doctor", "stats", "letters", "keys"),
)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return operator_in(tmp_path, site={"name": "云溪镇"})


async def test_the_help_names_every_command_in_both_languages(operator: Operator) -> None:
    ran = await operator.runs(script="import sys; sys.argv = ['bot', '--help']; from bot.__main__ import main; main()")
    assert ran.code == 0
    for command in COMMANDS:
        line = next(line for line in ran.out.splitlines() if line.split()[:1] == [command])
        assert " · " in line, f"{command} says it in one language only: {line}"


@pytest.mark.parametrize(
    "command",
    [("fly",), ("run", "--roles", "desk,piano"), ("invite", "--role", "king", "--unit", "T"), ("tick", "--at", "soon")],
    ids=lambda command: command[0],
)
async def test_wrong_usage_is_exit_2(operator: Operator, command: tuple[str, ...]) -> None:
    ran = await operator.runs(*command)
    assert ran.code == 2
    assert "Traceback" not in ran.err


async def test_settings_that_are_not_there_are_exit_78(operator: Operator) -> None:
    operator.config.unlink()
    ran = await operator.runs("stats")
    assert ran.code == 78
    assert str(operator.config) in ran.only_line


async def test_a_mistake_in_the_settings_is_exit_78_and_names_table_and_key(operator: Operator) -> None:
    operator.settings(telegram={"tokn": "x"})
    ran = await operator.runs("run")
    assert (ran.code, ran.only_line) == (78, "[telegram] tokn: unknown key — did you mean token?")


async def test_running_without_a_token_is_a_matter_of_configuration(operator: Operator) -> None:
    ran = await operator.runs("run")
    assert ran.code == 78
    assert "[telegram] token" in ran.only_line


@pytest.mark.parametrize(
    "command", [("stats",), ("pair",), ("backup", "out"), ("invite", "--role", "admin", "--unit", "T")]
)
async def test_without_tables_every_command_says_to_migrate_and_creates_nothing(
    operator: Operator, command: tuple[str, ...]
) -> None:
    ran = await operator.runs(*command)
    assert ran.code == 1
    assert "python -m bot migrate" in ran.only_line
    assert sorted(operator.folder.iterdir()) == [operator.config, operator.key_file]


async def test_migrating_creates_the_database_and_a_second_time_does_nothing(operator: Operator) -> None:
    first, second = await operator.runs("migrate"), await operator.runs("migrate")
    assert (first.code, second.code) == (0, 0)
    assert "数据库已就绪" in first.out
    assert "没有要改的" in second.out
    assert (await operator.runs("stats")).code == 0


async def test_a_database_that_is_away_is_named_without_its_password(operator: Operator) -> None:
    operator.settings(database={"url": "postgresql+psycopg://town:sesame-open@127.0.0.1:9/lianxin"})
    ran = await operator.runs("stats")
    assert ran.code == 1
    assert "127.0.0.1:9/lianxin" in ran.only_line
    assert "sesame" not in ran.err


async def test_a_misspelt_database_is_not_taken_for_a_new_one_without_a_word(operator: Operator) -> None:
    await operator.runs("migrate")
    operator.settings(database={"url": "sqlite:///lianxim.db"}, telegram={"token": "123456789:a-token-for-tests-only"})
    for command in ("stats", "run"):
        ran = await operator.runs(command)
        assert ran.code == 1
        assert "lianxim.db" in ran.only_line
        assert "[database] url" in ran.only_line
    made = await operator.runs("migrate")
    assert (made.code, "已新建空的" in made.err) == (0, True)
    assert "已新建空的" not in (await operator.runs("migrate")).err


async def test_a_file_that_is_no_database_is_named(operator: Operator) -> None:
    (operator.folder / "lianxin.db").write_bytes(b"a letter to grandmother, not a database" * 100)
    ran = await operator.runs("stats")
    assert ran.code == 1
    assert "损坏了，或不是数据库文件" in ran.only_line


async def test_a_traceback_is_for_those_who_ask(operator: Operator) -> None:
    assert "Traceback" in (await operator.runs("stats", "--debug")).err


async def test_the_operator_reads_the_language_of_the_site(operator: Operator) -> None:
    operator.settings(site={"language": "en"})
    assert "There is no such database file" in (await operator.runs("stats")).only_line


async def test_a_terminal_without_chinese_is_no_reason_to_fail(operator: Operator) -> None:
    ran = await operator.runs("migrate", PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert str(operator.folder) in ran.out


def test_every_failure_and_every_verdict_has_its_words() -> None:
    said = set(_said("CommandFailed", "operator.failed")) | set(_said("fine doubt wrong make", "operator.doctor"))
    assert len(said) > 30
    assert said <= translator("en").messages.keys()


@pytest.mark.parametrize(("errors", "words"), [(1, "1 error,"), (2, "2 errors,")])
def test_one_error_is_one_error_in_english(errors: int, words: str) -> None:
    assert words in explain(CommandFailed("roster_errors", n=errors), translator("en"), database="").text


def test_every_reason_to_refuse_a_backup_has_its_words() -> None:
    code = "".join(file.read_text("utf-8") for file in (ROOT / "models").glob("*.py"))
    reasons = set(re.findall(r'BadSnapshot\("(\w+)"', code))
    assert reasons == {"no_backup", "plain", "damaged", "newer", "other_kind", "other_version"}
    for reason in reasons:
        words = explain(BadSnapshot(reason), translator("zh_CN"), database="").text
        assert "这份备份不能用" in words
        assert reason not in words


def _said(functions: str, beginning: str) -> Iterator[str]:
    """The ids that calls of these functions name; an argument that is chosen by a condition names two."""
    for file in (ROOT / "bot/commands").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in functions.split():
                names = [beginning]
                for argument in call.args:
                    texts = [one.value for one in ast.walk(argument) if isinstance(one, ast.Constant)]
                    names = [f"{name}.{text}" for name in names for text in texts if isinstance(text, str)]
                yield from names
