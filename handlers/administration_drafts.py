"""What the administrator's dialogues share: beginning one without losing another, and leaving it."""

from handlers.turn import Turn
from services import drafts
from services.messages import Button, button


def ask_first(turn: Turn, action: str, *references: str | int) -> bool:
    """Whether something unsaved would be lost; then the person was asked, and `action` begins without it."""
    if drafts.unsaved(turn.session, turn.actor.id) is None:
        return False
    keep = button(turn.t.plain("administration.button.keep"), "administration.keep")
    give_up = button(turn.t.plain("administration.button.give_up"), action, *references)
    turn.reply(turn.t("administration.unsaved"), ((keep,), (give_up,)))
    return True


def keep(turn: Turn) -> None:
    turn.show(turn.t("administration.kept"))


def put_away(turn: Turn, form_id: int | None, message_id: str) -> None:
    """An earlier message of the dialogue loses its buttons: two live forms would contradict each other."""
    if form_id is not None:
        turn.redraw(form_id, turn.t(message_id))


def cancel_row(turn: Turn) -> tuple[Button, ...]:
    return (button(turn.t.plain("words.button.cancel"), "cancel"),)
