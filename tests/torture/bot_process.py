"""The bot as a process of its own, to be killed and started again."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def settings_for(*, token: str, api_url: str, database_url: str, **more: str) -> dict[str, str]:
    """The environment in which `python -m bot run` finds all its settings, and none of ours. `more` as TABLE__KEY."""
    others = {name: value for name, value in os.environ.items() if not name.upper().startswith("LIANXIN_")}
    ours = {
        "TELEGRAM__TOKEN": token,
        "TELEGRAM__API_URL": api_url,
        "TELEGRAM__BOT_USERNAME": "lianxin_bot",
        "DATABASE__URL": database_url,
        "POLICY__MESSAGES_PER_SECOND": "0",
    }
    return others | {f"LIANXIN_{name}": value for name, value in (ours | more).items()} | {"PYTHONPATH": str(ROOT)}


class BotProcess:
    """`python -m bot run` against a sandbox; its log grows in `folder/bot.log` over all its lives."""

    def __init__(self, folder: Path, *, token: str, api_url: str, database_url: str, **more: str) -> None:
        self._log = folder / "bot.log"
        self._folder = folder
        self._environment = settings_for(token=token, api_url=api_url, database_url=database_url, **more)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """As the power cut does it: no warning, no last words."""
        assert self._process is not None
        assert self._process.poll() is None, f"the bot ended by itself:\n{self.log()[-3000:]}"
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    async def end(self) -> int:
        """Ask it to stop; returns its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self._process.wait, 15)

    def log(self) -> str:
        return self._log.read_text(errors="replace")
