"""How fast each chat has been speaking lately."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Float, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class ChatPace(Base):
    """By chat, not by person: a chat's letters are handled one after the other, so that nobody waits for this row."""

    __tablename__ = "paces"
    __table_args__ = (CheckConstraint("way IN ('typed', 'pressed')", name="way"),)

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    way: Mapped[str] = mapped_column(String(8), primary_key=True)
    level: Mapped[float] = mapped_column(Float)  # see services.rules.pace
    at: Mapped[datetime] = mapped_column(index=True)
    silent: Mapped[bool]
    album: Mapped[str | None] = mapped_column(String(64))
    refused: Mapped[int]  # messages that weren't taken
