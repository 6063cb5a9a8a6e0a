"""Who belongs to a household, and who is still waiting for a word on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from models.actor import Actor
from models.households import Household, Membership
from models.people import Person
from models.queries.scope import managed_by, paired_with, supervised_by


@dataclass(frozen=True)
class Claim:
    """Somebody says that they belong to a household; `state` is the membership's, `decided_by_id` whose word it was."""

    id: int
    person_id: int
    person_name: str
    household_id: int
    household_head: str
    unit_id: int
    state: str
    since: datetime
    decided_by_id: int | None


_CLAIM = (
    select(
        Membership.id,
        Membership.person_id,
        Person.name,
        Household.id,
        Household.head,
        Household.unit_id,
        Membership.state,
        Membership.since,
        Membership.confirmed_by_id,
    )
    .join(Person, Person.id == Membership.person_id)
    .join(Household, Household.id == Membership.household_id)
)


def household_by_card(session: Session, card_code: str) -> Household | None:
    """Only a household that is still here: what has moved away or was closed has no card any more."""
    return session.scalar(
        select(Household).where(Household.card_code == card_code, Household.status.in_(("active", "away")))
    )


def current(session: Session, household_id: int, person_id: int) -> Membership | None:
    return session.scalar(
        select(Membership).where(
            Membership.household_id == household_id, Membership.person_id == person_id, Membership.state != "ended"
        )
    )


def pending_of(session: Session, person_id: int) -> list[tuple[Membership, Household]]:
    """The person's memberships that wait for a word, oldest first, each with its household."""
    rows = session.execute(
        select(Membership, Household)
        .join(Household, Household.id == Membership.household_id)
        .where(Membership.person_id == person_id, Membership.state == "pending")
        .order_by(Membership.id)
    )
    return [(membership, household) for membership, household in rows]


def linked_households(session: Session, person_id: int) -> list[Household]:
    return list(
        session.scalars(
            select(Household)
            .join(Membership, Membership.household_id == Household.id)
            .where(Membership.person_id == person_id, Membership.state == "linked")
            .order_by(Household.code)
        )
    )


def refusals(session: Session, household_id: int, person_id: int, *, since: datetime) -> int:
    """How often somebody said that the person doesn't belong there."""
    return (
        session.scalar(
            select(func.count()).where(
                Membership.household_id == household_id,
                Membership.person_id == person_id,
                Membership.state == "ended",
                Membership.linked_at.is_(None),
                Membership.ended_at >= since,
            )
        )
        or 0
    )


def claim(session: Session, membership_id: int) -> Claim | None:
    """Not scoped: for the person themselves and for notices, which check the reader."""
    row = session.execute(_CLAIM.where(Membership.id == membership_id)).one_or_none()
    return Claim(*row) if row else None


def claim_to_decide(session: Session, actor: Actor, membership_id: int) -> Claim | None:
    """Of a household that the actor helps or supervises, and not the actor's own; decided ones too."""
    row = session.execute(_CLAIM.where(Membership.id == membership_id, _decidable_by(actor))).one_or_none()
    return Claim(*row) if row else None


def claims_to_decide(session: Session, actor: Actor, *, limit: int) -> list[Claim]:
    """Of those who agreed to the notice, the longest waiting first."""
    rows = session.execute(
        _CLAIM.where(Membership.state == "pending", Person.consented_at.is_not(None), _decidable_by(actor))
        .order_by(Membership.id)
        .limit(limit)
    )
    return [Claim(*row) for row in rows]


def members_to_manage(session: Session, actor: Actor, household_id: int) -> list[Claim]:
    """Who is in this household or waits for it, oldest first; empty outside the actor's scope."""
    query = _CLAIM.where(Membership.household_id == household_id, Membership.state != "ended", managed_by(actor))
    return [Claim(*row) for row in session.execute(query.order_by(Membership.id))]


def member_to_manage(session: Session, actor: Actor, membership_id: int) -> Claim | None:
    """Of a household that the actor helps, supervises or administers; ended ones too."""
    row = session.execute(_CLAIM.where(Membership.id == membership_id, managed_by(actor))).one_or_none()
    return Claim(*row) if row else None


def end(session: Session, membership_id: int, *, at: datetime) -> bool:
    """False: it had ended before."""
    ended = session.execute(
        update(Membership)
        .where(Membership.id == membership_id, Membership.state != "ended")
        .values(state="ended", ended_at=at)
        .returning(Membership.id)
    )
    return len(ended.all()) == 1


def homes(session: Session, person_id: int) -> list[tuple[int, int]]:
    """Households the person is linked to or waits for, each with its unit."""
    query = (
        select(Household.id, Household.unit_id)
        .join(Membership, Membership.household_id == Household.id)
        .where(Membership.person_id == person_id, Membership.state != "ended")
        .order_by(Household.id)
    )
    return [(household_id, unit_id) for household_id, unit_id in session.execute(query)]


def history(session: Session, person_id: int) -> list[tuple[str, Membership]]:
    """Every membership the person ever had, with the household's code."""
    query = (
        select(Household.code, Membership)
        .join(Household, Household.id == Membership.household_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.id)
    )
    return [(code, membership) for code, membership in session.execute(query)]


def manages(session: Session, actor: Actor, household_id: int) -> bool:
    """Whether the actor helps, supervises or administers it."""
    return session.scalar(select(Household.id).where(Household.id == household_id, managed_by(actor))) is not None


def is_anywhere(session: Session, person_id: int) -> bool:
    """Linked to any household, or waiting for one."""
    query = select(func.count()).where(Membership.person_id == person_id, Membership.state != "ended")
    return bool(session.scalar(query))


def is_helped_by(session: Session, actor: Actor, household_id: int) -> bool:
    return session.scalar(select(Household.id).where(Household.id == household_id, paired_with(actor))) is not None


def link(session: Session, membership_id: int, *, by: str, confirmed_by_id: int | None, at: datetime) -> bool:
    """False: it was no longer pending."""
    return _settle(session, membership_id, state="linked", linked_at=at, linked_by=by, confirmed_by_id=confirmed_by_id)


def refuse(session: Session, membership_id: int, *, refused_by_id: int, at: datetime) -> bool:
    """False: it was no longer pending. `confirmed_by_id` then names who said no."""
    return _settle(session, membership_id, state="ended", ended_at=at, confirmed_by_id=refused_by_id)


def drop_pending(session: Session, person_id: int) -> None:
    """As if the card had never been scanned."""
    session.execute(delete(Membership).where(Membership.person_id == person_id, Membership.state == "pending"))


def end_all(session: Session, person_id: int, *, at: datetime) -> None:
    """The person belongs to no household any more, and waits for none."""
    session.execute(
        update(Membership)
        .where(Membership.person_id == person_id, Membership.state != "ended")
        .values(state="ended", ended_at=at)
    )


def _settle(session: Session, membership_id: int, **values: object) -> bool:
    settled = session.execute(
        update(Membership)
        .where(Membership.id == membership_id, Membership.state == "pending")
        .values(**values)
        .returning(Membership.id)
    )
    return len(settled.all()) == 1


def _decidable_by(actor: Actor) -> ColumnElement[bool]:
    return and_(Membership.person_id != actor.person_id, or_(paired_with(actor), supervised_by(actor)))
