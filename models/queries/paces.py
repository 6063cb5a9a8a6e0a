"""The pace of each chat: read and written for every update, hence Core."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.paces import ChatPace


def of_chat(session: Session, chat_id: int, way: str) -> Row[float, datetime, bool, str | None, int] | None:
    """level, at, silent, album, refused."""
    kept = (ChatPace.level, ChatPace.at, ChatPace.silent, ChatPace.album, ChatPace.refused)
    return session.execute(select(*kept).where(ChatPace.chat_id == chat_id, ChatPace.way == way)).one_or_none()


def keep(session: Session, chat_id: int, way: str, **values: Any) -> None:
    into = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = into(ChatPace).values(chat_id=chat_id, way=way, **values)
    session.execute(row.on_conflict_do_update(index_elements=["chat_id", "way"], set_=values))


def forget(session: Session, *, before: datetime) -> None:
    session.execute(delete(ChatPace).where(ChatPace.at < before))


def count_refused(session: Session) -> int:
    """Of the chats that are remembered."""
    return session.scalar(select(func.coalesce(func.sum(ChatPace.refused), 0))) or 0
