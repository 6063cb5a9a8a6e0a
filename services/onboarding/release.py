"""Taking an account from a person, so that they may come with another: a new phone, or a link in the wrong hands."""

from models.actor import Actor
from models.people import Person
from models.queries import officials
from models.session import Session
from services import audit
from services.accounts import let_go
from services.errors import Conflict, NotFound, Stale
from services.office import Office


def person_to_release(session: Session, actor: Actor, person_id: int, telegram_user_id: int) -> Person:
    """Errors: NotFound outside the actor's units, also for whoever holds a role there; Stale with another account;
    Conflict for the last administrator, without whom nobody could send an invitation."""
    person = officials.wholly_administered(session, actor, person_id)
    if person is None:
        raise NotFound
    if person.telegram_user_id != telegram_user_id:
        raise Stale
    if officials.is_last_admin(session, person.id):
        raise Conflict("onboarding.release_last_admin", name=person.name)
    return person


def released_already(session: Session, actor: Actor, person_id: int, telegram_user_id: int) -> bool:
    """For a second tap on the same question; False also where it isn't the actor's to know."""
    person = officials.wholly_administered(session, actor, person_id)
    return person is not None and person.telegram_user_id != telegram_user_id


def release_account(session: Session, office: Office, actor: Actor, person_id: int, telegram_user_id: int) -> Person:
    """The old account is a stranger from its next update on; what was queued for it dies. Errors as above."""
    person = person_to_release(session, actor, person_id, telegram_user_id)
    let_go(session, office, person)
    audit.record(session, office, actor, "account_unlinked", "person", person.id)
    return person
