"""Who may do what: asked before every handler, of the route alone, so that a generated test can ask it of all."""

from handlers.routes import Route, audiences_of
from handlers.turn import Turn
from services.errors import NotAllowed


class ConsentNeeded(NotAllowed):
    """First the notice, then everything else."""

    message_id = "errors.consent_needed"


def check(turn: Turn, route: Route) -> None:
    """Errors: NotAllowed for the wrong role, ConsentNeeded before the notice was agreed to."""
    audiences = audiences_of(turn.actor)
    if not audiences & route.allowed:
        raise NotAllowed("errors.stranger" if turn.actor.is_stranger else None)
    if route.needs_consent and not turn.actor.is_stranger and not turn.actor.consented:
        raise ConsentNeeded
