"""Which household was visited: today's three on top, the others page by page, or by typing."""

from collections.abc import Sequence
from dataclasses import replace

from handlers import visits_showing
from handlers.turn import Turn
from handlers.visit_words import status_words
from handlers.visits_views import leave_button
from models.post import Draft
from services import households
from services.errors import Stale
from services.households import HouseholdLine
from services.i18n import Html
from services.messages import Button, Rows, button
from services.visits import drafting
from services.visits.form import Pane

PAGE = 8  # households; more buttons don't fit on a phone


def pick(turn: Turn) -> None:
    """A household of the list; a second tap on another one comes too late."""
    draft, form = drafting.expect(turn.session, turn.actor, turn.number(0))
    line = households.get_own(turn.session, turn.office, turn.actor, turn.number(1))
    if form.household_id not in (None, line.id):
        raise Stale
    form = replace(form, household_id=line.id)
    drafting.store(turn.session, turn.office, draft, form)
    visits_showing.in_place(turn, draft, form)


def page(turn: Turn) -> None:
    """Another page of the list; from the form, the list instead of it: another household was meant."""
    draft, form = drafting.expect(turn.session, turn.actor, turn.number(0))
    if form.visit_id is not None:
        raise Stale
    drafting.store(turn.session, turn.office, draft, replace(form, household_id=None, pane=Pane.MAIN))
    turn.show(*_choices(turn, draft, turn.number(1)))


def at_bottom(turn: Turn, draft: Draft) -> None:
    visits_showing.move_down(turn, draft, *_choices(turn, draft, 0))


def find(turn: Turn, draft: Draft, query: str) -> None:
    """Typed while the list is open. One hit is the household; several are to choose from."""
    found = households.search_own(turn.session, turn.office, turn.actor, query)
    if len(found) == 1:
        _, form = drafting.expect(turn.session, turn.actor, draft.id)
        form = replace(form, household_id=found[0].id)
        drafting.store(turn.session, turn.office, draft, form)
        visits_showing.at_bottom(turn, draft, form)
        return
    words = "visits.found" if found else "visits.found_nobody"
    rows = (*_lines(turn, draft, found[:PAGE]), (_all(turn, draft), leave_button(turn.t, draft)))
    visits_showing.move_down(turn, draft, turn.t(words, query=query), rows)


def _choices(turn: Turn, draft: Draft, number: int) -> tuple[Html, Rows]:
    mine = households.mine(turn.session, turn.office, turn.actor)
    if not mine:
        return turn.t("visits.no_households"), ((leave_button(turn.t, draft),),)
    three = households.todays_three(mine)
    ordered = three + [line for line in mine if line not in three]
    shown = ordered[number * PAGE : (number + 1) * PAGE]
    if not shown:
        raise Stale
    words = turn.t("visits.pick_today", n=len(three)) if three and number == 0 else turn.t("visits.pick")
    return words, (*_lines(turn, draft, shown), _turning(turn, draft, number, len(ordered)))


def _lines(turn: Turn, draft: Draft, lines: Sequence[HouseholdLine]) -> Rows:
    return tuple(
        (button(f"{line.head} · {line.code} · {status_words(turn.t, line)}", "visits.pick", draft.id, line.id),)
        for line in lines
    )


def _turning(turn: Turn, draft: Draft, number: int, total: int) -> tuple[Button, ...]:
    before = button(turn.t.plain("visits.button.before"), "visits.page", draft.id, number - 1) if number else None
    after = button(turn.t.plain("words.button.more"), "visits.page", draft.id, number + 1)
    has_after = (number + 1) * PAGE < total
    return tuple(one for one in (before, after if has_after else None, leave_button(turn.t, draft)) if one)


def _all(turn: Turn, draft: Draft) -> Button:
    return button(turn.t.plain("visits.button.all"), "visits.page", draft.id, 0)
