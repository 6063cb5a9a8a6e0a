"""What was attached to a saved visit, opened again from the diary or the card."""

from handlers.turn import Turn
from services.messages import Message, button
from services.visits.attached import attached


def media(turn: Turn) -> None:
    """Each photo, voice or document as a message of its own, ten at a time."""
    shown = attached(turn.session, turn.office, turn.actor, turn.number(0), turn.number(1))
    caption = turn.t("visits.media.caption", head=shown.head, day=turn.t.date(shown.visit.visited_on))
    for one in shown.media:
        turn.send(Message(caption, media=one))
    if shown.following is not None:
        more = button(turn.t.plain("words.button.more"), "visits.media", shown.visit.id, shown.following)
        turn.reply(turn.t("visits.media.more"), ((more,),))
