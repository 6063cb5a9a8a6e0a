"""The outbox as rows: written by every use-case, claimed and settled by the delivery."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased, defer

from models.announcements import OUTBOX, announce
from models.people import Person
from models.post import BLANK, OutboxMessage
from models.queries.due import astray_from, is_due
from models.sealing import of_row, take_ids

# In the statement's text: only then are the indices of what is open used, and not all that was ever sent looked at.
OPEN: BindParameter[str] = bindparam("open_states", ("waiting", "claimed"), expanding=True, literal_execute=True)

DEAD = ("cancelled", "failed")


def add(session: Session, **values: Any) -> int:
    """Write one row and return its id."""
    announce(session, OUTBOX)
    (outbox_id,) = take_ids(session, OutboxMessage, 1)
    session.execute(insert(OutboxMessage), [of_row(session, OutboxMessage, outbox_id, values | {"id": outbox_id})])
    return outbox_id


def has_key(session: Session, unique_key: str) -> bool:
    return session.scalar(select(exists().where(OutboxMessage.unique_key == unique_key))) or False


def keys_taken(session: Session, unique_keys: Collection[str], *, failed_after: datetime) -> set[str]:
    """Those under which something waits or was said, or was queued after that moment and failed."""
    row = OutboxMessage
    stands = or_(row.state.not_in(DEAD), and_(row.state == "failed", row.created_at > failed_after))
    return {
        key for key in session.scalars(select(row.unique_key).where(row.unique_key.in_(unique_keys), stands)) if key
    }


def free_keys(session: Session, unique_keys: Collection[str]) -> None:
    """What was cancelled or failed under them may be said after all."""
    row = OutboxMessage
    session.execute(update(row).where(row.unique_key.in_(unique_keys), row.state.in_(DEAD)).values(unique_key=None))


def chat_of(session: Session, person_id: int) -> int | None:
    """The private chat of a person who can be reached: its id is the Telegram user id."""
    return session.scalar(
        select(Person.telegram_user_id).where(Person.id == person_id, Person.unreachable_since.is_(None))
    )


def claimable(
    session: Session,
    *,
    lane: str,
    speeches: Collection[str],
    now: datetime,
    limit: int,
    in_hand: Collection[int] = (),
) -> list[OutboxMessage]:
    """The oldest open row of each chat in this lane, where it is waiting and may leave.

    `now` is real time. Rows `in_hand` are left alone, even where their claim ran out. A row that waits for its
    window doesn't hold back what may leave; a claimed or delayed one holds back its chat, so that order is kept.
    A row's body is read when it is asked for: one that doesn't open would fail all that were found with it.
    """
    when = {"now": now, "astray": astray_from(now)}
    which = {"lane": lane, "speeches": list(speeches), "in_hand": list(in_hand), "most": limit}
    return list(session.scalars(_claimable(), when | which))


@cache  # every look at the queue asks it; building it takes longer than its answer
def _claimable() -> Select[OutboxMessage]:
    row = OutboxMessage
    lane: BindParameter[str] = bindparam("lane")
    speeches: BindParameter[str] = bindparam("speeches", expanding=True)
    now: BindParameter[datetime] = bindparam("now")
    return (
        select(row)
        .options(defer(row.body), defer(row.error))
        .where(
            row.lane == lane,
            row.state.in_(OPEN),
            row.speech.in_(speeches),
            row.id.not_in(bindparam("in_hand", expanding=True)),
            is_due(row.next_attempt_at, now, bindparam("astray")),
            or_(row.state == "waiting", and_(row.state == "claimed", row.claimed_until <= now)),
            ~is_behind_another(row, speeches),
        )
        .order_by(row.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


def is_behind_another(row: type[OutboxMessage], speeches: Collection[str] | BindParameter[str]) -> ColumnElement[bool]:
    """Whether its chat has an earlier one in that lane that may leave, or is on its way."""
    earlier = aliased(OutboxMessage)
    return exists().where(
        earlier.lane == row.lane,
        earlier.chat_id == row.chat_id,
        earlier.id < row.id,
        earlier.state.in_(OPEN),
        earlier.speech.in_(speeches),
    )


def settle(session: Session, outbox_id: int, **values: Any) -> None:
    """Record what became of a row."""
    sealed = of_row(session, OutboxMessage, outbox_id, values)
    session.execute(update(OutboxMessage).where(OutboxMessage.id == outbox_id).values(sealed))


def attempt_of(session: Session, outbox_id: int) -> int | None:
    """Which attempt the row is at; nobody else changes it until the commit."""
    return session.scalar(select(OutboxMessage.attempts).where(OutboxMessage.id == outbox_id).with_for_update())


def message_id_of(session: Session, outbox_id: int) -> int | None:
    """Telegram's; None where it was never sent."""
    return session.scalar(select(OutboxMessage.message_id).where(OutboxMessage.id == outbox_id))


