"""An account of the messenger that turns up at the door, and the person it becomes."""

from dataclasses import dataclass

from models.people import Person
from models.queries import people
from models.session import Session
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
        settle_in(person, account)
        session.flush()
    return person


def settle_in(person: Person, account: Account) -> None:
    """From now on the account is this person's; a language that was chosen before stays."""
    person.telegram_user_id = account.telegram_user_id
    person.language = person.language or account.language
    person.unreachable_since = person.unreachable_reason = None
