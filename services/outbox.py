"""The outbox: what use-cases want said, and what the delivery takes from it.

Replies hold finished words. Notices hold a kind and parameters: their words are composed when they leave,
in the reader's language and after the reader's scope was checked once more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from models.key_file import KeyFileError
from models.post import OutboxMessage
from models.queries import actors as actor_rows
from models.queries import outbox as rows
from models.session import Session
from services import notices
from services.messages import Message
from services.office import Office
from services.rules.send_windows import Speech
from services.tracebacks import told

INSTANT, PERSON, BULK = "instant", "person", "bulk"  # lanes: button answers, people waiting, everything else
CLAIM = timedelta(seconds=60)  # longer than any send may take; after it the outcome counts as unknown
WITHOUT_KEY = timedelta(minutes=5)  # until what needs a key that isn't there is tried again
LOST_ANSWERS = 1  # a message whose answer was lost is repeated once, and only once
INTERRUPTIONS = 20  # so often may the process end while a message is in hand; then it may be the message's doing
SUSPICIOUS_AFTER = timedelta(minutes=15)  # and not before: in a row of quick kills it is nobody's doing

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Parcel:
    """A claimed row, ready to be handed to the messenger."""

    id: int
    chat_id: int
    lane: str
    action: str  # send, edit, answer, errand.<name>
    body: dict[str, Any]
    message: Message | None = None
    message_id: int | None = None  # of the message to edit
    attempts: int = 1  # with this one
    is_repeat: bool = False  # the answer to the last attempt was lost, and this is the only repeat

    @property
    def can_be_doubled(self) -> bool:
        """Whether done twice is seen twice."""
        return self.action not in ("edit", "answer")

    @property
    def is_errand(self) -> bool:
        return self.action.startswith("errand.")


def reply(session: Session, office: Office, chat_id: int, message: Message, *, person_id: int | None) -> int:
    """Say this at once; returns the row's id, by which the message can be edited later."""
    return _add(session, office, chat_id, "send", message.to_json(), PERSON, Speech.ANSWER, person_id=person_id)


def reply_once(session: Session, office: Office, chat_id: int, message: Message, *, unique_key: str) -> None:
    """Say this at once, unless it was said before under this key."""
    if not rows.has_key(session, unique_key):
        body = message.to_json()
        _add(session, office, chat_id, "send", body, PERSON, Speech.ANSWER, unique_key=unique_key)


def edit(
    session: Session,
    office: Office,
    chat_id: int,
    message: Message,
    *,
    message_id: int | None = None,
    edits_id: int | None = None,
) -> int:
    """Change a message: one that was pressed (`message_id`) or one of ours (`edits_id`, its outbox row)."""
    body = message.to_json() | {"message_id": message_id}
    return _add(session, office, chat_id, "edit", body, PERSON, Speech.ANSWER, edits_id=edits_id)


def answer(session: Session, office: Office, chat_id: int, query_id: str, text: str, *, alert: bool) -> int:
    """Answer a pressed button: the little wheel on it stops, `text` (plain, may be empty) shows for a moment."""
    body = {"query_id": query_id, "text": text, "alert": alert}
    return _add(session, office, chat_id, "answer", body, INSTANT, Speech.ANSWER)


def errand(session: Session, office: Office, chat_id: int, name: str, params: dict[str, Any], *, person_id: int) -> int:
    """Work that needs a file made, fetched or checked; the delivery does it outside any transaction.

    It goes with the bulk, so that no answer to the person waits for it.
    """
    return _add(session, office, chat_id, f"errand.{name}", params, BULK, Speech.ANSWER, person_id=person_id)


def notice(
    session: Session,
    office: Office,
    person_id: int,
    kind: str,
    params: dict[str, Any],
    *,
    speech: Speech = Speech.NOTICE,
    unique_key: str | None = None,
    expires_at: datetime | None = None,
) -> int | None:
    """Tell a person something they didn't ask for. None: said before under this key, or they can't be reached."""
    chat_id = rows.chat_of(session, person_id)
    if chat_id is None or (unique_key and rows.has_key(session, unique_key)):
        return None
    return _add(
        session,
        office,
        chat_id,
        kind,
        params,
        BULK,
        speech,
        person_id=person_id,
        unique_key=unique_key,
        expires_at=expires_at,
    )


def withdraw_words(session: Session, office: Office, person_ids: Collection[int]) -> None:
    """Something these persons could see is theirs no longer: finished words that haven't left die.

    Notices and errands ask for themselves when their turn comes.
    """
    rows.cancel_finished_words(session, person_ids, reason="no longer in scope", at=office.now())


def claim(
    session: Session,
    office: Office,
    *,
    lane: str,
    speeches: Collection[Speech],
    real_now: datetime,
    limit: int,
    in_hand: Collection[int] = (),
) -> list[Parcel]:
    """Take up to `limit` rows to send, one per chat. Rows that may not leave any more die here.

    `in_hand`: rows the caller is still sending, whatever has become of its claim on them.
    """
    found = rows.claimable(session, lane=lane, speeches=speeches, now=real_now, limit=limit, in_hand=in_hand)
    parcels = (_try_to_claim(session, office, row, real_now) for row in found)
    return [parcel for parcel in parcels if parcel is not None]


