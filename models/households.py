"""Households, who belongs to them, and the pairing with their cadres."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import NEVER_REUSE, Base, Code
from models.sealed import SealedText


class Household(Base):
    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("tier IN ('red', 'yellow', 'green')", name="tier"),
        CheckConstraint("status IN ('active', 'away', 'moved', 'closed')", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    head: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    address: Mapped[str | None] = mapped_column(SealedText("households.address"))
    phone: Mapped[str | None] = mapped_column(SealedText("households.phone"))
    population: Mapped[int | None]
    tier: Mapped[str] = mapped_column(String(8), default="green")
    status: Mapped[str] = mapped_column(String(8), default="active")
    hardship_cause: Mapped[str | None] = mapped_column(SealedText("households.hardship_cause"))
    notes: Mapped[str | None] = mapped_column(SealedText("households.notes"))
    muted_until: Mapped[date | None]  # local; reminders are silent up to and including this day
    card_code: Mapped[str] = mapped_column(String(16), unique=True)  # of the printed card, without separators
    erased_at: Mapped[datetime | None]  # what identified the household is gone
    created_at: Mapped[datetime]


class Membership(Base):
    """A person of a household: pending by the card's code, linked by the own phone number or a confirmation."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'linked', 'ended')", name="state"),
        Index(
            "uq_memberships_current",
            "household_id",
            "person_id",
            unique=True,
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
        NEVER_REUSE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    state: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime]
    linked_at: Mapped[datetime | None]
    linked_by: Mapped[str | None] = mapped_column(String(16))  # phone, cadre, supervisor
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    ended_at: Mapped[datetime | None]


class Pairing(Base):
    """Cadre and household from a date to a date; never deleted, only ended. `ended_on` is the first day without it."""

    __tablename__ = "pairings"
    __table_args__ = (
        CheckConstraint("kind IN ('primary', 'second', 'temporary')", name="kind"),
        Index(
            "uq_pairings_one_active_primary",
            "household_id",
            unique=True,
            sqlite_where=text("kind = 'primary' AND ended_on IS NULL"),
            postgresql_where=text("kind = 'primary' AND ended_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    cadre_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
