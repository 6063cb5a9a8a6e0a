"""Taking turns: work that two processes would otherwise begin at the same moment."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

CLOCK = 0x6C69616E  # "lian": the number of our lock among a PostgreSQL database's advisory locks


def wait_for_the_clock(session: Session) -> None:
    """Until no other transaction does the clock's work; held to the end of this one. SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(CLOCK)))
