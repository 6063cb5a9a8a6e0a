"""`python -m bot …` as processes that cost no start: everything is imported once, and each of them is a fork of that.

A fork is a process like any other: it opens its own database, listens to its own signals, and SIGKILL takes it alone.
"""

import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

import bot.cli  # the fork server imports this module, and all that the bot needs with it
from bot.__main__ import main

Prepare = Callable[[], None]
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__, bot.cli.__name__])


def as_it_is() -> None:
    """Nothing is done to the bot before it runs."""


def fork(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    out: Path,
    err: Path,
    prepare: Prepare = as_it_is,
) -> BaseProcess:
    """Started, in `folder`; what it writes is added to the files `out` and `err`, which may be the same.

    `prepare` is called in the new process before the bot runs; it must be a value that can be pickled.
    """
    life = (list(command), folder, dict(environment), out, err, prepare)
    process = _forks.Process(target=_live, args=life, daemon=True)
    process.start()
    return process


def _live(
    command: list[str], folder: Path, environment: dict[str, str], out: Path, err: Path, prepare: Prepare
) -> None:
    for stream, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if wanted := environment.get("PYTHONWARNINGS"):
        warnings.simplefilter(wanted)  # type: ignore[arg-type]  # one of its words, as Python itself takes it
    sys.argv = ["bot", *command]
    prepare()
    main()
