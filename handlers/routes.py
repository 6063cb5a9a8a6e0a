"""A route: what has to come in, who may do it, and the handler that does. The map of the bot is a tuple of these."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from handlers.turn import Turn
from models.actor import Actor, Role


class Audience(StrEnum):
    """Who somebody is to the bot; one person may be several."""

    STRANGER = "stranger"
    FORMER = "former"  # official, whose access has ended; but for what stays their right a stranger as any other
    PENDING = "pending"  # scanned a card, not yet linked
    HOUSEHOLD = "household"
    CADRE = "cadre"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


STRANGER, FORMER, PENDING, HOUSEHOLD, CADRE, SUPERVISOR, ADMIN = (frozenset({one}) for one in Audience)
EVERYBODY = frozenset(Audience)
OFFICIALS = CADRE | SUPERVISOR | ADMIN
MEMBERS = PENDING | HOUSEHOLD
KNOWN = EVERYBODY - STRANGER - FORMER
ON_RECORD = KNOWN | FORMER  # of whom something is kept that somebody in charge can correct

Act = Callable[[Turn], None]
Key = tuple[str, str]


@dataclass(frozen=True)
class Route:
    """`key` is unique in the bot: ("button", "visits.save"), ("command", "visit"), ("label", "words.button.today")."""

    key: Key
    act: Act
    allowed: frozenset[Audience]
    needs_consent: bool = True


def command(name: str, act: Act, allowed: frozenset[Audience], *, needs_consent: bool = True) -> Route:
    """`/name words…`; the words are `turn.args`."""
    return Route(("command", name), act, allowed, needs_consent)


def label(message_id: str, act: Act, allowed: frozenset[Audience]) -> Route:
    """A big button of the persistent keyboard, in whatever language it was laid out."""
    return Route(("label", message_id), act, allowed)


def pressed(action: str, act: Act, allowed: frozenset[Audience], *, needs_consent: bool = True) -> Route:
    """An inline button made by `services.messages.button(label, action, *references)`; they are `turn.args`."""
    return Route(("button", action), act, allowed, needs_consent)


def content(journey: str, act: Act, allowed: frozenset[Audience], *, needs_consent: bool = True) -> Route:
    """Text, voice, photo, document or location while the person's open draft belongs to `journey`."""
    return Route(("content", journey), act, allowed, needs_consent)


def letter(kind: str, act: Act, allowed: frozenset[Audience]) -> Route:
    """A letter of the bot to itself: what an errand found out (`turn.letter`). No act of the person: it passes a
    notice that changed meanwhile."""
    return Route(("letter", kind), act, allowed, needs_consent=False)


def event(kind: str, act: Act, allowed: frozenset[Audience] = EVERYBODY, *, needs_consent: bool = False) -> Route:
    """What is neither typed nor pressed: contact, membership, group; without a draft an administrator's `table`, and
    `loose` for all else."""
    return Route(("event", kind), act, allowed, needs_consent)


def audiences_of(actor: Actor) -> frozenset[Audience]:
    if actor.is_stranger:
        return STRANGER | FORMER if actor.was_official else STRANGER
    held = {Audience(role.value) for role in Role if actor.has(role)}
    held |= {Audience.HOUSEHOLD if b.state == "linked" else Audience.PENDING for b in actor.belongings}
    return frozenset(held)
