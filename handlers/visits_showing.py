"""Where the visit form stands in the chat: in place under the finger, or anew at the bottom; never live twice."""

from handlers.turn import Turn
from handlers.visits_views import form_buttons, form_text
from models.post import Draft
from services.i18n import Html
from services.messages import Rows
from services.visits import drafting
from services.visits.form import VisitForm


def in_place(turn: Turn, draft: Draft, form: VisitForm) -> None:
    """After a button: the pressed message becomes the form as it is now."""
    turn.show(*_form(turn, draft, form))


def at_bottom(turn: Turn, draft: Draft, form: VisitForm) -> None:
    """After something was typed or sent: the form follows it down."""
    move_down(turn, draft, *_form(turn, draft, form))


def again(turn: Turn, draft: Draft, form: VisitForm) -> None:
    """The form stays where it is and shows what has changed: an edited message, one more photo of an album."""
    if draft.form_id is None:
        at_bottom(turn, draft, form)
    else:
        turn.redraw(draft.form_id, *_form(turn, draft, form))


def move_down(turn: Turn, draft: Draft, text: Html, buttons: Rows) -> None:
    put_away(turn, draft.form_id, "visits.continued_below")
    draft.form_id = turn.reply(text, buttons)


def put_away(turn: Turn, form_id: int | None, message_id: str) -> None:
    """Take the buttons off a form that is no longer the live one."""
    if form_id is not None:
        turn.redraw(form_id, turn.t(message_id))


def _form(turn: Turn, draft: Draft, form: VisitForm) -> tuple[Html, Rows]:
    head, code = drafting.household_name(turn.session, turn.office, turn.actor, form)
    today = turn.office.today()
    return form_text(turn.t, form, head, code, today), form_buttons(turn.t, draft, form, today)
