"""Somebody shows a household's card: scanned, or its code typed."""

from handlers import consent, welcome
from handlers.identity import account_of, look_again
from handlers.turn import Turn
from models.households import Household
from models.queries import households
from services.messages import button
from services.onboarding import cards


def take(turn: Turn, code: str) -> None:
    """A villager comes in by it; an official, who scans cards on visits, is asked what it is meant for."""
    household = cards.household_of_card(turn.session, turn.office, turn.actor.telegram_user_id, code)
    if household is None:
        turn.reply(turn.t("onboarding.wrong_code"))
    elif turn.actor.grants and household.id not in turn.actor.household_ids:
        _ask_official(turn, household)
    else:
        _claim(turn, household)


def join(turn: Turn) -> None:
    """An official is a member of this household too. The code counts as typed again."""
    code = turn.args[0] if turn.args else ""
    household = cards.household_of_card(turn.session, turn.office, turn.actor.telegram_user_id, code)
    if household is None:
        turn.show(turn.t("onboarding.wrong_code"))
    else:
        turn.show(turn.t("onboarding.card_taken"))
        _claim(turn, household)


def _claim(turn: Turn, household: Household) -> None:
    membership = cards.claim_card(turn.session, turn.office, account_of(turn), household)
    look_again(turn)
    if not turn.actor.consented:
        consent.show_notice(turn)
    elif membership.state == "linked":
        turn.reply(turn.t("onboarding.already_member"), keyboard=True)
    else:
        welcome.greet_pending(turn)


def _ask_official(turn: Turn, household: Household) -> None:
    member = button(turn.t.plain("onboarding.button.i_live_here"), "onboarding.join", household.card_code)
    no = button(turn.t.plain("words.button.cancel"), "onboarding.close")
    if households.visible(turn.session, turn.actor, [household.id]):
        card = button(turn.t.plain("onboarding.button.open_card"), "cards.open", household.id)
        turn.reply(turn.t("onboarding.card_of", head=household.head, code=household.code), ((card,), (member,), (no,)))
    else:
        turn.reply(turn.t("onboarding.card_elsewhere"), ((member,), (no,)))