def count_ready(session: Session, *, speeches: Collection[Speech]) -> int:
    """Rows that are on their way or may leave in these hours; those that wait for a retry count too."""
    return rows.count_open(session, speeches=speeches)


def release_claims(session: Session, *, real_now: datetime, but_not: Collection[int] = ()) -> None:
    """For the only delivery: what is claimed and isn't in its own hand was so when its predecessor ended."""
    rows.expire_claims(session, now=real_now, but_not=but_not)


def is_still_claimed(session: Session, parcel: Parcel) -> bool:
    """Whether nobody else has taken the row since: after a pause of this process another may be sending it."""
    return rows.attempt_of(session, parcel.id) == parcel.attempts


def has_strays(session: Session, *, speeches: Collection[Speech], real_now: datetime, but_not: Collection[int]) -> bool:
    """Whether something is left that was in hand when a delivery ended: perhaps it was sent, perhaps not."""
    return rows.has_strays(session, speeches=speeches, now=real_now, but_not=but_not)


def _try_to_claim(session: Session, office: Office, row: OutboxMessage, real_now: datetime) -> Parcel | None:
    try:
        with session.begin_nested():
            return _claim_row(session, office, row, real_now)
    except KeyFileError as error:  # the operator can put the key file back: nothing is given up for that
        log.error("message waits for its key", outbox=row.id, error=error)
        retry_later(session, row.id, at=real_now + WITHOUT_KEY, error=told(error), unknown=False)
        return None
    except Exception as error:  # a notice that can't be composed must not hold up everybody else's
        gave_up(session, row.id, real_now=real_now, error=told(error))
        return None


def _claim_row(session: Session, office: Office, row: OutboxMessage, real_now: datetime) -> Parcel | None:
    if row.unknown_outcomes > LOST_ANSWERS:
        _drop(session, row, real_now, "failed", "the answer was lost twice")
        return None
    has_never_come_to_an_end = row.state == "claimed" and row.next_attempt_at is None
    is_old = row.created_at <= office.now() - SUSPICIOUS_AFTER
    if has_never_come_to_an_end and row.attempts >= INTERRUPTIONS and is_old:
        _drop(session, row, real_now, "failed", "the process ended each time it was in hand")
        return None
    if row.expires_at is not None and row.expires_at <= office.now():
        _drop(session, row, real_now, "cancelled", "expired")
        return None
    is_wordless = row.kind == "answer" or row.kind.startswith("errand.")
    message = None if is_wordless else _words(session, office, row)
    if message is None and not is_wordless:
        _drop(session, row, real_now, "cancelled", "no longer in scope")
        return None
    attempts = row.attempts + 1
    rows.settle(
        session,
        row.id,
        state="claimed",
        claimed_until=real_now + CLAIM,
        attempts=attempts,
    )
    action = row.kind if is_wordless or row.kind == "edit" else "send"
    target, is_repeat = _target(session, row), row.unknown_outcomes > 0
    return Parcel(row.id, row.chat_id, row.lane, action, row.body, message, target, attempts, is_repeat)


def _target(session: Session, row: OutboxMessage) -> int | None:
    """Telegram's id of the message to edit; None where it was never sent."""
    if row.edits_id is None:
        return row.body.get("message_id")
    return rows.message_id_of(session, row.edits_id)


def _words(session: Session, office: Office, row: OutboxMessage) -> Message | None:
    if row.kind in ("send", "edit"):
        return Message.from_json(row.body)
    if row.person_id is None:
        return None
    reader = actor_rows.actor_by_person_id(session, row.person_id, language=office.site.language)
    return notices.compose(session, office, reader, row.kind, row.body) if reader else None


def sent(session: Session, outbox_id: int, *, real_now: datetime, message_id: int | None) -> None:
    rows.settle(session, outbox_id, state="sent", finished_at=real_now, message_id=message_id, error=None)


def retry_later(session: Session, outbox_id: int, *, at: datetime, error: str, unknown: bool) -> None:
    """Not sent, or perhaps sent (`unknown`): it waits until `at` (real time), unless it was cancelled meanwhile."""
    rows.wait_again(session, outbox_id, at=at, error=error, lost_answers=int(unknown))


def gave_up(session: Session, outbox_id: int, *, real_now: datetime, error: str) -> None:
    rows.settle(session, outbox_id, state="failed", finished_at=real_now, error=error)


def _drop(session: Session, row: OutboxMessage, real_now: datetime, state: str, reason: str) -> None:
    rows.settle(session, row.id, state=state, finished_at=real_now, error=reason)


def _add(
    session: Session,
    office: Office,
    chat_id: int,
    kind: str,
    body: dict[str, Any],
    lane: str,
    speech: Speech,
    **more: Any,
) -> int:
    return rows.add(
        session,
        chat_id=chat_id,
        kind=kind,
        body=body,
        lane=lane,
        speech=speech,
        created_at=office.now(),
        state="waiting",
        attempts=0,
        unknown_outcomes=0,
        **more,
    )
