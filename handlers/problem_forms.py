"""The form of a problem's dialogue: one live message, changed in place by buttons, following what is sent."""

from handlers.turn import Turn
from models.post import Draft
from services import drafts
from services.i18n import Html
from services.messages import Button, Message, button
from services.problems import drafting


def begin(turn: Turn, draft: Draft, form: Message) -> None:
    """A new form at the bottom of the chat."""
    draft.form_id = turn.reply(form.text, form.buttons)
    turn.session.flush()


def collect(turn: Turn, draft: Draft, before: Message) -> bool:
    """Put what was sent into the draft. False where the form shall stay where it is: a correction, or an album."""
    message = turn.message
    assert message is not None  # content always is one
    if turn.is_edit:
        drafting.correct(turn.session, turn.office, draft, message_id=message.message_id, text=turn.text)
        return False
    drafting.add(turn.session, turn.office, draft, message_id=message.message_id, text=turn.text, media=turn.media)
    album = message.media_group_id
    is_same_album = album is not None and album == draft.data.get("album")
    drafts.change(turn.session, turn.office, draft, album=album)
    if not is_same_album and draft.form_id is not None:
        turn.redraw(draft.form_id, before.text)
    return not is_same_album


def follow(turn: Turn, draft: Draft, form: Message, *, below: bool) -> None:
    """Show the form after `collect`."""
    if below or draft.form_id is None:
        begin(turn, draft, form)
    else:
        turn.redraw(draft.form_id, form.text, form.buttons)


def ask_first(turn: Turn, action: str, *references: str | int) -> bool:
    """Whether something unsaved is in the way; then the person was asked, and `action` starts anew without it."""
    if drafts.unsaved(turn.session, turn.actor.id) is None:
        return False
    turn.reply(
        turn.t("problems.form.unsaved"),
        (
            (button(turn.t.plain("problems.button.resume"), "problems.resume"),),
            (button(turn.t.plain("problems.button.discard"), action, *references),),
        ),
    )
    return True


def content_lines(turn: Turn, draft: Draft, media_line: Html | None) -> list[Html]:
    """What was sent so far, as it will be submitted."""
    text = drafting.text_of(draft)
    lines = [turn.t("problems.form.text", text=text)] if text else []
    return [*lines, media_line] if media_line else lines


def cancel_button(turn: Turn) -> Button:
    return button(turn.t.plain("words.button.cancel"), "cancel")
