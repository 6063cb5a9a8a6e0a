"""Digests as they were issued, and the roster checks that wait for the administrator's word."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import NEVER_REUSE, Base
from models.sealed import SealedJson


class Digest(Base):
    """One per supervisor, unit and period end; the lists it names, as ids, for drilling down later."""

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("person_id", "unit_id", "period_end"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    period_start: Mapped[date]
    period_end: Mapped[date]
    findings: Mapped[dict[str, Any]]  # section → ids or numbers
    created_at: Mapped[datetime]


class RosterCheck(Base):
    """A checked roster file, kept until the administrator confirms or another takes its place."""

    __tablename__ = "roster_checks"
    __table_args__ = (NEVER_REUSE,)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    # services.rules.roster.CheckedRoster as JSON
    checked: Mapped[dict[str, Any]] = mapped_column(SealedJson("roster_checks.checked"))
    created_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
