"""Who may do what: asked before every handler, of the route alone, so that a generated test can ask it of all."""

from handlers.routes import Route, audiences_of
from handlers.turn import Turn
from models.actor import Actor
from services.errors import NotAllowed


class ConsentNeeded(NotAllowed):
    """First the notice, then everything else."""

    message_id = "errors.consent_needed"


def outside(actor: Actor, otherwise: str = "errors.stranger") -> str:
    """The words for whoever is in nothing: an official whose access has ended has no card to scan."""
    return "errors.access_ended" if actor.was_official else otherwise


def check(turn: Turn, route: Route) -> None:
    """Errors: NotAllowed for the wrong role, ConsentNeeded before the notice was agreed to."""
    audiences = audiences_of(turn.actor)
    if not audiences & route.allowed:
        raise NotAllowed(outside(turn.actor) if turn.actor.is_stranger else None)
    if route.needs_consent and not turn.actor.is_stranger and not turn.actor.consented:
        raise ConsentNeeded
