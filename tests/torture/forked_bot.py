"""The bot as a process that costs no start: everything is imported once, and each life is a fork of that.

A fork is a process like any other: it opens its own database, listens to its own signals, and SIGKILL takes it alone.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import bot.app  # the fork server imports this module, and all that the bot needs with it
from bot.__main__ import main
from tests.torture.bot_process import settings_for

ENDS_WITHIN = 15.0  # seconds from SIGTERM
KILLED = -9  # the exit code after a SIGKILL

Prepare = Callable[[], None]
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__, bot.app.__name__])


def as_it_is() -> None:
    """Nothing is done to the bot before it runs."""


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
        self._command = ["bot", "run", *(("--roles", roles) if roles else ())]
        self._settings = settings_for(token=token, api_url=api_url, database_url=database_url, **more)
        self._process: BaseProcess | None = None

    def start(self, prepare: Prepare = as_it_is) -> None:
        """`prepare` is called in the new process before the bot runs; it must be a value that can be pickled."""
        life = (self._folder, self._log, self._command, self._settings, prepare)
        self._process = _forks.Process(target=_live, args=life, daemon=True)
        self._process.start()

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
        return self._process.exitcode

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""


def _live(folder: Path, log_file: Path, command: list[str], settings: dict[str, str], prepare: Prepare) -> None:
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(settings)
    sys.argv = command
    prepare()
    main()
