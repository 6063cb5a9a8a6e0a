"""Invitations and wrong tries as rows."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from models.people import Invitation, RoleGrant, WrongTry


def by_hash(session: Session, token_hash: str) -> Invitation | None:
    return session.scalar(select(Invitation).where(Invitation.token_hash == token_hash))


def use_up(session: Session, invitation_id: int, *, at: datetime) -> bool:
    """False: somebody else was faster, or it is too old."""
    used = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.used_at.is_(None), Invitation.expires_at > at)
        .values(used_at=at)
        .returning(Invitation.id)
    )
    return len(used.all()) == 1


def remember_user(session: Session, invitation_id: int, person_id: int) -> None:
    session.execute(update(Invitation).where(Invitation.id == invitation_id).values(used_by_id=person_id))


def give_back(session: Session, person_id: int) -> None:
    """Whoever opened it didn't agree to the notice: until it expires it may be opened again."""
    session.execute(update(Invitation).where(Invitation.used_by_id == person_id).values(used_at=None, used_by_id=None))


def grant(session: Session, person_id: int, role: str, unit_id: int, *, at: datetime) -> bool:
    """The role for the unit; once, however often it is granted. False: it was held already."""
    held = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == role,
        RoleGrant.unit_id == unit_id,
        RoleGrant.revoked_at.is_(None),
    )
    if session.scalar(held) is not None:
        return False
    session.add(RoleGrant(person_id=person_id, role=role, unit_id=unit_id, granted_at=at))
    session.flush()
    return True


def add_wrong_try(session: Session, telegram_user_id: int, *, at: datetime, keep_since: datetime) -> None:
    """What is older than `keep_since`, whoever's it is, has served its purpose and goes."""
    session.execute(delete(WrongTry).where(WrongTry.tried_at < keep_since))
    session.add(WrongTry(telegram_user_id=telegram_user_id, tried_at=at))
    session.flush()


def count_wrong_tries(session: Session, telegram_user_id: int, *, since: datetime) -> int:
    return (
        session.scalar(
            select(func.count()).where(WrongTry.telegram_user_id == telegram_user_id, WrongTry.tried_at >= since)
        )
        or 0
    )
