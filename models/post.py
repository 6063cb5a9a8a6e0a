"""The post office: inbox, outbox, dialogue drafts, leases and what the intake remembers."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import NEVER_REUSE, Base
from models.sealed import SealedJson, SealedText

# SQLite numbers rows by itself only in a plain INTEGER primary key.
BigId = BigInteger().with_variant(Integer, "sqlite")
UNBLANKED = text("body <> ''")
BLANK: ColumnElement[str] = literal_column("''")  # in the statement's text: what is blank isn't in those indices


class InboxLetter(Base):
    """One raw update as Telegram sent it, or a letter the bot wrote to itself (`update_id` is None then)."""

    __tablename__ = "inbox"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'dead', 'dropped')", name="state"),
        Index(
            "ix_inbox_waiting",
            "chat_id",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_inbox_arrival",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_inbox_unblanked", "finished_at", sqlite_where=UNBLANKED, postgresql_where=UNBLANKED),
        NEVER_REUSE,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    update_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)  # the queue it waits in; 0 where there is no chat
    body: Mapped[str] = mapped_column(SealedText("inbox.body"))  # JSON, unparsed
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)  # that failed
    interruptions: Mapped[int] = mapped_column(default=0, server_default="0")  # the process ended meanwhile
    next_attempt_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(SealedText("inbox.error"))  # traceback of the last failure


class OutboxMessage(Base):
    """One thing to do in a chat: send, edit, answer a button, or an errand (a file to check or to make)."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'claimed', 'sent', 'cancelled', 'failed')", name="state"),
        CheckConstraint("lane IN ('instant', 'person', 'bulk')", name="lane"),
        Index(
            "ix_outbox_open",
            "lane",
            "chat_id",
            "id",
            sqlite_where=text("state IN ('waiting', 'claimed')"),
            postgresql_where=text("state IN ('waiting', 'claimed')"),
        ),
        Index(
            "ix_outbox_turn",
            "lane",
            "id",
            sqlite_where=text("state IN ('waiting', 'claimed')"),
            postgresql_where=text("state IN ('waiting', 'claimed')"),
        ),
        Index("ix_outbox_unblanked", "finished_at", sqlite_where=UNBLANKED, postgresql_where=UNBLANKED),
        Index(
            "ix_outbox_edits",
            "edits_id",
            sqlite_where=text("edits_id IS NOT NULL"),
            postgresql_where=text("edits_id IS NOT NULL"),
        ),
        NEVER_REUSE,
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))  # "reply", "edit", "answer", "errand.*" or a notice's kind
    # a reply: the finished message; a notice: its parameters
    body: Mapped[dict[str, Any]] = mapped_column(SealedJson("outbox.body"))
    lane: Mapped[str] = mapped_column(String(8))
    speech: Mapped[str] = mapped_column(String(16))  # when it may leave: answer, notice, scheduled, emergency
    unique_key: Mapped[str | None] = mapped_column(String(120), unique=True)  # kind, subscriber, period
    edits_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))  # the row whose message is edited
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]  # not sent by then: dropped
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    unknown_outcomes: Mapped[int] = mapped_column(default=0)  # sent, answer lost
    next_attempt_at: Mapped[datetime | None]  # real time, as are claims: only the site's clock can be moved
    claimed_until: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)  # Telegram's, once sent
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(SealedText("outbox.error"))


class Draft(Base):
    """The dialogue a person is in: one at a time, changed in the transaction of each step."""

    __tablename__ = "drafts"
    __table_args__ = (NEVER_REUSE,)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), unique=True)
    journey: Mapped[str] = mapped_column(String(24))  # who takes the next text, voice or photo
    data: Mapped[dict[str, Any]] = mapped_column(SealedJson("drafts.data"))
    form_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))  # the message that shows it
    updated_at: Mapped[datetime]


class Lease(Base):
    """Who may be the only one doing something (poll, deliver, clock), until when, in which epoch."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    epoch: Mapped[int]
    expires_at: Mapped[datetime]
    wanted_by: Mapped[str | None] = mapped_column(String(80))  # to whom it is to be handed over, before anybody else
    wanted_until: Mapped[datetime | None]


class Process(Base):
    """One `run` that is at work; it takes its row away when it ends cleanly."""

    __tablename__ = "processes"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    roles: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # its last sign of life, by the database's clock
    signs: Mapped[dict[str, Any]]  # ages of its loops' heartbeats, leases it holds: numbers and names, nobody's data


class Note(Base):
    """What the process must remember across restarts: the bot's name, its webhook."""

    __tablename__ = "notes"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
