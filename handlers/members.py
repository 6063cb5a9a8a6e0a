"""成员: the people of a household as its officials see them, and 解除 for a lost phone."""

from handlers.turn import Turn
from services.i18n import Html
from services.messages import button
from services.onboarding import members as household

SHOWN = 12  # a large family


def members(turn: Turn) -> None:
    household_id = turn.number(0)
    found = household.members(turn.session, turn.actor, household_id)[:SHOWN]
    back = (button(turn.t.plain("words.button.back"), "cards.show", household_id),)
    if not found:
        turn.show(turn.t("rights.members.none"), (back,))
        return
    lines = [turn.t("rights.members.title", head=found[0].household_head)]
    lines += [turn.t(f"rights.members.{one.state}", name=one.person_name) for one in found]
    rows = [
        (button(turn.t.plain("rights.button.unlink", name=one.person_name), "onboarding.unlink", one.id),)
        for one in found
    ]
    turn.show(Html("\n").join([*lines, turn.t("rights.members.lost_phone")]), (*rows, back))


def ask(turn: Turn) -> None:
    found = household.member(turn.session, turn.actor, turn.number(0))
    yes = button(turn.t.plain("rights.button.unlink_yes"), "onboarding.unlink_yes", found.id)
    back = button(turn.t.plain("words.button.back"), "onboarding.members", found.household_id)
    text = turn.t("rights.members.unlink_question", name=found.person_name, head=found.household_head)
    turn.show(text, ((yes,), (back,)))


def unlink(turn: Turn) -> None:
    if household.unlinked_already(turn.session, turn.actor, turn.number(0)):
        turn.toast(turn.t.plain("rights.members.unlinked_already"))
        return
    found = household.unlink(turn.session, turn.office, turn.actor, turn.number(0))
    back = button(turn.t.plain("words.button.back"), "onboarding.members", found.household_id)
    turn.show(turn.t("rights.members.unlinked", name=found.person_name), ((back,),))
