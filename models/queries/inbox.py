"""The inbox as rows: stored by the intake, finished by the desk."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from models.announcements import INBOX, announce
from models.post import BLANK, InboxLetter, Note
from models.queries.due import astray_from, is_due
from models.sealing import of_row, take_ids

# In the statement's text: only then is the index of what waits used, and not every letter ever kept looked at.
WAITING = literal("waiting", literal_execute=True)
LARGEST_ID = 2**63 - 1
KEPT_BY_TELEGRAM = timedelta(days=2)  # it says 24 hours
OVERTAKEN_AFTER = 3  # failed attempts: the chat waits through the retries after 1 and 5 s, then goes on


@dataclass(frozen=True)
class WaitingLetter:
    """Without its body, which may not open: that would fail all that were looked for together with it."""

    id: int
    chat_id: int
    received_at: datetime
    interruptions: int


def store_updates(session: Session, updates: Iterable[tuple[int, int, str]], *, now: datetime) -> None:
    """Store raw updates `(update_id, chat_id, body)`; one that is already there is left alone.

    After an idle week Telegram begins again with some random id: what bore it long ago was another update.
    """
    dialect = session.get_bind().dialect.name
    into = postgresql.insert if dialect == "postgresql" else sqlite.insert
    arrived = list(updates)
    if arrived:
        given_before = InboxLetter.update_id.in_([update_id for update_id, _, _ in arrived])
        is_another = InboxLetter.received_at < now - KEPT_BY_TELEGRAM
        session.execute(update(InboxLetter).where(given_before, is_another).values(update_id=None))
        ids = take_ids(session, InboxLetter, len(arrived))
        rows = [
            _row(session, letter_id, chat_id, body, now=now, update_id=update_id)
            for letter_id, (update_id, chat_id, body) in zip(ids, arrived, strict=True)
        ]
        session.execute(into(InboxLetter).on_conflict_do_nothing(index_elements=["update_id"]), rows)
        announce(session, INBOX)


def write_letter(session: Session, chat_id: int, body: str, *, now: datetime) -> None:
    """A letter of the bot to itself: what the delivery found out and the desk must act upon."""
    (letter_id,) = take_ids(session, InboxLetter, 1)
    session.execute(insert(InboxLetter), [_row(session, letter_id, chat_id, body, now=now)])
    announce(session, INBOX)


def waiting(session: Session, *, now: datetime, limit: int, skip_chats: Collection[int]) -> list[WaitingLetter]:
    """Each chat's oldest unfinished letter that may be tried now, oldest first. `now` is real time.

    It steps from chat to chat through the index: however many letters one of them has waiting, it costs the same.
    """
    asked = {"now": now, "astray": astray_from(now), "most": limit, "skipped": list(skip_chats)}
    oldest = [found for found in session.scalars(_OLDEST_OF_EACH_CHAT, asked) if found is not None]
    row = InboxLetter
    query = select(row.id, row.chat_id, row.received_at, row.interruptions).where(row.id.in_(oldest))
    return [WaitingLetter(*found) for found in session.execute(query.order_by(row.id))]


def _oldest_of_each_chat() -> Select[int | None]:
    """For `now`, at `most` so many, chats that are `skipped` aside. Built once: it is asked after every letter."""
    first = select(func.min(InboxLetter.chat_id).label("chat_id")).where(InboxLetter.state == WAITING)
    chats = first.cte("chats", recursive=True)
    is_behind = and_(InboxLetter.state == WAITING, InboxLetter.chat_id > chats.c.chat_id)
    behind = select(func.min(InboxLetter.chat_id)).where(is_behind).scalar_subquery()
    chats = chats.union_all(select(behind).where(chats.c.chat_id.is_not(None)))
    is_skipped = chats.c.chat_id.in_(bindparam("skipped", expanding=True))
    due = select(_next_of(chats).label("id")).where(~is_skipped).subquery()
    return select(due.c.id).order_by(due.c.id.nulls_last()).limit(bindparam("most"))


def _next_of(chats: CTE) -> ScalarSelect[int]:
    """The oldest letter of the chat that is due: the first that wasn't overtaken, or one before it."""
    row, fresh = aliased(InboxLetter), aliased(InboxLetter)
    is_fresh = and_(fresh.state == WAITING, fresh.attempts < OVERTAKEN_AFTER)
    first_fresh = select(fresh.id).where(fresh.chat_id == chats.c.chat_id, is_fresh).order_by(fresh.id).limit(1)
    border = func.coalesce(first_fresh.correlate(chats).scalar_subquery(), LARGEST_ID)
    may_be_tried = is_due(row.next_attempt_at, bindparam("now"), bindparam("astray"))
    found = select(row.id).where(row.chat_id == chats.c.chat_id, row.state == WAITING, may_be_tried, row.id <= border)
    return found.order_by(row.id).limit(1).correlate(chats).scalar_subquery()


