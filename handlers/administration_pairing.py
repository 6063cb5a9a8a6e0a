"""结对: the proposal page by page, confirmed only as it was shown."""

from handlers import pairing_views as views
from handlers.turn import Turn
from models.actor import Role
from services import pairing
from services.errors import Stale
from services.pairing import Proposal


def show(turn: Turn) -> None:
    """Looking at it changes nothing, and touches no dialogue."""
    proposal = _proposal(turn)
    if not proposal.villages:
        turn.reply(turn.t("administration.pairing.nothing"), views.by_hand(turn.t))
        return
    turn.reply(views.page_text(turn.t, proposal, 0), views.page_buttons(turn.t, proposal, 0))


def page(turn: Turn) -> None:
    number, proposal = turn.number(0), _proposal(turn)
    if number * views.VILLAGES >= len(proposal.villages):
        raise Stale
    turn.show(views.page_text(turn.t, proposal, number), views.page_buttons(turn.t, proposal, number))


def confirm(turn: Turn) -> None:
    shown = turn.args[0] if turn.args else ""
    proposal = pairing.confirm(turn.session, turn.office, turn.actor, shown, within=turn.actor.paths(Role.ADMIN))
    turn.show(views.done_text(turn.t, proposal))


def _proposal(turn: Turn) -> Proposal:
    return pairing.propose(turn.session, turn.office, within=turn.actor.paths(Role.ADMIN))
