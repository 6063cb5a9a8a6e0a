"""What one attempt means for its row: done, tried again, given up, or the end of the channel. Runs in the back room."""

from datetime import datetime, timedelta

import structlog

from bot.apology import apologise
from bot.outcomes import NoTurn, Outcome, Refused, Sent, Slower, TryLater, Unknown, Unreachable
from models.queries.due import LONGEST_DELAY
from models.session import Session
from services import outbox, reach
from services.office import Office
from services.outbox import Parcel

RETRY_AFTER = (1, 5, 15, 30)  # seconds, then every half minute: after an outage nobody waits longer
GIVE_UP_AFTER = 2880  # attempts: about a day
ERRAND_GIVE_UP_AFTER = 40  # attempts: about twenty minutes, somebody is waiting for it
REPEATABLE = ("edit", "answer")  # done twice it is the same as once, unless it went as a new message

log = structlog.get_logger(__name__)


def settle(session: Session, office: Office, parcel: Parcel, outcome: Outcome, *, now: datetime) -> None:
    """`now` is real time."""
    if not outbox.is_still_claimed(session, parcel):
        log.warning("taken over by another process", outbox=parcel.id)
        return
    match outcome:
        case Sent(message_id):
            outbox.sent(session, parcel.id, real_now=now, message_id=message_id)
        case Slower(seconds):
            _later(session, parcel, now, seconds, "too many requests")
        case NoTurn(seconds):
            _later(session, parcel, now, seconds, "no turn yet")
        case TryLater(error):
            _again(session, office, parcel, error, now, unknown=False)
        case Unknown(error, is_new):
            _again(session, office, parcel, error, now, unknown=is_new or parcel.action not in REPEATABLE)
        case Unreachable(reason):
            reach.mark_unreachable(session, office, parcel.chat_id, reason)
        case Refused(error):
            _give_up(session, office, parcel, error, now)


def _again(session: Session, office: Office, parcel: Parcel, error: str, now: datetime, *, unknown: bool) -> None:
    if parcel.attempts >= (ERRAND_GIVE_UP_AFTER if parcel.is_errand else GIVE_UP_AFTER):
        _give_up(session, office, parcel, error, now)
        return
    delay = RETRY_AFTER[min(parcel.attempts, len(RETRY_AFTER)) - 1]
    _later(session, parcel, now, delay, error, unknown=unknown)


def _later(
    session: Session, parcel: Parcel, now: datetime, seconds: float, error: str, *, unknown: bool = False
) -> None:
    """A longer pause is kept by the rate limit, which puts it off again; after a restart Telegram says it anew."""
    delay = min(seconds, LONGEST_DELAY.total_seconds())
    outbox.retry_later(session, parcel.id, at=now + timedelta(seconds=delay), error=error, unknown=unknown)


def _give_up(session: Session, office: Office, parcel: Parcel, error: str, now: datetime) -> None:
    log.error("given up", outbox=parcel.id, action=parcel.action, error=error.partition("\n")[0])
    outbox.gave_up(session, parcel.id, real_now=now, error=error)
    if parcel.is_errand:  # somebody is waiting for its result
        apologise(session, office, parcel.chat_id)