_OLDEST_OF_EACH_CHAT = _oldest_of_each_chat()


def hold_chat(session: Session, chat_id: int) -> bool:
    """Until the commit nobody else handles a letter of this chat; False: another process does so at this moment."""
    if session.get_bind().dialect.name != "postgresql":
        return True  # there is one writer
    return session.scalar(select(func.pg_try_advisory_xact_lock(chat_id))) or False


def finish(session: Session, letter_id: int, *, now: datetime) -> str | None:
    """Mark a waiting letter done, and read it. None: somebody else finished it, so nothing of this turn may stand.

    Errors: BadSeal, KeyFileError.
    """
    result = session.execute(
        update(InboxLetter)
        .where(InboxLetter.id == letter_id, InboxLetter.state == "waiting")
        .values(state="done", finished_at=now)
        .returning(InboxLetter.body)
    )
    return result.scalar_one_or_none()


def body_of(session: Session, letter_id: int) -> str | None:
    """Errors: BadSeal, KeyFileError."""
    return session.scalar(select(InboxLetter.body).where(InboxLetter.id == letter_id))


def count_attempt(session: Session, letter_id: int) -> int | None:
    """One more attempt; returns how many that makes, None where it doesn't wait any more."""
    result = session.execute(
        update(InboxLetter)
        .where(InboxLetter.id == letter_id, InboxLetter.state == "waiting")
        .values(attempts=InboxLetter.attempts + 1)
        .returning(InboxLetter.attempts)
    )
    return result.scalar_one_or_none()


def count_interruption(session: Session, letter_id: int) -> int | None:
    """Counted before it is handled, in case the process ends meanwhile; as `count_attempt`."""
    result = session.execute(
        update(InboxLetter)
        .where(InboxLetter.id == letter_id, InboxLetter.state == "waiting")
        .values(interruptions=InboxLetter.interruptions + 1)
        .returning(InboxLetter.interruptions)
    )
    return result.scalar_one_or_none()


def take_interruption_back(session: Session, letter_id: int) -> None:
    """It was handled, or couldn't be, and the process went on."""
    row = InboxLetter
    counted = update(row).where(row.id == letter_id, row.state == "waiting", row.interruptions > 0)
    session.execute(counted.values(interruptions=row.interruptions - 1))


def postpone(session: Session, letter_id: int, *, until: datetime, error: str) -> None:
    """It failed, and the process goes on: it isn't what ends it."""
    _change(session, letter_id, next_attempt_at=until, error=error, interruptions=0)


def bury(session: Session, letter_id: int, *, error: str, now: datetime) -> None:
    """A dead letter: kept with its traceback for the operator."""
    _change(session, letter_id, state="dead", error=error, finished_at=now)


def blank(session: Session, *, before: datetime, limit: int) -> int:
    """Empty letters that were done before that; dead ones keep what they say. Returns how many."""
    row = InboxLetter
    done = select(row.id).where(row.finished_at < before, row.state.in_(("done", "dropped")), row.body != BLANK)
    found = done.order_by(row.finished_at).limit(limit)
    blanked = update(row).where(row.id.in_(found)).values(body="", error=None).returning(row.id)
    return len(session.execute(blanked.execution_options(synchronize_session=False)).all())


def newest_id(session: Session) -> int:
    return session.scalar(select(InboxLetter.id).order_by(InboxLetter.id.desc()).limit(1)) or 0


def newest_arrival(session: Session) -> datetime | None:
    return session.scalar(select(InboxLetter.received_at).order_by(InboxLetter.id.desc()).limit(1))


def read_note(session: Session, name: str) -> str | None:
    return session.scalar(select(Note.value).where(Note.name == name))


def write_note(session: Session, name: str, value: str, *, now: datetime) -> None:
    session.merge(Note(name=name, value=value, written_at=now))
    session.flush()


def _row(session: Session, letter_id: int, chat_id: int, body: str, *, now: datetime, **more: int) -> dict[str, Any]:
    values = {"id": letter_id, "chat_id": chat_id, "body": body, "received_at": now, "state": "waiting", "attempts": 0}
    return of_row(session, InboxLetter, letter_id, values | more)


def _change(session: Session, letter_id: int, **values: Any) -> None:
    sealed = of_row(session, InboxLetter, letter_id, values)
    session.execute(update(InboxLetter).where(InboxLetter.id == letter_id).values(sealed))
