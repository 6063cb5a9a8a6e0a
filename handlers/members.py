"""成员: the people of a household as its officials see them, 改名 for a wrong name, and 解除 for a lost phone."""

from handlers.turn import Turn
from services import drafts
from services.i18n import Html
from services.messages import button
from services.onboarding import members as household

SHOWN = 12  # a large family
RENAMING = "renaming"  # journey of the draft


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
        (
            button(turn.t.plain("rights.button.rename", name=one.person_name), "onboarding.rename", one.id),
            button(turn.t.plain("rights.button.unlink", name=one.person_name), "onboarding.unlink", one.id),
        )
        for one in found
    ]
    turn.show(Html("\n").join([*lines, turn.t("rights.members.lost_phone")]), (*rows, back))


def ask_name(turn: Turn) -> None:
    found = household.check_may_rename(turn.session, turn.actor, turn.number(0))
    about = {"membership_id": found.id}
    drafts.begin_unless_unsaved(turn.session, turn.office, turn.actor.id, RENAMING, about)
    cancel = button(turn.t.plain("words.button.cancel"), "cancel")
    turn.reply(turn.t("rights.members.which_name", name=found.person_name), ((cancel,),))


def take_name(turn: Turn) -> None:
    """In force at once, and shown with the way to put a slip right."""
    draft = drafts.expect(turn.session, turn.actor.id, RENAMING)
    before = household.rename(turn.session, turn.office, turn.actor, draft.data["membership_id"], turn.text)
    drafts.end(turn.session, turn.actor.id)
    after = household.member(turn.session, turn.actor, before.id)
    again = button(turn.t.plain("rights.button.rename", name=after.person_name), "onboarding.rename", after.id)
    back = button(turn.t.plain("words.button.back"), "onboarding.members", after.household_id)
    text = turn.t("rights.members.renamed", before=before.person_name, after=after.person_name)
    turn.reply(text, ((again,), (back,)))


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
