"""The notice of what is kept and who sees it: agreed to on first use, and again whenever it says something new."""

from enum import StrEnum

from models import notice
from models.actor import Actor
from models.people import Person
from models.queries import consents, invitations, memberships, people, person_references
from models.session import Session
from services import audit
from services.accounts import let_go
from services.errors import NotFound, Stale
from services.office import Office
from services.onboarding import claims

_GOES_WITH_THE_PERSON = frozenset({"drafts", "memberships", "role_grants", "outbox", "invitations"})


class Declined(StrEnum):
    """What a no leaves behind."""

    NOTHING = "nothing"
    ENTRY = "entry"  # of the roster, without the account
    RECORDS = "records"  # of what was done while an earlier version was agreed to


def agree(session: Session, office: Office, actor: Actor) -> bool:
    """False: agreed before, so there is nothing new to tell anybody."""
    person = _self(session, actor)
    if _agreed_to_newest(person):
        return False
    person.consented_at, person.consent_version = office.now(), notice.VERSION
    consents.record(session, person.id, notice.VERSION, agreed=True, at=office.now())
    audit.record(session, office, actor, "consent_agreed", "person", person.id, version=notice.VERSION)
    claims.ask_about(session, office, person.id)
    claims.hand_over_waiting(session, office, actor)
    return True


def decline(session: Session, office: Office, actor: Actor) -> Declined:
    """Nothing is kept of somebody who came by card; an official's entry in the roster stays without the account.

    Whoever agreed to an earlier version loses the account, and what was recorded until then stays with the office.
    Errors: Stale for whoever agreed to the notice as it is now.
    """
    person = _self(session, actor)
    if _agreed_to_newest(person):
        raise Stale
    audit.record(session, office, actor, "consent_declined", "person", person.id, version=notice.VERSION)
    if person.consented_at is not None:
        consents.record(session, person.id, notice.VERSION, agreed=False, at=office.now())
        let_go(session, office, person)
        return Declined.RECORDS
    invitations.give_back(session, person.id)
    memberships.drop_pending(session, person.id)
    if person.code is None and not person_references.is_mentioned(session, person.id, apart_from=_GOES_WITH_THE_PERSON):
        session.expunge(person)
        person_references.forget_person(session, actor.id)
        return Declined.NOTHING
    person.telegram_user_id = person.language = None
    session.flush()
    return Declined.ENTRY


def _agreed_to_newest(person: Person) -> bool:
    return person.consented_at is not None and person.consent_version == notice.VERSION


def _self(session: Session, actor: Actor) -> Person:
    person = people.locked(session, actor.id)
    if person is None:
        raise NotFound
    return person
