"""An account of the messenger: the person it becomes at the door, and the person who is let go of it again."""

from dataclasses import dataclass

from models.people import Person
from models.queries import drafts, erasure, memberships, officials, people
from models.session import Session
from services import audit
from services.i18n import clean, translator
from services.office import Office

LONGEST_NAME = 200  # characters, as the column has them


@dataclass(frozen=True)
class Account:
    """`name` and `language` are what the messenger says; the id alone is identity."""

    telegram_user_id: int
    name: str
    language: str

    @property
    def shown_name(self) -> str:
        name = " ".join(clean(self.name).split())[:LONGEST_NAME]
        return name or translator(self.language).plain("onboarding.nameless")


def person_of(session: Session, office: Office, account: Account) -> Person:
    """The person with this account; a new one where nobody is known by it."""
    person = people.by_telegram_id(session, account.telegram_user_id)
    if person is None:
        person = Person(name=account.shown_name, created_at=office.now())
        session.add(person)
        settle_in(session, office, person, account)
    return person


def settle_in(session: Session, office: Office, person: Person, account: Account) -> None:
    """From now on the account is this person's; a language that was chosen before stays."""
    is_new = person.telegram_user_id != account.telegram_user_id
    person.telegram_user_id = account.telegram_user_id
    person.language = person.language or account.language
    person.unreachable_since = person.unreachable_reason = None
    session.flush()
    if is_new:
        audit.record(session, office, None, "account_linked", "person", person.id, by="self")


def let_go(session: Session, office: Office, person: Person) -> None:
    """The account is a stranger from its next update on; its open form and what is queued for it die.

    What went to and fro is blanked now: nobody knows later whose the chat was, and whoever has it then may be another.

    An official comes back by an invitation as who they are. A member of a household comes back by the card, as
    somebody new who has to be confirmed: whoever finds the lost phone must not be in with the old one's word.
    """
    if person.telegram_user_id is not None:
        erasure.blank_post(session, person.telegram_user_id, at=office.now())
    drafts.delete_of_person(session, person.id)
    if not officials.holds_roles(session, person.id):
        memberships.end_all(session, person.id, at=office.now())
    person.telegram_user_id = None
    person.consented_at = person.consent_version = None  # whoever comes next is asked anew
    person.unreachable_since = person.unreachable_reason = None
    session.flush()
