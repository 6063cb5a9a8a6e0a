"""One household's pairing by hand: who is its cadre now, whom may it be given, and ending a pairing."""

from collections.abc import Sequence

from handlers.administration_paging import turning
from handlers.turn import Turn
from models.households import Household
from models.queries.pairings import Primary
from services import pairing_by_hand
from services.messages import Button, Rows, button
from services.pairing_by_hand import Candidate

PAGE = 8  # cadres; more buttons don't fit on a phone


def household(turn: Turn) -> None:
    found, primary = _place(turn)
    rows: list[tuple[Button, ...]] = [
        (button(turn.t.plain("administration.button.choose_cadre"), "administration.candidates", found.id, 0),)
    ]
    if primary is not None:
        end = turn.t.plain("administration.button.end_pairing")
        rows.append((button(end, "administration.unpair", found.id, primary.cadre_id),))
    rows.append((button(turn.t.plain("cards.button.open"), "cards.open", found.id),))
    turn.show(_words(turn, "administration.by_hand.household", found, primary), tuple(rows))


def candidates(turn: Turn) -> None:
    found, primary = _place(turn)
    number = turn.number(1)
    everybody = pairing_by_hand.candidates(turn.session, turn.office, turn.actor, found)
    shown = everybody[number * PAGE : (number + 1) * PAGE]
    rows = (
        *_choices(turn, found, primary, shown),
        *turning(turn.t, "administration.candidates", found.id, number=number, total=len(everybody), page=PAGE),
        _back(turn, found),
    )
    words = "administration.by_hand.whom" if everybody else "administration.by_hand.nobody"
    turn.show(turn.t(words, head=found.head, code=found.code), rows)


def ask_pair(turn: Turn) -> None:
    """References: household, new cadre, the present one or 0."""
    found, primary = _place(turn)
    chosen = pairing_by_hand.candidate(turn.session, turn.office, turn.actor, found, turn.number(1))
    yes = button(turn.t.plain("words.button.confirm"), "administration.pair_yes", found.id, chosen.id, turn.number(2))
    old = primary.cadre_name if primary else turn.t.plain("administration.by_hand.none")
    text = turn.t("administration.by_hand.ask", head=found.head, code=found.code, old=old, new=chosen.name)
    turn.show(text, ((yes,), _back(turn, found)))


def pair(turn: Turn) -> None:
    household_id, cadre_id, present = turn.number(0), turn.number(1), turn.number(2) or None
    pairing_by_hand.pair(turn.session, turn.office, turn.actor, household_id, cadre_id, instead_of=present)
    _show_done(turn, "administration.by_hand.done")


def ask_unpair(turn: Turn) -> None:
    found, primary = _place(turn)
    yes = button(
        turn.t.plain("administration.button.end_pairing"), "administration.unpair_yes", found.id, turn.number(1)
    )
    turn.show(_words(turn, "administration.by_hand.ask_end", found, primary), ((yes,), _back(turn, found)))


def unpair(turn: Turn) -> None:
    pairing_by_hand.end(turn.session, turn.office, turn.actor, turn.number(0), turn.number(1))
    _show_done(turn, "administration.by_hand.ended")


def _place(turn: Turn) -> tuple[Household, Primary | None]:
    return pairing_by_hand.place(turn.session, turn.actor, turn.number(0))


def _show_done(turn: Turn, message_id: str) -> None:
    found, primary = _place(turn)
    another = button(turn.t.plain("administration.button.another"), "administration.search", "household")
    turn.show(_words(turn, message_id, found, primary), ((another,),))


def _words(turn: Turn, message_id: str, found: Household, primary: Primary | None) -> str:
    cadre = primary.cadre_name if primary else turn.t.plain("administration.by_hand.none")
    return turn.t(message_id, head=found.head, code=found.code, cadre=cadre)


def _choices(turn: Turn, found: Household, primary: Primary | None, shown: Sequence[Candidate]) -> Rows:
    present = primary.cadre_id if primary else 0
    return tuple(
        (
            button(
                turn.t.plain(
                    "administration.by_hand.candidate", name=one.name, unit=one.unit_name, load=one.load, most=one.most
                ),
                "administration.pair",
                found.id,
                one.id,
                present,
            ),
        )
        for one in shown
    )


def _back(turn: Turn, found: Household) -> tuple[Button, ...]:
    return (button(turn.t.plain("words.button.back"), "administration.household", found.id),)
