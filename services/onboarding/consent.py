"""The notice of what is kept and who sees it: agreed to on first use, or nothing stays behind."""

from models.actor import Actor
from models.people import Person
from models.queries import invitations, memberships, people, person_references
from models.session import Session
from services.errors import NotFound, Stale
from services.office import Office
from services.onboarding import claims

VERSION = "1"  # of the notice; kept with the agreement, so that it can be told who agreed to which

_GOES_WITH_THE_PERSON = frozenset({"drafts", "memberships", "role_grants", "outbox", "invitations"})


def agree(session: Session, office: Office, actor: Actor) -> bool:
    """False: agreed before, so there is nothing new to tell anybody."""
    person = _self(session, actor)
    if person.consented_at is not None:
        return False
    person.consented_at, person.consent_version = office.now(), VERSION
    session.flush()
    claims.ask_about(session, office, person.id)
    claims.hand_over_waiting(session, office, actor)
    return True


def decline(session: Session, actor: Actor) -> bool:
    """Nothing is kept of somebody who came by card; an official's entry in the roster stays without the account.

    True where an entry stays. Errors: Stale for whoever agreed before.
    """
    person = _self(session, actor)
    if person.consented_at is not None:
        raise Stale
    invitations.give_back(session, person.id)
    memberships.drop_pending(session, person.id)
    if person.code is None and not person_references.is_mentioned(session, person.id, apart_from=_GOES_WITH_THE_PERSON):
        session.expunge(person)
        person_references.forget_person(session, actor.id)
        return False
    person.telegram_user_id = person.language = None
    session.flush()
    return True


def _self(session: Session, actor: Actor) -> Person:
    person = people.locked(session, actor.id)
    if person is None:
        raise NotFound
    return person
