"""Everything the bot says unasked, one module a journey: kind → words, composed when the notice leaves."""

from models.actor import Actor
from models.session import Session
from services.messages import Message
from services.notices import cards, digests, officials, onboarding, problems, reminders, rights
from services.notices.composing import Notices, Params
from services.office import Office

NOTICES: Notices = {
    **onboarding.NOTICES,
    **problems.NOTICES,
    **cards.NOTICES,
    **reminders.NOTICES,
    **digests.NOTICES,
    **officials.NOTICES,
    **rights.NOTICES,
}


def compose(session: Session, office: Office, reader: Actor, kind: str, params: Params) -> Message | None:
    """The message in the reader's language, or None where it is no longer theirs to read.

    Errors: KeyError for a kind that no module knows.
    """
    return NOTICES[kind](session, office, reader, params)
