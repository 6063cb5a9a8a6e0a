"""What a roster's check found and what importing it does, as messages."""

from services.i18n import Html, Translator
from services.messages import Button, Rows, button
from services.roster import words
from services.rules.roster.changes import RosterChanges
from services.rules.roster.values import CheckedRoster


def errors(t: Translator, checked: CheckedRoster) -> Html:
    return Html("\n").join([*words.errors(t, checked), Html(""), t("administration.import.correct_and_send")])


def preview(t: Translator, checked: CheckedRoster, changes: RosterChanges) -> Html:
    return Html("\n").join([*words.doubts(t, checked), *words.preview(t, changes)])


def done(t: Translator, changes: RosterChanges) -> Html:
    return Html("\n").join(
        [t("administration.import.done"), *words.counts(t, changes), t("administration.import.next")]
    )


def decision(t: Translator, check_id: int) -> tuple[Button, ...]:
    return (
        button(t.plain("words.button.confirm"), "administration.apply", check_id),
        button(t.plain("words.button.cancel"), "administration.discard", check_id),
    )


def next_steps(t: Translator) -> Rows:
    return (
        (
            button(t.plain("words.button.pairing"), "administration.pairing"),
            button(t.plain("words.button.invite"), "administration.invite"),
        ),
    )


def again_row(t: Translator) -> tuple[Button, ...]:
    return (button(t.plain("words.button.import_roster"), "administration.import"),)
