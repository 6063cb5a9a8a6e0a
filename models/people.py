"""Units, persons, the roles they hold, and the invitations through which they come in."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import NEVER_REUSE, Base, Code
from models.sealed import SealedText


class Unit(Base):
    """A node of the one tree: county › town › village › group; also department."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # county, town, village, group, department
    # "/1/4/9/": the ids from the root down to this unit, so that a subtree is one prefix comparison.
    path: Mapped[str] = mapped_column(String(400), index=True)


class Person(Base):
    """Someone with a Telegram account or without; identity is the numeric Telegram user id, never the name."""

    __tablename__ = "persons"
    __table_args__ = (NEVER_REUSE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(Code, unique=True)  # of the roster; None for household members
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    post: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(SealedText("persons.phone"))
    max_households: Mapped[int | None]
    telegram_user_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    language: Mapped[str | None] = mapped_column(String(8))  # None until chosen: Telegram's own is followed
    acting_as: Mapped[str | None] = mapped_column(String(16))  # the role on the keyboard, for those with several
    consented_at: Mapped[datetime | None]  # to whichever version: the newest yes that still stands
    consent_version: Mapped[str | None] = mapped_column(String(16))
    is_active: Mapped[bool] = mapped_column(default=True)
    away_until: Mapped[date | None]  # 请假: local; reminders are silent up to and including this day
    unreachable_since: Mapped[datetime | None]  # blocked the bot, or the account is gone
    unreachable_reason: Mapped[str | None] = mapped_column(String(200))
    erased_at: Mapped[datetime | None]  # what identified the person is gone
    created_at: Mapped[datetime]


class Consent(Base):
    """That somebody said yes or no to a version of the notice, and when; never changed."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    version: Mapped[str] = mapped_column(String(16))
    agreed: Mapped[bool]
    at: Mapped[datetime]


class RoleGrant(Base):
    """A role for a unit and its subtree, from a moment to a moment; never deleted but as a double, only revoked."""

    __tablename__ = "role_grants"
    __table_args__ = (
        CheckConstraint("role IN ('cadre', 'supervisor', 'admin')", name="role"),
        Index(
            "uq_role_grants_active",
            "person_id",
            "role",
            "unit_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        NEVER_REUSE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Invitation(Base):
    """A deep link for one person: 128 random bits of which only the hash is kept, one use, 72 h."""

    __tablename__ = "invitations"
    __table_args__ = (NEVER_REUSE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))  # None: whoever opens it first
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))  # None: the operator
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))


class WrongTry(Base):
    """A wrong invitation or card code, counted per Telegram account: five an hour, then silence for an hour."""

    __tablename__ = "wrong_tries"
    __table_args__ = (Index("ix_wrong_tries_user_at", "telegram_user_id", "tried_at"), NEVER_REUSE)

    id: Mapped[int] = mapped_column(primary_key=True)
    telegram_user_id: Mapped[int] = mapped_column(BigInteger)
    tried_at: Mapped[datetime]
