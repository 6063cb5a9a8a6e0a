"""What a process is called in the database, and whether another one of this machine is known to have ended."""

import os
import socket
from functools import cache
from pathlib import Path
from uuid import uuid4

PROC = Path("/proc")
ENDED = ("Z", "X")  # states of a process that only waits to be noticed


def new_name() -> str:
    """`host:pid:boot:namespace:start:chance`, at most 80 characters; never given twice."""
    pid = os.getpid()
    host = socket.gethostname()[:30].replace(":", "-")
    return ":".join([host, str(pid), *_here(), _life(pid)[1], uuid4().hex[:4]])


def shown(name: str) -> str:
    """As people call it: host and process id."""
    return " ".join(name.split(":")[:2])


def is_gone(name: str) -> bool:
    """Whether it surely ended: it was started here, since the last boot, and is no more. Of others nobody knows."""
    parts = name.split(":")
    if len(parts) != 6 or tuple(parts[2:4]) != _here() or not _here()[0]:
        return False
    state, start = _life(int(parts[1]))
    return state in ENDED or start != parts[4]


@cache
def _here() -> tuple[str, str]:
    """This boot of this machine and this namespace of process ids; empty where the system doesn't say."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text()[:8]
        return boot, str((PROC / "self/ns/pid").stat().st_ino)
    except OSError:
        return "", ""


def _life(pid: int) -> tuple[str, str]:
    """State and moment of the start, in the kernel's own terms; empty where there is no such process."""
    try:
        fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(") ")[2].split()
    except OSError:
        return "", ""
    return fields[0], fields[19]
