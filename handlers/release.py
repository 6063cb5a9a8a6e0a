"""The administrator takes an account from a person who comes with another one, and invites them anew."""

from handlers.turn import LARGEST_TELEGRAM_ID, Turn
from models.people import Person
from services import officials
from services.messages import Rows, button
from services.onboarding.release import person_to_release, release_account, released_already


def ask(turn: Turn) -> None:
    person_id, account = turn.number(0), turn.number(1, most=LARGEST_TELEGRAM_ID)
    person = person_to_release(turn.session, turn.actor, person_id, account)
    yes = button(turn.t.plain("words.button.confirm"), "onboarding.release_yes", person_id, account)
    no = button(turn.t.plain("words.button.cancel"), "onboarding.close")
    turn.show(turn.t("onboarding.release_question", name=person.name), ((yes, no),))


def release(turn: Turn) -> None:
    person_id, account = turn.number(0), turn.number(1, most=LARGEST_TELEGRAM_ID)
    if released_already(turn.session, turn.actor, person_id, account):
        turn.toast(turn.t.plain("onboarding.released_already"))
        return
    person = release_account(turn.session, turn.office, turn.actor, person_id, account)
    if person.id == turn.actor.person_id:  # a stranger from now on
        turn.show(turn.t("onboarding.released_oneself"))
    else:
        invite = _invitation(turn, person)
        turn.show(
            turn.t("onboarding.released" if invite else "onboarding.released_without_role", name=person.name), invite
        )


def _invitation(turn: Turn, person: Person) -> Rows:
    """The button that sends the next link, for a role that is held; nothing where none is."""
    _, held = officials.person_and_roles(turn.session, turn.actor, person.id)
    again = turn.t.plain("onboarding.button.invite_again")
    return tuple((button(again, "administration.invite_one", person.id, one.id),) for one in held[:1])
