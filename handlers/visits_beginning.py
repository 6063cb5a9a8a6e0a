"""Beginning a visit: from the keyboard, from a card or list, or after deciding about one that wasn't saved."""

from handlers import visits_picking, visits_showing
from handlers.turn import Turn
from models.post import Draft
from services import drafts, households
from services.errors import Stale
from services.i18n import Html
from services.messages import Button, button
from services.visits import drafting, unsaved
from services.visits.form import VisitForm

CARRIED = 30  # bytes of a typed name that a button still has room for


def begin(turn: Turn) -> None:
    """记走访, or /visit with a part of a name."""
    query = " ".join(turn.args)
    if not _asked_about_unsaved(turn, None, query):
        _start(turn, None, query)


def open_(turn: Turn) -> None:
    """The form for one household at once, as lists, cards and reminders offer it."""
    household_id = turn.number(0)
    households.get_own(turn.session, turn.office, turn.actor, household_id)
    if not _asked_about_unsaved(turn, household_id):
        _start(turn, household_id)


def resume(turn: Turn) -> None:
    draft, form = drafting.expect(turn.session, turn.actor, turn.number(0))
    turn.show(turn.t("visits.resumed"))
    show(turn, draft, form)


def restart(turn: Turn) -> None:
    """Give up exactly the draft that was asked about, and go on to what was wanted: a household, or a typed name."""
    draft = drafts.current(turn.session, turn.actor.id)
    if draft is None or draft.id != turn.number(0):
        raise Stale
    turn.show(turn.t("visits.given_up"))
    _start(turn, turn.number(1) or None, ":".join(turn.args[2:]))


def keep(turn: Turn) -> None:
    turn.show(turn.t("visits.kept"))


def show(turn: Turn, draft: Draft, form: VisitForm, query: str = "") -> None:
    """Whatever the form asks for now, at the bottom; a name typed behind the command answers which household."""
    if form.household_id is not None:
        visits_showing.at_bottom(turn, draft, form)
    elif query:
        visits_picking.find(turn, draft, query)
    else:
        visits_picking.at_bottom(turn, draft)


def _start(turn: Turn, household_id: int | None, query: str = "") -> None:
    earlier = drafts.current(turn.session, turn.actor.id)
    if earlier is not None and earlier.journey == drafting.JOURNEY:
        visits_showing.put_away(turn, earlier.form_id, "visits.put_away")
    draft = drafting.begin(turn.session, turn.office, turn.actor, household_id)
    show(turn, draft, VisitForm.from_json(draft.data), query)


def _asked_about_unsaved(turn: Turn, household_id: int | None, query: str = "") -> bool:
    """Whether something would be lost; the same household's form simply comes back."""
    found = unsaved.find(turn.session, turn.actor)
    if found is None:
        return False
    if found.form is not None and found.form.visit_id is None and found.form.household_id == household_id:
        show(turn, found.draft, found.form, query)
    else:
        turn.reply(_question(turn, found), (_answers(turn, found, household_id, query),))
    return True


def _question(turn: Turn, found: unsaved.Unsaved) -> Html:
    if found.form is None:
        return turn.t("visits.unsaved_elsewhere")
    return turn.t("visits.unsaved", head=found.head) if found.head else turn.t("visits.unsaved_unpicked")


def _answers(turn: Turn, found: unsaved.Unsaved, household_id: int | None, query: str) -> tuple[Button, Button]:
    wanted = (household_id or 0, query.encode()[:CARRIED].decode(errors="ignore"))
    give_up = button(turn.t.plain("visits.button.give_up"), "visits.restart", found.draft.id, *wanted)
    if found.form is None:
        return button(turn.t.plain("visits.button.keep"), "visits.keep"), give_up
    return button(turn.t.plain("visits.button.resume"), "visits.resume", found.draft.id), give_up
