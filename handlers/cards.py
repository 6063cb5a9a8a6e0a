"""The journey `cards`: the love-contact card, keeping its status right, and 请干部联系我."""

from collections.abc import Callable, Sequence

from handlers import card_views as views
from handlers.routes import (
    ADMIN,
    CADRE,
    KNOWN,
    MEMBERS,
    OFFICIALS,
    SUPERVISOR,
    Route,
    command,
    label,
    pressed,
)
from handlers.turn import Turn
from services import call_back, cards, households, register
from services.cards import MUTE_DAYS, Card
from services.errors import Conflict, Stale
from services.households import HouseholdLine
from services.messages import Rows, button
from services.rules.visits import GONE, HouseholdStatus

OVERSEERS = ADMIN | SUPERVISOR
LISTED = 8  # households; more buttons don't fit on a phone
CHANGEABLE = frozenset({HouseholdStatus.ACTIVE.value, HouseholdStatus.AWAY.value})


def my_card(turn: Turn) -> None:
    """我的联系卡; /card with a name or code is for officials."""
    if turn.args and turn.actor.grants:
        _look_up(turn, " ".join(turn.args))
    elif turn.actor.belongings:
        _of_own(turn, _send, "cards.open", "cards.which")
    else:
        turn.reply(turn.t("cards.ask_code"))


def open_card(turn: Turn) -> None:
    """As a new message: the list or digest it was opened from stays."""
    _send(turn, turn.number(0))


def show_card(turn: Turn) -> None:
    """In place, on the way back from the card's own buttons."""
    card = _card(turn, turn.number(0))
    turn.show(views.card_text(turn.t, turn.office, card), views.card_buttons(turn.t, card))


def correct(turn: Turn) -> None:
    _show_corrections(turn, turn.number(0))


def mute(turn: Turn) -> None:
    days = int(turn.word(1, frozenset(map(str, (0, *MUTE_DAYS)))))
    cards.mute(turn.session, turn.office, turn.actor, turn.number(0), days)
    _show_corrections(turn, turn.number(0))


def set_status(turn: Turn) -> None:
    status = HouseholdStatus(turn.word(1, CHANGEABLE))
    cards.set_status(turn.session, turn.actor, turn.number(0), status)
    _show_corrections(turn, turn.number(0))


def ask_take_off(turn: Turn) -> None:
    status = HouseholdStatus(turn.word(1, GONE))
    household = register.overseen(turn.session, turn.actor, turn.number(0))
    turn.show(views.take_off_text(turn.t, household, status), views.take_off_buttons(turn.t, household.id, status))


def take_off(turn: Turn) -> None:
    status = HouseholdStatus(turn.word(1, GONE))
    register.take_off(turn.session, turn.office, turn.actor, turn.number(0), status)
    _show_corrections(turn, turn.number(0))


def put_back(turn: Turn) -> None:
    register.put_back(turn.session, turn.office, turn.actor, turn.number(0))
    _show_corrections(turn, turn.number(0))


def print_card(turn: Turn) -> None:
    household = households.get(turn.session, turn.office, turn.actor, turn.number(0))
    if household.household_status in GONE:
        raise Stale
    cards.require_link(turn.office)
    turn.errand("cards", household_ids=[household.id])
    turn.toast(turn.t.plain("cards.printing"))


def call_me_back(turn: Turn) -> None:
    """One tap; whoever belongs to several households says for which."""
    _of_own(turn, _ask, "cards.call_back", "cards.which_to_call")


def ask_for(turn: Turn) -> None:
    _ask(turn, turn.number(0))


def contacted(turn: Turn) -> None:
    household = call_back.contacted(turn.session, turn.office, turn.actor, turn.number(0), turn.number(1))
    visit = (button(turn.t.plain("words.button.log_visit"), "visits.open", household.id),)
    is_own = cards.is_own_cadre(turn.session, turn.actor, household.id)
    turn.show(turn.t("cards.call_back.done", head=household.head, code=household.code), (visit,) if is_own else ())


def _look_up(turn: Turn, typed: str) -> None:
    found = cards.find(turn.session, turn.office, turn.actor, typed)
    if len(found) == 1:
        _send(turn, found[0].id)
    else:
        words = "cards.found" if found else "cards.found_nobody"
        turn.reply(turn.t(words, query=typed), _choices(found[:LISTED], "cards.open"))


def _of_own(turn: Turn, act: Callable[[Turn, int], None], action: str, question: str) -> None:
    """For the one household of the person, or for the one they choose; without a linked one the first pending."""
    linked = turn.actor.linked_household_ids
    if len(linked) < 2:
        act(turn, (linked or turn.actor.household_ids)[0])
        return
    lines = [households.get(turn.session, turn.office, turn.actor, one) for one in linked]
    turn.reply(turn.t(question), _choices(lines, action))


def _choices(lines: Sequence[HouseholdLine], action: str) -> Rows:
    return tuple((button(f"{line.head} · {line.code} · {line.unit_name}", action, line.id),) for line in lines)


def _send(turn: Turn, household_id: int) -> None:
    try:
        card = _card(turn, household_id)
    except Conflict as pending:
        share = turn.t.plain("onboarding.button.share_phone")
        turn.reply(turn.t(pending.message_id), contact_label=share)
        return
    turn.reply(views.card_text(turn.t, turn.office, card), views.card_buttons(turn.t, card))


def _card(turn: Turn, household_id: int) -> Card:
    return cards.card_of(turn.session, turn.office, turn.actor, household_id)


def _show_corrections(turn: Turn, household_id: int) -> None:
    card = _card(turn, household_id)
    oversees = cards.oversees(turn.session, turn.actor, household_id)
    turn.show(views.correct_text(turn.t, card), views.correct_buttons(turn.t, card, oversees=oversees))


def _ask(turn: Turn, household_id: int) -> None:
    asked = call_back.request(turn.session, turn.office, turn.actor, household_id)
    words = "cards.call_back.asked" if asked.at_once else "cards.call_back.asked_at_night"
    hotline = turn.office.site.town_hotline or "—"
    turn.reply(turn.t(words, names="、".join(asked.names), hotline=hotline))


ROUTES: tuple[Route, ...] = (
    label("words.button.my_card", my_card, MEMBERS),
    command("card", my_card, KNOWN),
    pressed("cards.open", open_card, KNOWN),  # household
    pressed("cards.show", show_card, OFFICIALS),  # household
    pressed("cards.correct", correct, OFFICIALS),  # household
    pressed("cards.mute", mute, OFFICIALS),  # household, days
    pressed("cards.status", set_status, OFFICIALS),  # household, status
    pressed("cards.take_off", ask_take_off, OVERSEERS),  # household, status
    pressed("cards.take_off_yes", take_off, OVERSEERS),  # household, status
    pressed("cards.put_back", put_back, OVERSEERS),  # household
    pressed("cards.print", print_card, OFFICIALS),  # household
    label("words.button.call_me_back", call_me_back, MEMBERS),
    pressed("cards.call_back", ask_for, MEMBERS),  # household
    pressed("cards.contacted", contacted, CADRE | SUPERVISOR),  # household, moment of the request
)
