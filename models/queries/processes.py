"""The processes that run on this database, and the remains of those that ended without saying so."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.database_time import DatabaseTime
from models.post import Process

SILENT = timedelta(seconds=60)  # without a sign of life it counts as ended


def enter(session: Session, name: str, roles: Iterable[str]) -> None:
    now = session.scalar(select(DatabaseTime()))
    session.add(Process(name=name, roles=",".join(sorted(roles)), started_at=now, seen_at=now, signs={}))
    session.flush()


def show_life(session: Session, name: str, signs: dict[str, Any]) -> None:
    """`signs` are numbers and names of loops; nothing of people."""
    process = session.get(Process, name)
    if process is not None:  # else somebody took us for dead
        process.seen_at = session.scalars(select(DatabaseTime())).one()
        process.signs = signs
        session.flush()


def leave(session: Session, name: str) -> None:
    session.execute(delete(Process).where(Process.name == name))


def bury_the_dead(session: Session, *, is_gone: Callable[[str], bool]) -> list[str]:
    """Take away the rows of those that ended uncleanly; returns their names."""
    now = session.scalars(select(DatabaseTime())).one()
    dead = [one for one in session.scalars(select(Process)) if is_gone(one.name) or one.seen_at < now - SILENT]
    for process in dead:
        session.delete(process)
    session.flush()
    return [process.name for process in dead]


def read(session: Session) -> list[tuple[Process, float]]:
    """Each process with the seconds since its last sign of life."""
    now = session.scalars(select(DatabaseTime())).one()
    found = session.scalars(select(Process).order_by(Process.started_at))
    return [(process, (now - process.seen_at).total_seconds()) for process in found]
