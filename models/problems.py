"""Problems and every step of their course."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.sealed import SealedText


class Problem(Base):
    """A numbered matter (`P-2026-000123`) with an owner, a deadline, a course and an end."""

    __tablename__ = "problems"
    __table_args__ = (
        CheckConstraint("source IN ('household', 'visit', 'proxy', 'hotline')", name="source"),
        CheckConstraint("urgency IN ('normal', 'danger')", name="urgency"),
        Index("ix_problems_owner_id_stage", "owner_id", "stage"),
        Index("ix_problems_stage_done_at", "stage", "done_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), index=True)
    source: Mapped[str] = mapped_column(String(16))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visits.id"))
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))  # None: somebody without an account
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    category: Mapped[str] = mapped_column(String(16))
    urgency: Mapped[str] = mapped_column(String(8), default="normal")
    confidential: Mapped[bool] = mapped_column(default=False)  # hidden from the household's own cadre
    summary: Mapped[str] = mapped_column(
        SealedText("problems.summary")
    )  # what was said; may be empty where voice or photo say it
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))  # None: nobody in charge could be found
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)  # the household's, when reported
    stage: Mapped[str] = mapped_column(String(16))
    reported_at: Mapped[datetime]
    due_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    asked_count: Mapped[int] = mapped_column(default=0)  # times the household was asked since `done_at`
    followed_up_at: Mapped[datetime | None]  # the question 28 days after confirmation
    last_urged_at: Mapped[datetime | None]
    not_solved_count: Mapped[int] = mapped_column(default=0)
    rating: Mapped[str | None] = mapped_column(String(16))  # satisfied, fairly, unsatisfied
    rated_owner_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    draft_id: Mapped[int | None] = mapped_column(unique=True)  # submitting one draft twice makes one problem


class ProblemEvent(Base):
    """One step or note: who, when, what; the stage after it. Never changed."""

    __tablename__ = "problem_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("problems.id"), index=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))  # None: the clock did it
    act: Mapped[str] = mapped_column(String(24))  # reported, an Act of rules.problem_course, note, material, urged
    stage: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(SealedText("problem_events.note"))


class NumberSeries(Base):
    """The last number given out, per kind and year; counted in the transaction that uses it, so there are no gaps."""

    __tablename__ = "number_series"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
