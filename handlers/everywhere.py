"""What works at any moment, whatever else is going on: cancel, help, the keyboard, and not understanding."""

from handlers.guards import outside
from handlers.routes import EVERYBODY, KNOWN, ON_RECORD, Route, command, event, pressed
from handlers.turn import Turn
from models.actor import Role
from services import drafts
from services.errors import Stale
from services.keyboards import HOUSEHOLD, hat_of, hats
from services.messages import button


def cancel(turn: Turn) -> None:
    """Leave whatever dialogue is open."""
    left = turn.actor.person_id is not None and drafts.end(turn.session, turn.actor.person_id)
    if turn.query is not None:
        turn.show(turn.t("everywhere.cancelled"))
    else:
        turn.reply(turn.t("everywhere.cancelled" if left else "everywhere.nothing_to_cancel"), keyboard=True)


def help_(turn: Turn) -> None:
    hat = hat_of(turn.actor)
    if hat is None:
        turn.reply(turn.t(outside(turn.actor, "everywhere.help_stranger")), keyboard=True)
    else:
        turn.reply(turn.t("everywhere.help", more=turn.t(f"everywhere.help.{hat}")), keyboard=True)
    if len(hats(turn.actor)) > 1:
        role = button(turn.t.plain("words.button.role"), "onboarding.role")
        turn.reply(turn.t("onboarding.more"), ((role,),))


def promises(turn: Turn) -> None:
    """There are no records of promises yet: say so, and where a promise is kept meanwhile."""
    if hat_of(turn.actor) == HOUSEHOLD:
        turn.reply(turn.t("everywhere.promises.household", hotline=turn.office.site.town_hotline or "—"))
    elif turn.actor.has(Role.CADRE):
        turn.reply(turn.t("everywhere.promises.cadre"))
    else:
        turn.reply(turn.t("everywhere.promises.overseer"))


def not_understood(turn: Turn) -> None:
    if turn.is_edit:
        _edited_afterwards(turn)
        return
    key = outside(turn.actor) if turn.actor.is_stranger else "everywhere.not_understood"
    turn.reply(turn.t(key), keyboard=True)


def _edited_afterwards(turn: Turn) -> None:
    """A message edited when its dialogue is over changes nothing any more; a live location that moves says nothing."""
    if turn.text and turn.actor.has(Role.CADRE):
        turn.reply(turn.t("visits.edit_unknown"))


def in_a_group(turn: Turn) -> None:
    """No personal data in groups: only a word when somebody speaks to the bot there."""
    if turn.text.startswith("/"):
        turn.reply(turn.t("everywhere.in_private", bot=turn.office.site.bot_username))


def stale_button(_turn: Turn) -> None:
    raise Stale


ROUTES: tuple[Route, ...] = (
    command("cancel", cancel, EVERYBODY, needs_consent=False),
    command("help", help_, EVERYBODY, needs_consent=False),
    command("promises", promises, KNOWN),
    pressed("cancel", cancel, ON_RECORD, needs_consent=False),
    event("unknown_command", not_understood, needs_consent=True),
    event("unknown_button", stale_button),
    event("group", in_a_group),
)
