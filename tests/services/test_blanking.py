"""A week after it was done the words of the post are gone; what became of it stays, and what waits is untouched."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from models.post import InboxLetter, OutboxMessage
from models.session import Session
from services import blanking
from services.blanking import tick_blanking
from tests.town import MONDAY_MORNING, FrozenClock, build_town, make_office

WEEK = timedelta(days=7)


def letter(session: Session, state: str, finished_at: datetime | None) -> InboxLetter:
    one = InboxLetter(
        chat_id=5,
        body='{"said": "屋顶漏雨"}',
        received_at=MONDAY_MORNING,
        state=state,
        finished_at=finished_at,
        error="odd",
    )
    session.add(one)
    session.flush()
    return one


def message(session: Session, state: str, finished_at: datetime | None) -> OutboxMessage:
    one = OutboxMessage(
        chat_id=5, kind="send", body={"text": "屋顶漏雨"}, lane="bulk", speech="answer", created_at=MONDAY_MORNING,
        state=state, finished_at=finished_at, message_id=77, error="odd",
    )  # fmt: skip
    session.add(one)
    session.flush()
    return one


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(MONDAY_MORNING + WEEK)


def test_what_was_done_a_week_ago_is_blanked_and_still_known(session: Session, clock: FrozenClock) -> None:
    office, before = make_office(clock), MONDAY_MORNING - timedelta(seconds=1)
    done, dropped = letter(session, "done", before), letter(session, "dropped", before)
    sent, failed = message(session, "sent", before), message(session, "failed", before)
    assert tick_blanking(session, office) == 4
    assert tick_blanking(session, office) == 0
    session.expire_all()
    assert [(one.body, one.error, one.state) for one in (done, dropped)] == [("", None, "done"), ("", None, "dropped")]
    assert [(one.body, one.error, one.state) for one in (sent, failed)] == [({}, None, "sent"), ({}, None, "failed")]
    assert sent.message_id == 77, "a message can still be edited"


def test_what_waits_is_dead_or_younger_keeps_its_words(session: Session, clock: FrozenClock) -> None:
    old = MONDAY_MORNING - WEEK
    kept = [
        *(letter(session, state, at) for state, at in (("waiting", None), ("dead", old), ("done", MONDAY_MORNING))),
        *(
            message(session, state, at)
            for state, at in (("waiting", None), ("claimed", None), ("sent", MONDAY_MORNING))
        ),
    ]
    assert tick_blanking(session, make_office(clock)) == 0
    session.expire_all()
    assert all(one.body and one.error for one in kept)


def test_much_is_blanked_bit_by_bit(session: Session, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    build_town(session)
    monkeypatch.setattr(blanking, "AT_ONCE", 3)
    for n in range(7):
        letter(session, "done", MONDAY_MORNING - timedelta(minutes=n + 1))
    assert [tick_blanking(session, make_office(clock)) for _ in range(4)] == [3, 3, 1, 0]
    assert session.scalars(select(InboxLetter.body)).all() == [""] * 7


def test_what_is_blank_already_is_not_looked_at(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        assert "body <> ''" in str(
            session.scalar(text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_outbox_unblanked'"))
        )
        return
    for table in ("inbox", "outbox"):
        query = (
            f"EXPLAIN QUERY PLAN SELECT id FROM {table} WHERE finished_at < '2026' AND body != '' ORDER BY finished_at"
        )
        assert f"ix_{table}_unblanked" in session.execute(text(query)).all()[0][3]
