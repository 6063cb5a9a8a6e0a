"""An operator at a console: `python -m bot …` as a process, with settings in a folder of its own."""

import asyncio
import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import canary
from tests.forks import fork
from tests.keys import write_key_file

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:canary-token-never-to-be-shown"
NAMING_PEOPLE = ("pair", "import-roster")  # a preview of who is paired with whom, and what is wrong with whose row
PATIENCE = 60.0  # seconds for a whole command on a busy machine


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def only_line(self) -> str:
        """The one clear line with which a command failed."""
        lines = self.err.splitlines()
        assert len(lines) == 1, f"one line was promised, not {self.err!r} after {self.out!r}"
        assert "Traceback" not in self.out
        return lines[0]


@dataclass
class Operator:
    folder: Path
    environment: dict[str, str]
    _started: list[asyncio.subprocess.Process] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def key_file(self) -> Path:
        return self.folder / "lianxin.key"

    def settings(self, **tables: dict[str, str]) -> None:
        lines = []
        for table, keys in tables.items():
            lines += [
                f"[{table}]",
                *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()),
            ]
        self.config.write_text("\n".join(lines) + "\n", "utf-8")

    async def starts(self, *command: str | Path, script: str = "", **environment: str) -> asyncio.subprocess.Process:
        """`script` replaces `-m bot`: Python that ends in calling it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *(("-c", script) if script else ("-m", "bot")),
            *map(str, command),
            "--config",
            str(self.config),
            cwd=ROOT,
            env=self.environment | environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._started.append(process)
        return process

    async def clear_away(self) -> None:
        """Whatever a failed test has left running."""
        for process in self._started:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    async def runs(self, *command: str | Path, script: str = "", **environment: str) -> Ran:
        """As a fork; with a script, or with variables for Python itself, as a start of its own."""
        names_people = bool(command) and command[0] in NAMING_PEOPLE
        if script or any(name.startswith("PYTHON") for name in environment):
            process = await self.starts(*command, script=script, **environment)
            return await ended(process, seconds=PATIENCE, names_people=names_people)
        code, out, err = await asyncio.to_thread(self._forked, [*map(str, command)], self.environment | environment)
        return heard(code, out, err, names_people=names_people)

    def _forked(self, command: list[str], environment: dict[str, str]) -> tuple[int, bytes, bytes]:
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            out, err = Path(name, "out"), Path(name, "err")
            command += ["--config", str(self.config)]
            process = fork(command, folder=ROOT, environment=environment, out=out, err=err)
            process.join(PATIENCE)
            if process.exitcode is None:
                process.kill()
                pytest.fail(f"not over within {PATIENCE} s: {err.read_text(errors='replace')}")
            return process.exitcode, out.read_bytes(), err.read_bytes()


async def ended(process: asyncio.subprocess.Process, *, seconds: float, names_people: bool = False) -> Ran:
    """Wait for the end; a process that doesn't come to it is killed, and the test fails."""
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        out, err = await process.communicate()
        pytest.fail(f"not over within {seconds} s: {err.decode()}")
    return heard(process.returncode or 0, out, err, names_people=names_people)


def heard(code: int, out: bytes, err: bytes, *, names_people: bool) -> Ran:
    """What came of it, after a look for what must never be said."""
    ran = Ran(code, out.decode(errors="replace"), err.decode(errors="replace"))
    assert TOKEN.partition(":")[2] not in ran.out + ran.err, "the token was printed"
    canary.hear("standard error of a command", ran.err)
    if not names_people:
        canary.hear("output of a command", ran.out)
    return ran


def operator_in(folder: Path, **tables: dict[str, str]) -> Operator:
    """In an environment without settings of ours, with the key file of all tests."""
    write_key_file(folder)
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("LIANXIN_")}
    operator = Operator(folder, environment | {"PYTHONWARNINGS": "default", "LIANXIN_WEB__LISTEN": "127.0.0.1:0"})
    operator.settings(**tables)
    return operator
