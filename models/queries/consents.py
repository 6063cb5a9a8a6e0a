"""What people said to the notice, as rows."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Consent


def record(session: Session, person_id: int, version: str, *, agreed: bool, at: datetime) -> None:
    session.add(Consent(person_id=person_id, version=version, agreed=agreed, at=at))
    session.flush()


def of_person(session: Session, person_id: int) -> list[Consent]:
    """Oldest first."""
    return list(session.scalars(select(Consent).where(Consent.person_id == person_id).order_by(Consent.id)))
