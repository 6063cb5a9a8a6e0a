"""The bot as a process of its own, to be killed and started again."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class BotProcess:
    """`python -m bot run` against a sandbox; its log grows in `folder/bot.log` over all its lives."""

    def __init__(self, folder: Path, *, token: str, api_url: str, database_url: str) -> None:
        self._log = folder / "bot.log"
        self._folder = folder
        self._environment = os.environ | {
            "LIANXIN_TELEGRAM__TOKEN": token,
            "LIANXIN_TELEGRAM__API_URL": api_url,
            "LIANXIN_TELEGRAM__BOT_USERNAME": "lianxin_bot",
            "LIANXIN_DATABASE__URL": database_url,
            "LIANXIN_POLICY__MESSAGES_PER_SECOND": "0",
            "PYTHONPATH": str(ROOT),
        }
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
