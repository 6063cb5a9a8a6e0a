"""Does this person belong to that household: the member's own phone number, and the cadre's word."""

from collections.abc import Callable

import telegram

from handlers import consent
from handlers.guards import outside
from handlers.identity import look_again
from handlers.turn import Turn
from models.actor import Actor
from models.queries.memberships import Claim
from models.session import Session
from services.errors import Conflict
from services.messages import Rows, button
from services.office import Office
from services.onboarding import claims

SHOWN_AT_ONCE = 5


def take_contact(turn: Turn) -> None:
    """A contact counts when it is the sender's own, freshly shared, and their household waits for it."""
    message = turn.message
    if turn.actor.is_stranger or message is None or message.contact is None:
        turn.reply(turn.t(outside(turn.actor)), keyboard=True)
    elif not turn.actor.consented:
        consent.show_notice(turn)
    elif not _is_own(message):
        turn.reply(turn.t("onboarding.not_own_phone"), keyboard=True)
    elif not claims.is_waiting(turn.session, turn.actor):
        turn.reply(turn.t("onboarding.phone_not_needed"), keyboard=True)
    else:
        _compare(turn, message.contact.phone_number)


def no_phone(turn: Turn) -> None:
    turn.show(turn.t("onboarding.phone_is_optional"))
    turn.reply(turn.t("onboarding.no_phone"), keyboard=True)


def show_waiting(turn: Turn) -> None:
    """Each in a message of its own, because each wants an answer of its own."""
    waiting = claims.waiting_for(turn.session, turn.actor)[:SHOWN_AT_ONCE]
    if not waiting:
        turn.show(turn.t("onboarding.nobody_waits"))
    for claim in waiting:
        words = turn.t("onboarding.claim", name=claim.person_name, head=claim.household_head)
        turn.reply(words, _decision(turn, claim))


def confirm(turn: Turn) -> None:
    _decide(turn, claims.confirm, "onboarding.confirmed")


def refuse(turn: Turn) -> None:
    _decide(turn, claims.refuse, "onboarding.not_confirmed")


def _decide(turn: Turn, act: Callable[[Session, Office, Actor, int], Claim], message_id: str) -> None:
    try:
        claim = act(turn.session, turn.office, turn.actor, turn.number(0))
    except Conflict as decided:
        if not claims.decided_by(turn.session, turn.actor, turn.number(0)):  # somebody else was faster
            turn.show(turn.t(decided.message_id, **decided.params))
        turn.toast(turn.t.plain(decided.message_id, **decided.params))
    else:
        turn.show(turn.t(message_id, name=claim.person_name, head=claim.household_head))


def _compare(turn: Turn, phone: str) -> None:
    linked = claims.link_by_phone(turn.session, turn.office, turn.actor, phone)
    look_again(turn)
    for household in linked:
        turn.reply(turn.t("onboarding.linked", head=household.head), keyboard=True)
    if not linked:
        asked = claims.ask_about(turn.session, turn.office, turn.actor.id)
        hotline = turn.office.site.town_hotline or "—"
        who = turn.t("onboarding.pending.asked" if asked else "onboarding.pending.nobody", hotline=hotline)
        turn.reply(turn.t("onboarding.phone_differs", who=who), keyboard=True)


def _is_own(message: telegram.Message) -> bool:
    """Forwarded or picked from the address book, it proves nothing."""
    sender, contact = message.from_user, message.contact
    return (
        sender is not None and contact is not None and contact.user_id == sender.id and message.forward_origin is None
    )


def _decision(turn: Turn, claim: Claim) -> Rows:
    yes = button(turn.t.plain("words.button.confirm"), "onboarding.confirm", claim.id)
    no = button(turn.t.plain("onboarding.button.not_theirs"), "onboarding.refuse", claim.id)
    return ((yes, no),)
