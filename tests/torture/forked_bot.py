"""The running bot as a fork, to be killed and started again."""

import asyncio
import os
import signal
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests import canary
from tests.forks import Prepare, as_it_is, fork
from tests.torture.bot_process import settings_for

ENDS_WITHIN = 15.0  # seconds from SIGTERM
KILLED = -9  # the exit code after a SIGKILL


class ForkedBot:
    """`python -m bot run` against a sandbox; its log grows in `folder/<name>.log` over all its lives.

    `roles` as `--roles` takes them, "" for all.
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
        **more: str,
    ) -> None:
        self._folder = folder
        self._log = folder / f"{name}.log"
        self._command = ["run", *(("--roles", roles) if roles else ())]
        self._settings = settings_for(token=token, api_url=api_url, database_url=database_url, **more)
        self._process: BaseProcess | None = None

    def start(self, prepare: Prepare = as_it_is) -> None:
        """`prepare` is called in the new process before the bot runs; it must be a value that can be pickled."""
        self._process = fork(
            self._command,
            folder=self._folder,
            environment=self._settings,
            out=self._log,
            err=self._log,
            prepare=prepare,
        )

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def kill(self) -> None:
        """As the power cut does it: no warning, no last words."""
        assert self._process is not None
        assert self._process.is_alive(), f"the bot ended by itself:\n{self.log()[-3000:]}"
        self._process.kill()
        self._process.join()

    def pause(self) -> None:
        """As a machine that hangs: nothing runs, nothing is let go of."""
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def clear_away(self) -> None:
        """Whatever has become of it."""
        if self.is_alive:
            self.kill()

    async def end(self) -> int:
        """Ask it to stop; returns its exit code."""
        assert self._process is not None
        self._process.terminate()
        return await self.ended(seconds=ENDS_WITHIN)

    async def ended(self, *, seconds: float) -> int:
        """Wait until it has ended; returns its exit code, negative for a signal."""
        assert self._process is not None
        await asyncio.to_thread(self._process.join, seconds)
        assert self._process.exitcode is not None, f"still running after {seconds} s:\n{self.log()[-3000:]}"
        canary.hear("a bot's log", self.log())
        return self._process.exitcode

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""
