"""What a person is told when something of ours went wrong behind their back."""

from models.queries import actors
from models.session import Session
from services import outbox
from services.i18n import translator
from services.messages import Message
from services.office import Office


def apologise(session: Session, office: Office, chat_id: int) -> None:
    """In the person's language; groups aren't bothered."""
    if chat_id > 0:
        actor = actors.actor_by_telegram_id(session, chat_id, language=office.site.language)
        t = translator(actor.language)
        outbox.reply(session, office, chat_id, Message(t("errors.later")), person_id=None)
