"""Whoever floods the bot is told once, then what they send is put aside unread until they slow down."""

from datetime import datetime

import telegram

from handlers.turn import Turn
from models.session import Session
from services import pace
from services.office import Office
from services.pace import Way
from services.rules.pace import Verdict


def take(session: Session, office: Office, update: telegram.Update, chat_id: int) -> Verdict:
    """Judged by when the person sent it: what piled up while the bot was away is no flood.

    That they blocked the bot or let it in again counts for nothing; it isn't said to the bot.
    """
    if update.my_chat_member is not None:
        return Verdict.TAKEN
    message = update.effective_message
    if message is None or update.callback_query is not None:  # a press carries no date
        return pace.take(session, office, chat_id, Way.PRESSED, office.now())
    return pace.take(session, office, chat_id, Way.TYPED, _sent(message), message.media_group_id)


def tell(turn: Turn) -> None:
    """Nothing in groups: there it is many people's pace."""
    if turn.query is not None:
        turn.toast(turn.t.plain("everywhere.too_fast"), alert=True)
    elif turn.chat_id > 0:
        turn.reply(turn.t("everywhere.too_fast"))


def _sent(message: telegram.Message) -> datetime:
    return message.edit_date or message.date
