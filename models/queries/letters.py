"""Letters as the operator sees them: those that died, one whole, played again or ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, defer

from models.envelope import BadSeal
from models.people import Person
from models.post import InboxLetter
from models.sealing import of_row


@dataclass(frozen=True)
class LetterSummary:
    """Nobody's name and nothing of what they wrote. `person_code` is that of the roster, where they have one."""

    id: int
    received_at: datetime
    chat_id: int
    person_code: str | None
    attempts: int
    error: str


def dead_letters(session: Session) -> list[LetterSummary]:
    """In the order in which they came."""
    rows = session.execute(
        select(InboxLetter, Person.code)
        .options(defer(InboxLetter.body), defer(InboxLetter.error))
        .outerjoin(Person, Person.telegram_user_id == InboxLetter.chat_id)
        .where(InboxLetter.state == "dead")
        .order_by(InboxLetter.id)
    )
    return [_summary(letter, code) for letter, code in rows]


def letter(session: Session, letter_id: int) -> InboxLetter | None:
    """What is sealed in it is read where it is asked for: that it doesn't open may be what the letter died of."""
    return session.get(InboxLetter, letter_id, options=[defer(InboxLetter.body), defer(InboxLetter.error)])


def error_of(letter: InboxLetter) -> str:
    """Where it doesn't open, the kind of that. In the letter's session."""
    try:
        return letter.error or ""
    except BadSeal as error:
        return type(error).__name__


def person_code(session: Session, chat_id: int) -> str | None:
    """Of the person whose private chat it is."""
    return session.scalar(select(Person.code).where(Person.telegram_user_id == chat_id))


def replay(session: Session, letter_id: int | None) -> list[int]:
    """Let the desk take a dead letter again, or every one, as if it had come now; returns which.

    The traceback stays until the letter fails again: it is history, and the next one replaces it.
    """
    back = update(InboxLetter).where(InboxLetter.state == "dead")
    if letter_id is not None:
        back = back.where(InboxLetter.id == letter_id)
    values = {"state": "waiting", "attempts": 0, "interruptions": 0, "next_attempt_at": None, "finished_at": None}
    return sorted(session.scalars(back.values(values).returning(InboxLetter.id)))


def drop(session: Session, letter_id: int, *, error: str, now: datetime) -> bool:
    """End a dead letter for good: nothing stays of what was written. False: it isn't dead."""
    ended = update(InboxLetter).where(InboxLetter.id == letter_id, InboxLetter.state == "dead")
    values = {"state": "dropped", "body": "", "error": error, "finished_at": now}
    sealed = of_row(session, InboxLetter, letter_id, values)
    return len(session.execute(ended.values(sealed).returning(InboxLetter.id)).all()) == 1


def _summary(letter: InboxLetter, code: str | None) -> LetterSummary:
    return LetterSummary(letter.id, letter.received_at, letter.chat_id, code, letter.attempts, error_of(letter))
