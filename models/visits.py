"""Visits with their corrections, and what people attached to a visit or a problem."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import NEVER_REUSE, Base
from models.sealed import SealedJson, SealedText


class Visit(Base):
    """One contact. `visited_on` is the site's local date, `recorded_at` the moment of saving: two facts."""

    __tablename__ = "visits"
    __table_args__ = (
        CheckConstraint("method IN ('home', 'phone', 'video', 'elsewhere', 'not_home')", name="method"),
        CheckConstraint("condition IN ('steady', 'changed', 'trouble')", name="condition"),
        Index("ix_visits_household_id_visited_on", "household_id", "visited_on"),
        Index("ix_visits_cadre_id_visited_on", "cadre_id", "visited_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"))
    cadre_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    method: Mapped[str] = mapped_column(String(16))
    condition: Mapped[str] = mapped_column(String(16))
    said: Mapped[str | None] = mapped_column(SealedText("visits.said"))
    companions: Mapped[str | None] = mapped_column(SealedText("visits.companions"))  # who came along
    latitude: Mapped[float | None] = mapped_column(SealedJson("visits.latitude"))
    longitude: Mapped[float | None] = mapped_column(SealedJson("visits.longitude"))
    solved_on_spot: Mapped[bool] = mapped_column(default=False)
    visited_on: Mapped[date]
    recorded_at: Mapped[datetime]
    draft_id: Mapped[int | None] = mapped_column(unique=True)  # saving one draft twice makes one visit


class VisitCorrection(Base):
    """The earlier state of a corrected visit, and who changed it."""

    __tablename__ = "visit_corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visits.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    corrected_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(16))
    condition: Mapped[str] = mapped_column(String(16))
    said: Mapped[str | None] = mapped_column(SealedText("visit_corrections.said"))
    visited_on: Mapped[date]


class Attachment(Base):
    """A photo, voice message or document; Telegram keeps the bytes, we keep its file id."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("kind IN ('photo', 'voice', 'document')", name="kind"),
        CheckConstraint("(visit_id IS NULL) <> (problem_event_id IS NULL)", name="one_owner"),
        NEVER_REUSE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id"), index=True)
    problem_event_id: Mapped[int | None] = mapped_column(ForeignKey("problem_events.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    file_id: Mapped[str] = mapped_column(SealedText("attachments.file_id"))
    caption: Mapped[str | None] = mapped_column(SealedText("attachments.caption"))
