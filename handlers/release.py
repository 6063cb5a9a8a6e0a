"""The administrator takes an account from a person who comes with another one."""

from handlers.turn import LARGEST_TELEGRAM_ID, Turn
from services.messages import button
from services.onboarding.release import person_to_release, release_account


def ask(turn: Turn) -> None:
    person_id, account = turn.number(0), turn.number(1, most=LARGEST_TELEGRAM_ID)
    person = person_to_release(turn.session, turn.actor, person_id, account)
    yes = button(turn.t.plain("words.button.confirm"), "onboarding.release_yes", person_id, account)
    no = button(turn.t.plain("words.button.cancel"), "onboarding.close")
    turn.show(turn.t("onboarding.release_question", name=person.name), ((yes, no),))


def release(turn: Turn) -> None:
    account = turn.number(1, most=LARGEST_TELEGRAM_ID)
    person = release_account(turn.session, turn.office, turn.actor, turn.number(0), account)
    turn.show(turn.t("onboarding.released", name=person.name))
