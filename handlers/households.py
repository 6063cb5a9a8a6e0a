"""The journey `households`: a cadre's own households as a list to page and search; today's three; the diary."""

from collections.abc import Sequence

from handlers import households_diary, households_today
from handlers.routes import CADRE, Route, command, content, label, pressed
from handlers.turn import Turn
from handlers.visit_words import status_words, tier_words
from services import drafts, households
from services.errors import Stale
from services.households import HouseholdLine
from services.i18n import Html
from services.messages import Rows, button

JOURNEY = "households"
PAGE = 8  # households; more buttons don't fit on a phone


def mine(turn: Turn) -> None:
    """我的农户, or /households with a part of a name."""
    searchable = _listen(turn)
    if turn.args and turn.query is None:
        _answer(turn, " ".join(turn.args))
    else:
        turn.reply(*_page(turn, 0, searchable=searchable))


def page(turn: Turn) -> None:
    searchable = _listen(turn)
    turn.show(*_page(turn, turn.number(0), searchable=searchable))


def everybody(turn: Turn) -> None:
    """The whole list from elsewhere: today's three stay as they are."""
    turn.reply(*_page(turn, 0, searchable=_listen(turn)))


def typed(turn: Turn) -> None:
    """What is typed while the list is open is a search."""
    drafts.expect(turn.session, turn.actor.id, JOURNEY)
    if turn.is_edit:
        turn.reply(turn.t("visits.edit_unknown"))
    elif turn.text:
        _answer(turn, turn.text)
    else:
        turn.reply(turn.t("households.cant_search"))


def close(turn: Turn) -> None:
    """Closes the list, and nothing but the list: a form that is being filled in stays open."""
    draft = drafts.current(turn.session, turn.actor.id)
    if draft is not None and draft.journey == JOURNEY:
        drafts.end(turn.session, turn.actor.id)
    turn.show(turn.t("households.closed"))


def _listen(turn: Turn) -> bool:
    """Whether typed text is a search now: looking at a list never ends a form that is being filled in."""
    draft = drafts.current(turn.session, turn.actor.id)
    if draft is None:
        draft = drafts.begin(turn.session, turn.office, turn.actor.id, JOURNEY, {})
    return draft.journey == JOURNEY


def _page(turn: Turn, number: int, *, searchable: bool) -> tuple[Html, Rows]:
    lines = households.mine(turn.session, turn.office, turn.actor)
    if not lines:
        return turn.t("households.none"), ()
    pages = -(-len(lines) // PAGE)
    if number >= pages:
        raise Stale
    words = "households.list" if searchable else "households.list_unsearchable"
    shown = lines[number * PAGE : (number + 1) * PAGE]
    text = turn.t(words, total=len(lines), page=number + 1, pages=pages)
    return text, (*_cards(turn, shown), *_turning(turn, number, pages))


def _answer(turn: Turn, query: str) -> None:
    found = households.search_own(turn.session, turn.office, turn.actor, query)
    shown = found[:PAGE]
    words = "households.found_nobody" if not found else "households.found"
    if len(found) > PAGE:
        words = "households.found_more"
    everyone = (button(turn.t.plain("households.button.all"), "households.page", 0),)
    turn.reply(turn.t(words, query=query, n=len(shown)), (*_cards(turn, shown), everyone))


def _cards(turn: Turn, lines: Sequence[HouseholdLine]) -> Rows:
    return tuple((button(_label(turn, line), "cards.open", line.id),) for line in lines)


def _label(turn: Turn, line: HouseholdLine) -> str:
    return " · ".join((line.head, line.code, tier_words(turn.t, line), status_words(turn.t, line)))


def _turning(turn: Turn, number: int, pages: int) -> Rows:
    before = button(turn.t.plain("households.button.before"), "households.page", number - 1) if number else None
    after = button(turn.t.plain("households.button.after"), "households.page", number + 1)
    turning = tuple(one for one in (before, after if number + 1 < pages else None) if one)
    close_ = (button(turn.t.plain("households.button.close"), "households.close"),)
    return (turning, close_) if turning else (close_,)


ROUTES: tuple[Route, ...] = (
    label("words.button.my_households", mine, CADRE),
    command("households", mine, CADRE),
    pressed("households.all", everybody, CADRE),
    pressed("households.page", page, CADRE),  # page
    pressed("households.close", close, CADRE),
    content(JOURNEY, typed, CADRE),
    label("words.button.today", households_today.today, CADRE),
    command("today", households_today.today, CADRE),
    command("diary", households_diary.diary, CADRE),
    pressed("households.diary", households_diary.page, CADRE),  # page
)
