"""Who the turn's person is, while joining changes just that."""

from handlers.turn import Turn
from models.actor import Actor
from models.queries import actors
from services.accounts import Account
from services.i18n import clean


def account_of(turn: Turn) -> Account:
    """The account behind this update, as the messenger names it."""
    user = turn.update.effective_user if turn.update else None
    return Account(turn.actor.telegram_user_id, clean(user.full_name) if user else turn.actor.name, turn.actor.language)


def look_again(turn: Turn) -> None:
    """After the person's own rows changed: what follows is said to whom they are now."""
    known = turn.actor
    turn.actor = actors.actor_by_telegram_id(turn.session, known.telegram_user_id, language=known.language)


def forget(turn: Turn) -> None:
    """Nobody is known by this account any more; the language of the conversation stays."""
    turn.actor = Actor(turn.actor.telegram_user_id, turn.actor.language)
