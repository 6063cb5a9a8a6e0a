"""查找: a household or a cadre by a part of the name, pinyin, initials or code."""

from handlers.supervision_views import cadre_label, household_label, household_list
from handlers.turn import Turn
from services import drafts, households
from services.messages import Rows, button
from services.supervision import lists

JOURNEY = "find"
SHOWN = 8  # households; more buttons don't fit on a phone

_ONLY_LISTENING = frozenset({JOURNEY, "households"})  # dialogues in which nothing typed could be lost


def find(turn: Turn) -> None:
    """查找, or /find with a part of a name."""
    if turn.args:
        _answer(turn, " ".join(turn.args))
    elif _listen(turn):
        cancel = button(turn.t.plain("words.button.cancel"), "cancel")
        turn.reply(turn.t("supervision.find.ask"), ((cancel,),))
    else:
        turn.reply(turn.t("supervision.find.busy"))


def typed(turn: Turn) -> None:
    """Whatever is typed while the search is open is looked up, also when it is corrected."""
    drafts.expect(turn.session, turn.actor.id, JOURNEY)
    if turn.text:
        _answer(turn, turn.text)
    else:
        turn.reply(turn.t("supervision.find.only_text"))


def cadre(turn: Turn) -> None:
    """A cadre's households, as far as the supervisor's units reach."""
    found, ids = lists.households_of_cadre(turn.session, turn.actor, turn.number(0))
    page = lists.page_of(ids, turn.number(1))
    title = turn.t("supervision.find.cadre", name=found.name, unit=found.unit_name or "")
    turn.show(*household_list(turn, title, page, ("find.cadre", found.id), None))


def _listen(turn: Turn) -> bool:
    """Whether typed text is a search now: a form that is being filled in is left alone."""
    draft = drafts.current(turn.session, turn.actor.id)
    if draft is None or draft.journey in _ONLY_LISTENING:
        drafts.begin(turn.session, turn.office, turn.actor.id, JOURNEY, {})
        return True
    return False


def _answer(turn: Turn, query: str) -> None:
    found = households.search(turn.session, turn.office, turn.actor, query)
    cadres = lists.search_cadres(turn.session, turn.actor, query)
    words = "supervision.find.found" if found or cadres else "supervision.find.nobody"
    if len(found) > SHOWN:
        words = "supervision.find.found_more"
    shown = found[:SHOWN]
    rows: Rows = (
        *((button(household_label(turn.t, line), "cards.open", line.id),) for line in shown),
        *((button(cadre_label(turn.t, one), "find.cadre", one.id, 0),) for one in cadres),
    )
    turn.reply(turn.t(words, query=query, n=len(shown) + len(cadres)), rows)
