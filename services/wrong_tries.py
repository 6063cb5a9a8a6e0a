"""Guessing is slow: five wrong codes or links an hour for each Telegram account, then an hour of silence."""

from datetime import timedelta

from models.queries import invitations as rows
from models.session import Session
from services.errors import TooManyTries
from services.office import Office

LIMIT = 5
PERIOD = timedelta(hours=1)


def check(session: Session, office: Office, telegram_user_id: int) -> None:
    """Before looking at what was tried, so that the right guess is refused as well. Errors: TooManyTries."""
    if rows.count_wrong_tries(session, telegram_user_id, since=office.now() - PERIOD) >= LIMIT:
        raise TooManyTries


def record(session: Session, office: Office, telegram_user_id: int) -> None:
    """The caller must not raise afterwards: a refusal would take this row with it."""
    rows.add_wrong_try(session, telegram_user_id, at=office.now(), keep_since=office.now() - PERIOD)
