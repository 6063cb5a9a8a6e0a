"""Finding a household or a person by typing: for pairing by hand, for an invitation, for somebody's roles."""

from handlers import administration_drafts as dialogues
from handlers.turn import Turn
from services import drafts, households, officials
from services.errors import Invalid
from services.messages import Rows, button

JOURNEY = "administration"
WANTED = frozenset({"household", "invite", "person"})
FOUND = 8  # more buttons don't fit on a phone


def begin(turn: Turn) -> None:
    wanted = turn.word(0, WANTED)
    if not dialogues.ask_first(turn, "administration.search_anew", wanted):
        _begin(turn, wanted)


def begin_anew(turn: Turn) -> None:
    turn.show(turn.t("administration.given_up"))
    _begin(turn, turn.word(0, WANTED))


def find(turn: Turn) -> None:
    """What is typed while the question is open; it stays open, so that one may try again."""
    draft = drafts.expect(turn.session, turn.actor.id, JOURNEY)
    if not turn.text:
        raise Invalid("administration.search.type")
    finders = {"household": _households, "invite": _invited, "person": _persons}
    found = finders[draft.data["asks"]](turn)
    words = "administration.search.found" if found else "administration.search.nobody"
    turn.reply(turn.t(words, query=turn.text[:50]), (*found, dialogues.cancel_row(turn)))


def _begin(turn: Turn, wanted: str) -> None:
    drafts.begin(turn.session, turn.office, turn.actor.id, JOURNEY, {"asks": wanted})
    turn.reply(turn.t(f"administration.search.{wanted}"), (dialogues.cancel_row(turn),))


def _households(turn: Turn) -> Rows:
    found = households.search(turn.session, turn.office, turn.actor, turn.text)[:FOUND]
    return tuple(
        (button(f"{one.head} · {one.code} · {one.unit_name}", "administration.household", one.id),) for one in found
    )


def _persons(turn: Turn) -> Rows:
    found = officials.search(turn.session, turn.actor, turn.text)
    return tuple(
        (button(" · ".join(filter(None, (one.name, one.code, one.post))), "administration.person", one.id),)
        for one in found
    )


def _invited(turn: Turn) -> Rows:
    waiting = officials.not_joined(turn.session, turn.actor)
    order = [one.id for one in officials.search(turn.session, turn.actor, turn.text)]
    found = sorted((one for one in waiting if one.person_id in order), key=lambda one: order.index(one.person_id))
    return tuple(
        (
            button(
                f"{one.name} · {one.unit_name} · {turn.t.plain(f'words.role.{one.role}')}",
                "administration.invite_one",
                one.person_id,
                one.id,
            ),
        )
        for one in found[:FOUND]
    )
