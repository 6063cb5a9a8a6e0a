"""注销: a member of a household has themselves erased, with two taps and after plain words."""

from handlers.identity import forget
from handlers.turn import Turn
from services import erasure
from services.errors import Conflict
from services.messages import button


def ask(turn: Turn) -> None:
    if turn.actor.person_id is None:
        _say_done(turn)
        return
    shown = erasure.preview(turn.session, _own_id(turn))
    yes = button(turn.t.plain("rights.button.erase_yes"), "onboarding.erase_yes")
    no = button(turn.t.plain("words.button.back"), "onboarding.close")
    text = turn.t("rights.erase.question")
    if shown.open_reports:
        text = turn.t("rights.erase.question_open", n=shown.open_reports)
    turn.show(text, ((no,), (yes,)))


def erase(turn: Turn) -> None:
    """A second tap, when nobody is known by this account any more, is told so."""
    if turn.actor.person_id is None:
        _say_done(turn)
        return
    erasure.erase_person(turn.session, turn.office, turn.actor, _own_id(turn))
    forget(turn)
    turn.show(turn.t("rights.erase.done"))
    turn.reply(turn.t("rights.erase.goodbye"), keyboard=True)  # takes the big buttons away


def _say_done(turn: Turn) -> None:
    turn.toast(turn.t.plain("rights.erase.done_already"))


def _own_id(turn: Turn) -> int:
    """Errors: Conflict for officials, whose records are the office's."""
    if erasure.is_official(turn.session, turn.actor.id):
        raise Conflict("rights.erase.ask_administrator")
    return turn.actor.id
