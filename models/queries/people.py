"""Persons as rows."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.people import Person


def set_unreachable(session: Session, telegram_user_id: int, *, since: datetime, reason: str) -> None:
    """Remember since when and why; the first reason stands until the person is back."""
    session.execute(
        update(Person)
        .where(Person.telegram_user_id == telegram_user_id, Person.unreachable_since.is_(None))
        .values(unreachable_since=since, unreachable_reason=reason[:200])
    )


def set_reachable(session: Session, telegram_user_id: int) -> None:
    session.execute(
        update(Person)
        .where(Person.telegram_user_id == telegram_user_id, Person.unreachable_since.is_not(None))
        .values(unreachable_since=None, unreachable_reason=None)
    )
