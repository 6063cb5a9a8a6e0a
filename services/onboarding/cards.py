"""The card of a household at the door: its code, typed or scanned, makes a person pending."""

from datetime import timedelta

from models.households import Household, Membership
from models.queries import memberships
from models.session import Session
from services import wrong_tries
from services.accounts import Account, person_of
from services.errors import Conflict
from services.office import Office
from services.onboarding import claims
from services.rules.card_codes import CODE_LENGTH, normalise_card_code

# A mistaken "no" is put right by scanning once more; whoever was refused twice should talk to somebody.
REFUSALS = 2
REFUSALS_COUNT_FOR = timedelta(days=7)

_NEARLY = range(CODE_LENGTH - 1, CODE_LENGTH + 2)


def looks_like_card_code(text: str) -> bool:
    return normalise_card_code(text) is not None


def nearly_a_card_code(text: str) -> bool:
    """A code with a letter misread, one too many or one too few: not worth a wrong try, but worth a hint."""
    letters = "".join(letter for letter in text if letter.isalnum())
    return len(letters) in _NEARLY and letters.isascii() and any(letter.isdigit() for letter in letters)


def household_of_card(session: Session, office: Office, telegram_user_id: int, typed: str) -> Household | None:
    """None for a wrong code, which is counted. Errors: TooManyTries."""
    wrong_tries.check(session, office, telegram_user_id)
    code = normalise_card_code(typed)
    household = memberships.household_by_card(session, code) if code else None
    if household is None:
        wrong_tries.record(session, office, telegram_user_id)
    return household


def claim_card(session: Session, office: Office, account: Account, household: Household) -> Membership:
    """The account's person is pending in this household, or what they were there before; once, however often tapped.

    Errors: Conflict for whoever was refused there again and again.
    """
    person = person_of(session, office, account)
    membership = memberships.current(session, household.id, person.id)
    if membership is not None:
        return membership
    since = office.now() - REFUSALS_COUNT_FOR
    if memberships.refusals(session, household.id, person.id, since=since) >= REFUSALS:
        raise Conflict("onboarding.refused_before")
    membership = Membership(household_id=household.id, person_id=person.id, state="pending", since=office.now())
    session.add(membership)
    session.flush()
    if person.consented_at is not None:
        claims.ask_about(session, office, person.id)
    return membership