def cancel_open(session: Session, chat_id: int, *, reason: str, at: datetime) -> None:
    """Whatever is still queued for a chat that can't be reached any more. A unique key stays: it may be a mark."""
    _cancel(session, OutboxMessage.chat_id == chat_id, reason=reason, at=at)


def cancel_finished_words(session: Session, person_ids: Collection[int], *, reason: str, at: datetime) -> None:
    """Replies and edits that still wait for these persons; notices are composed anew when they leave."""
    chats = select(Person.telegram_user_id).where(Person.id.in_(person_ids), Person.telegram_user_id.is_not(None))
    are_theirs = and_(OutboxMessage.chat_id.in_(chats), OutboxMessage.kind.in_(("send", "edit")))
    _cancel(session, are_theirs, reason=reason, at=at)


def wait_again(session: Session, outbox_id: int, *, at: datetime, error: str, lost_answers: int) -> None:
    """A claimed row waits until `at` (real time); one that was cancelled in the meantime stays cancelled."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == outbox_id, OutboxMessage.state.in_(OPEN))
        .values(
            state="waiting",
            next_attempt_at=at,
            error=of_row(session, OutboxMessage, outbox_id, {"error": error})["error"],
            unknown_outcomes=OutboxMessage.unknown_outcomes + lost_answers,
        )
    )


def blank(session: Session, *, before: datetime, limit: int) -> int:
    """Empty messages that came to their end before that. Returns how many."""
    row = OutboxMessage
    ended = select(row.id).where(row.finished_at < before, row.state.not_in(("waiting", "claimed")), row.body != BLANK)
    found = ended.order_by(row.finished_at).limit(limit)
    blanked = update(row).where(row.id.in_(found)).values(body={}, error=None).returning(row.id)
    return len(session.execute(blanked.execution_options(synchronize_session=False)).all())


def expire_claims(session: Session, *, now: datetime, but_not: Collection[int]) -> None:
    """Whoever held a claim is gone: its rows may be taken at once."""
    is_claimed = and_(OutboxMessage.state.in_(OPEN), OutboxMessage.state == "claimed")
    is_ours = OutboxMessage.id.in_(but_not)
    session.execute(update(OutboxMessage).where(is_claimed, ~is_ours).values(claimed_until=now))


def has_strays(session: Session, *, speeches: Collection[str], now: datetime, but_not: Collection[int]) -> bool:
    """Whether something that may leave is claimed and in nobody's hand any more."""
    is_stray = and_(OutboxMessage.state.in_(OPEN), OutboxMessage.state == "claimed", OutboxMessage.claimed_until <= now)
    mine = OutboxMessage.id.in_(but_not)
    return session.scalar(select(exists().where(is_stray, OutboxMessage.speech.in_(speeches), ~mine))) or False


def count_open(session: Session, *, speeches: Collection[str]) -> int:
    query = select(func.count()).where(OutboxMessage.state.in_(OPEN), OutboxMessage.speech.in_(speeches))
    return session.scalar(query) or 0


def _cancel(session: Session, condition: ColumnElement[bool], *, reason: str, at: datetime) -> None:
    """What is open under that condition. The reason is sealed for each row."""
    cancelled = session.scalars(
        update(OutboxMessage)
        .where(condition, OutboxMessage.state.in_(OPEN))
        .values(state="cancelled", finished_at=at)
        .returning(OutboxMessage.id)
    ).all()
    rows = [of_row(session, OutboxMessage, outbox_id, {"id": outbox_id, "error": reason}) for outbox_id in cancelled]
    if rows:
        session.execute(update(OutboxMessage), rows)
