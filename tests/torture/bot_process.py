"""The bot as a process of its own, or one of several on one database, to be killed and started again."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests import canary
from tests.keys import KEYRING

ROOT = Path(__file__).resolve().parents[2]


def settings_for(*, token: str, api_url: str, database_url: str, **more: str) -> dict[str, str]:
    """The environment in which `python -m bot run` finds all its settings, and none of ours. `more` as TABLE__KEY."""
    others = {name: value for name, value in os.environ.items() if not name.upper().startswith("LIANXIN_")}
    ours = {
        "TELEGRAM__TOKEN": token,
        "TELEGRAM__API_URL": api_url,
        "TELEGRAM__BOT_USERNAME": "lianxin_bot",
        "DATABASE__URL": database_url,
        "SECURITY__KEY_FILE": str(KEYRING.file),
        "POLICY__MESSAGES_PER_SECOND": "0",
        "POLICY__MESSAGES_PER_MINUTE": "0",  # the load writes faster than people do
        "WEB__LISTEN": "127.0.0.1:0",
    }
    return others | {f"LIANXIN_{name}": value for name, value in (ours | more).items()} | {"PYTHONPATH": str(ROOT)}


class BotProcess:
    """`python -m bot run` against a sandbox; its log grows in `folder/<name>.log` over all its lives.

    `roles` as `--roles` takes them, "" for all. `script` replaces `-m bot`: Python that ends in calling it.
    `settings` are further variables, such as `WEB__LISTEN`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        token: str,
        api_url: str,
        database_url: str,
        name: str = "bot",
        roles: str = "",
        script: str = "",
        **settings: str,
    ) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        self._folder = folder
        self._command = [*(("-c", script) if script else ("-m", "bot")), "run", *(("--roles", roles) if roles else ())]
        self._environment = settings_for(token=token, api_url=api_url, database_url=database_url, **settings)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._command],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """As the power cut does it: no warning, no last words."""
        self._signal(signal.SIGKILL)
        assert self._process is not None
        self._process.wait()

    def pause(self) -> None:
        """As a machine that hangs: nothing runs, nothing is let go of."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    async def end(self) -> int:
        """Ask it to stop; returns its exit code."""
        self._signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self, seconds: float = 15) -> int:
        """Wait until it is over; returns its exit code."""
        assert self._process is not None
        code = await asyncio.to_thread(self._process.wait, seconds)
        canary.hear("a bot's log", self.log())
        return code

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        assert self._process.poll() is None, f"{self.name} ended by itself:\n{self.log()[-3000:]}"
        self._process.send_signal(number)
