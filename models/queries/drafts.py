"""Dialogue drafts as rows."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.post import Draft


def of_person(session: Session, person_id: int) -> Draft | None:
    return session.scalar(select(Draft).where(Draft.person_id == person_id))


def delete_of_person(session: Session, person_id: int) -> bool:
    session.flush()
    return bool(session.scalar(delete(Draft).where(Draft.person_id == person_id).returning(Draft.id)))
