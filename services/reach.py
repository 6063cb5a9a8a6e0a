"""Whether a person can be reached: ended by a block or a deleted account, revived by /start or an unblocking."""

from models.queries import outbox as outbox_rows
from models.queries import people as people_rows
from models.session import Session
from services.office import Office


def mark_unreachable(session: Session, office: Office, chat_id: int, reason: str) -> None:
    """The channel is over: remembered with reason and time, and whatever is queued for it dies."""
    people_rows.set_unreachable(session, chat_id, since=office.now(), reason=reason)
    outbox_rows.cancel_open(session, chat_id, reason=reason, at=office.now())


def mark_reachable(session: Session, telegram_user_id: int) -> None:
    people_rows.set_reachable(session, telegram_user_id)
