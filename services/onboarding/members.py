"""The people of a household, and cutting one off: a lost phone, or somebody who doesn't belong there any more."""

from models.actor import Actor
from models.people import Person
from models.queries import memberships, officials
from models.queries.memberships import Claim
from models.session import Session
from services import audit, outbox
from services.accounts import let_go
from services.errors import NotFound, Stale
from services.office import Office


def members(session: Session, actor: Actor, household_id: int) -> list[Claim]:
    """Linked and waiting ones. Errors: NotFound outside the actor's scope."""
    if not memberships.manages(session, actor, household_id):
        raise NotFound
    return memberships.members_to_manage(session, actor, household_id)


def member(session: Session, actor: Actor, membership_id: int) -> Claim:
    """Errors: NotFound outside the actor's scope, Stale where the person isn't a member any more."""
    found = memberships.member_to_manage(session, actor, membership_id)
    if found is None:
        raise NotFound
    if found.state == "ended":
        raise Stale
    return found


def unlinked_already(session: Session, actor: Actor, membership_id: int) -> bool:
    """For a second tap on the same question; False also outside the actor's scope."""
    found = memberships.member_to_manage(session, actor, membership_id)
    return found is not None and found.state == "ended"


def unlink(session: Session, office: Office, actor: Actor, membership_id: int) -> Claim:
    """In force with the next press. Nothing is said to the old phone: it may be in anybody's hands.

    Who is at home nowhere else and holds no role loses the account as well. Errors: as `member`.
    """
    found = member(session, actor, membership_id)
    if not memberships.end(session, membership_id, at=office.now()):
        raise Stale
    person = session.get_one(Person, found.person_id)
    outbox.withdraw_words(session, office, [person.id])
    if not officials.holds_roles(session, person.id) and not memberships.is_anywhere(session, person.id):
        let_go(session, office, person)
    audit.record(session, office, actor, "member_unlinked", "household", found.household_id, member=person.id)
    return found
