"""Rosters of strangers are checked in a child process: a file that aborts its reader harms nothing else."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from math import ceil
from pathlib import Path

import structlog

from services.rules.roster.job import Answer, Job
from services.rules.roster.stored import from_json
from services.rules.roster.values import CheckedRoster, File, KnownCodes, Unreadable

CHILD = [sys.executable, "-m", "services.rules.roster"]
ROOT = Path(__file__).resolve().parents[1]
MEMORY_BYTES = 1 << 30  # address space
SECONDS = 20.0  # from start to answer

log = structlog.get_logger(__name__)


async def check_in_child(files: Sequence[File], known: KnownCodes, *, seconds: float = SECONDS) -> str:
    """Off the event loop. The checked roster as `stored` keeps it: reading it would hold everybody up.

    Raises `Unreadable`, also for a file that is too much for the child.
    """
    return (await asyncio.to_thread(_checked, files, known, seconds)).decode()


def check_in_child_now(files: Sequence[File], known: KnownCodes, *, seconds: float = SECONDS) -> CheckedRoster:
    """The same for the command line: waits up to `seconds`."""
    return from_json(_checked(files, known, seconds))


def _checked(files: Sequence[File], known: KnownCodes, seconds: float) -> bytes:
    sizes = tuple((name, len(data)) for name, data in files)
    job = Job(known, sizes, MEMORY_BYTES, cpu_seconds=ceil(seconds))
    answer, checked = _run(job.to_bytes(files), seconds)
    if answer.failed:
        log.error("roster check failed", where=answer.failed)
    if answer.refused or answer.failed:
        raise Unreadable(answer.refused or "roster.refused.check_failed", answer.params)
    return checked


def _run(job: bytes, seconds: float) -> tuple[Answer, bytes]:
    try:
        # The child's environment is empty: it needs no token and no database address.
        child = subprocess.run(  # noqa: S603 — the command is fixed, the file goes to its stdin
            CHILD, input=job, capture_output=True, cwd=ROOT, env={}, timeout=seconds, check=True
        )
        return Answer.from_bytes(child.stdout)
    except (subprocess.SubprocessError, ValueError) as end:
        log.warning("roster check ended", how=type(end).__name__, code=getattr(end, "returncode", None))
        return Answer(refused="roster.refused.too_heavy"), b""
