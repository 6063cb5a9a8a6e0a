"""What a person is told when something of ours went wrong behind their back."""

import json

from models.envelope import BadSeal
from models.key_file import KeyFileError
from models.queries import actors, inbox
from models.queries.inbox import WaitingLetter
from models.session import Session
from services import outbox
from services.i18n import negotiate, translator
from services.messages import Message
from services.office import Office


def apologise(session: Session, office: Office, chat_id: int) -> None:
    """Something they asked for can't be had; they may ask again."""
    if chat_id > 0:  # groups aren't bothered
        words = _words(session, chat_id, "errors.later", otherwise=office.site.language)
        outbox.reply(session, office, chat_id, words, person_id=None)


def say_it_is_kept(session: Session, office: Office, letter: WaitingLetter) -> None:
    """What they sent waits for a repair of ours: told once a letter, whatever else becomes of it."""
    chat_id = letter.chat_id
    if chat_id > 0:
        words = _words(session, chat_id, "errors.kept", otherwise=_language_of_phone(session, office, letter.id))
        outbox.reply_once(session, office, chat_id, words, unique_key=f"letter kept,{letter.id}")


def _words(session: Session, chat_id: int, message_id: str, *, otherwise: str) -> Message:
    """In the language that the person chose, `otherwise` where they chose none."""
    actor = actors.actor_by_telegram_id(session, chat_id, language=otherwise)
    return Message(translator(actor.language)(message_id))


def _language_of_phone(session: Session, office: Office, letter_id: int) -> str:
    """As Telegram tells it with what they sent; the site's where the body can't be read."""
    try:
        parts = json.loads(inbox.body_of(session, letter_id) or "{}").values()
    except (BadSeal, KeyFileError, ValueError, AttributeError):
        return office.site.language
    senders = [part["from"] for part in parts if isinstance(part, dict) and isinstance(part.get("from"), dict)]
    code = senders[0].get("language_code") if senders else None
    return negotiate(code if isinstance(code, str) else None, office.site.language)
