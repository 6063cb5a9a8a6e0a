"""What people say is wrong in what is kept about them, and what became of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.sealed import SealedText


class CorrectionRequest(Base):
    """更正请求: open until somebody in charge has corrected it, or explained why it stays."""

    __tablename__ = "correction_requests"
    __table_args__ = (CheckConstraint("outcome IN ('corrected', 'explained')", name="outcome"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    wanted: Mapped[str] = mapped_column(SealedText("correction_requests.wanted"))
    asked_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(16))
    answer: Mapped[str | None] = mapped_column(SealedText("correction_requests.answer"))  # why it stays
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    decided_at: Mapped[datetime | None]
