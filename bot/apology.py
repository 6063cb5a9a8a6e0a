"""What a person is told when something of ours went wrong behind their back."""

from models.post import InboxLetter
from models.queries import actors
from models.session import Session
from services import outbox
from services.i18n import translator
from services.messages import Message
from services.office import Office


def apologise(session: Session, office: Office, chat_id: int) -> None:
    """Something they asked for can't be had; they may ask again."""
    if chat_id > 0:  # groups aren't bothered
        outbox.reply(session, office, chat_id, _words(session, office, chat_id, "errors.later"), person_id=None)


def say_it_is_kept(session: Session, office: Office, letter: InboxLetter) -> None:
    """What they sent waits for a repair of ours: told once a letter, whatever else becomes of it."""
    chat_id = letter.chat_id
    if chat_id > 0:
        words = _words(session, office, chat_id, "errors.kept")
        outbox.reply_once(session, office, chat_id, words, unique_key=f"letter kept,{letter.id}")


def _words(session: Session, office: Office, chat_id: int, message_id: str) -> Message:
    """In the person's language."""
    actor = actors.actor_by_telegram_id(session, chat_id, language=office.site.language)
    return Message(translator(actor.language)(message_id))
