"""Loads the actor: read for every update, hence Core and two small statements."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models import notice
from models.actor import Actor, Belonging, Grant, Role
from models.households import Membership
from models.people import Person, RoleGrant, Unit

_PERSON = select(
    Person.id,
    Person.name,
    Person.telegram_user_id,
    Person.language,
    Person.consented_at,
    Person.consent_version,
    Person.acting_as,
    Person.is_active,
)


def actor_by_telegram_id(session: Session, telegram_user_id: int, *, language: str) -> Actor:
    """A stranger where nobody is known by that id. `language` holds until the person chose one."""
    row = session.execute(_PERSON.where(Person.telegram_user_id == telegram_user_id)).one_or_none()
    if row is None:
        return Actor(telegram_user_id=telegram_user_id, language=language)
    grants, belongings = grants_of(session, row.id) if row.is_active else (), belongings_of(session, row.id)
    return Actor(
        telegram_user_id=telegram_user_id,
        language=row.language or language,
        person_id=row.id,
        name=row.name,
        consented=row.consented_at is not None and row.consent_version == notice.VERSION,
        agreed_before=row.consented_at is not None and row.consent_version != notice.VERSION,
        acting_as=row.acting_as,
        grants=grants,
        belongings=belongings,
        was_official=not grants and not belongings and held_a_role(session, row.id),
    )


def actor_by_person_id(session: Session, person_id: int, *, language: str) -> Actor | None:
    """For what is said unasked; None where the person has no Telegram account."""
    telegram_user_id = session.scalar(select(Person.telegram_user_id).where(Person.id == person_id))
    if telegram_user_id is None:
        return None
    return actor_by_telegram_id(session, telegram_user_id, language=language)


def grants_of(session: Session, person_id: int) -> tuple[Grant, ...]:
    rows = session.execute(
        select(RoleGrant.role, Unit.id, Unit.path)
        .join(Unit, Unit.id == RoleGrant.unit_id)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    return tuple(Grant(Role(role), unit_id, path) for role, unit_id, path in rows)


def held_a_role(session: Session, person_id: int) -> bool:
    return session.scalar(select(exists().where(RoleGrant.person_id == person_id))) or False


def belongings_of(session: Session, person_id: int) -> tuple[Belonging, ...]:
    rows = session.execute(
        select(Membership.household_id, Membership.state)
        .where(Membership.person_id == person_id, Membership.state != "ended")
        .order_by(Membership.id)
    )
    return tuple(Belonging(household_id, state) for household_id, state in rows)
