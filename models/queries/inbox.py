"""The inbox as rows: stored by the intake, finished by the desk."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import exists, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from models.post import InboxLetter, Note

# In the statement's text: only then is the index of what waits used, and not every letter ever kept looked at.
WAITING = literal("waiting", literal_execute=True)
KEPT_BY_TELEGRAM = timedelta(days=2)  # it says 24 hours
OVERTAKEN_AFTER = 3  # failed attempts: the chat waits through the retries after 1 and 5 s, then goes on


def store_updates(session: Session, updates: Iterable[tuple[int, int, str]], *, now: datetime) -> None:
    """Store raw updates `(update_id, chat_id, body)`; one that is already there is left alone.

    After an idle week Telegram begins again with some random id: what bore it long ago was another update.
    """
    dialect = session.get_bind().dialect.name
    into = postgresql.insert if dialect == "postgresql" else sqlite.insert
    rows = [
        {
            "update_id": update_id,
            "chat_id": chat_id,
            "body": body,
            "received_at": now,
            "state": "waiting",
            "attempts": 0,
        }
        for update_id, chat_id, body in updates
    ]
    if rows:
        given_before = InboxLetter.update_id.in_([row["update_id"] for row in rows])
        is_another = InboxLetter.received_at < now - KEPT_BY_TELEGRAM
        session.execute(update(InboxLetter).where(given_before, is_another).values(update_id=None))
        session.execute(into(InboxLetter).on_conflict_do_nothing(index_elements=["update_id"]), rows)


def write_letter(session: Session, chat_id: int, body: str, *, now: datetime) -> None:
    """A letter of the bot to itself: what the delivery found out and the desk must act upon."""
    session.execute(
        insert(InboxLetter).values(chat_id=chat_id, body=body, received_at=now, state="waiting", attempts=0)
    )


def waiting(session: Session, *, now: datetime, limit: int, skip_chats: Collection[int]) -> list[InboxLetter]:
    """Each chat's oldest unfinished letter that may be tried now. `now` is real time."""
    row, earlier = InboxLetter, aliased(InboxLetter)
    blocked = exists().where(
        earlier.chat_id == row.chat_id,
        earlier.id < row.id,
        earlier.state == WAITING,
        earlier.attempts < OVERTAKEN_AFTER,
    )
    query = (
        select(row)
        .where(
            row.state == WAITING,
            row.chat_id.not_in(skip_chats),
            or_(row.next_attempt_at.is_(None), row.next_attempt_at <= now),
            ~blocked,
        )
        .order_by(row.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def finish(session: Session, letter_id: int, *, now: datetime) -> bool:
    """Mark a waiting letter done. False: somebody else finished it, so nothing of this turn may stand."""
    result = session.execute(
        update(InboxLetter)
        .where(InboxLetter.id == letter_id, InboxLetter.state == "waiting")
        .values(state="done", finished_at=now)
        .returning(InboxLetter.id)
    )
    return len(result.all()) == 1


def count_attempt(session: Session, letter_id: int) -> int:
    """One more attempt; returns how many that makes."""
    result = session.execute(
        update(InboxLetter)
        .where(InboxLetter.id == letter_id)
        .values(attempts=InboxLetter.attempts + 1)
        .returning(InboxLetter.attempts)
    )
    return result.scalar_one()


def count_interruption(session: Session, letter_id: int) -> int:
    """Counted before it is handled, in case the process ends meanwhile; returns how many that makes."""
    result = session.execute(
        update(InboxLetter)
        .where(InboxLetter.id == letter_id)
        .values(interruptions=InboxLetter.interruptions + 1)
        .returning(InboxLetter.interruptions)
    )
    return result.scalar_one()


def postpone(session: Session, letter_id: int, *, until: datetime, error: str) -> None:
    """It failed, and the process goes on: it isn't what ends it."""
    values = {"next_attempt_at": until, "error": error, "interruptions": 0}
    session.execute(update(InboxLetter).where(InboxLetter.id == letter_id).values(values))


def bury(session: Session, letter_id: int, *, error: str, now: datetime) -> None:
    """A dead letter: kept with its traceback for the operator."""
    session.execute(
        update(InboxLetter).where(InboxLetter.id == letter_id).values(state="dead", error=error, finished_at=now)
    )


def newest_id(session: Session) -> int:
    return session.scalar(select(InboxLetter.id).order_by(InboxLetter.id.desc()).limit(1)) or 0


def read_note(session: Session, name: str) -> str | None:
    return session.scalar(select(Note.value).where(Note.name == name))


def write_note(session: Session, name: str, value: str, *, now: datetime) -> None:
    session.merge(Note(name=name, value=value, written_at=now))
    session.flush()
