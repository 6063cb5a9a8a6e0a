"""The people of a household: putting a name right, and cutting one off, for a lost phone or who is there no more."""

from models.actor import Actor
from models.people import Person
from models.queries import erasure, memberships, officials, people
from models.queries.memberships import Claim
from models.session import Session
from services import audit, outbox
from services.accounts import let_go
from services.errors import Conflict, Invalid, NotFound, Stale
from services.i18n import clean
from services.office import Office

LONGEST_NAME = 50  # characters


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


def check_may_rename(session: Session, actor: Actor, membership_id: int) -> Claim:
    """Errors: as `member`; Conflict for an official, whose name the roster says, and for whoever was one."""
    found = member(session, actor, membership_id)
    if session.get_one(Person, found.person_id).code is not None or officials.holds_roles(session, found.person_id):
        raise Conflict("rights.members.name_of_roster", name=found.person_name)
    if erasure.was_ever_official(session, found.person_id):
        raise Conflict("rights.members.name_of_records", name=found.person_name)
    return found


def rename(session: Session, office: Office, actor: Actor, membership_id: int, name: str) -> Claim:
    """The member is told. Errors: as `check_may_rename`; Invalid for what is no name."""
    name = " ".join(clean(name).split())
    if not any(char.isalpha() for char in name) or len(name) > LONGEST_NAME:
        raise Invalid("rights.members.no_name", most=LONGEST_NAME)
    found = check_may_rename(session, actor, membership_id)
    person = people.locked(session, found.person_id)
    if person is None or person.erased_at is not None:  # meanwhile: the name must not come back
        raise Stale
    person.name = name
    session.flush()
    audit.record(session, office, actor, "member_renamed", "household", found.household_id, member=person.id)
    outbox.notice(session, office, person.id, "rights.renamed", {"membership_id": membership_id})
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
