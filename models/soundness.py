"""Is the database file whole? Asked before anything relies on it: a damaged page may not be met for weeks."""

from contextlib import closing

from sqlalchemy import text

from models.session import Database
from models.trouble import Damaged


def require_sound(database: Database) -> None:
    """Reads the whole file once, about a second for 500 MB. PostgreSQL looks after its own pages.

    Errors: Damaged, or SQLAlchemy's where it can't even be read.
    """
    if not database.is_sqlite:
        return
    with closing(database.engine.connect()) as connection:
        verdict = str(connection.scalar(text("PRAGMA quick_check(1)")))
    if verdict != "ok":
        raise Damaged(verdict.splitlines()[-1])
