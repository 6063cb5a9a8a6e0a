"""The persistent keyboard: at most four big buttons for the role that the person acts in."""

from models.actor import Actor, Role
from services.i18n import Translator

HOUSEHOLD = "household"
BUTTONS = {
    Role.CADRE: ("today", "log_visit", "my_households", "problems"),
    HOUSEHOLD: ("report", "my_card", "call_me_back", "progress"),
    Role.SUPERVISOR: ("digest", "follow_up", "ledger", "find"),
    Role.ADMIN: ("import_roster", "pairing", "invite", "settings"),
}


def hats(actor: Actor) -> tuple[str, ...]:
    """The roles a person may act in, in the order in which one is chosen for them."""
    held = [role.value for role in (Role.CADRE, Role.SUPERVISOR, Role.ADMIN) if actor.has(role)]
    return (*held, HOUSEHOLD) if actor.belongings else tuple(held)


def hat_of(actor: Actor) -> str | None:
    """The role the person acts in now: the chosen one while it is held, else the first."""
    held = hats(actor)
    return actor.acting_as if actor.acting_as in held else next(iter(held), None)


def keyboard_for(t: Translator, actor: Actor) -> tuple[tuple[str, ...], ...]:
    hat = hat_of(actor)
    if hat is None:
        return ()
    first, second, third, fourth = (t.plain(f"words.button.{name}") for name in BUTTONS[hat])
    return ((first, second), (third, fourth))
