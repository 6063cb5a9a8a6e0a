"""What somebody who is in sees first: the keyboard of their role, who waits for them, what they wait for."""

from handlers.guards import outside
from handlers.turn import Turn
from services.keyboards import hat_of, hats
from services.messages import Button, button
from services.onboarding import claims


def greet(turn: Turn) -> None:
    """For whoever has agreed to the notice."""
    hat = hat_of(turn.actor)
    if hat is None:
        turn.reply(turn.t(outside(turn.actor, "everywhere.help_stranger")), keyboard=True)
        return
    if not turn.actor.linked_household_ids and not turn.actor.grants:
        greet_pending(turn)
        return
    turn.reply(turn.t(f"onboarding.hello.{hat}", name=turn.actor.name, town=turn.office.site.name), keyboard=True)
    if buttons := tuple((one,) for one in _extras(turn)):
        turn.reply(turn.t("onboarding.more"), buttons)
    if any(belonging.state == "pending" for belonging in turn.actor.belongings):
        greet_pending(turn)


def greet_pending(turn: Turn) -> None:
    """How a waiting member gets on: the own phone number, or the cadre's word."""
    somebody_asked = claims.ask_about(turn.session, turn.office, turn.actor.id)
    who = turn.t("onboarding.pending.asked" if somebody_asked else "onboarding.pending.nobody", **_phones(turn))
    if not claims.phone_would_help(turn.session, turn.actor):
        turn.reply(turn.t("onboarding.pending", who=who), keyboard=True)
        return
    turn.reply(turn.t("onboarding.pending_phone", who=who), contact_label=turn.t.plain("onboarding.button.share_phone"))
    skip = button(turn.t.plain("onboarding.button.no_phone"), "onboarding.no_phone")
    turn.reply(turn.t("onboarding.phone_is_optional"), ((skip,),))


def _phones(turn: Turn) -> dict[str, str]:
    return {"hotline": turn.office.site.town_hotline or "—"}


def _extras(turn: Turn) -> list[Button]:
    extras = []
    if turn.actor.grants and (waiting := claims.waiting_for(turn.session, turn.actor)):
        text = turn.t.plain("onboarding.button.waiting", n=len(waiting))
        extras.append(button(text, "onboarding.waiting"))
    if len(hats(turn.actor)) > 1:
        extras.append(button(turn.t.plain("words.button.role"), "onboarding.role"))
    return extras
