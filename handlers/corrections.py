"""更正请求 in the chat: a person says what is wrong in one message; whoever is in charge answers with one tap or one
sentence."""

from handlers.turn import Turn
from services import drafts
from services.errors import Invalid
from services.messages import Button, button
from services.onboarding import corrections

ASKING, EXPLAINING = "correction", "explanation"  # journeys of the drafts


def begin(turn: Turn) -> None:
    corrections.check_may_ask(turn.session, turn.actor)
    drafts.begin_unless_unsaved(turn.session, turn.office, turn.actor.id, ASKING, {})
    turn.reply(turn.t("rights.correction.what_is_wrong"), (_cancel(turn),))


def take_request(turn: Turn) -> None:
    drafts.expect(turn.session, turn.actor.id, ASKING)
    asked = corrections.ask(turn.session, turn.office, turn.actor, turn.text)
    drafts.end(turn.session, turn.actor.id)
    hotline = turn.office.site.town_hotline or "—"
    turn.reply(turn.t("rights.correction.taken" if asked else "rights.correction.taken_nobody", hotline=hotline))


def corrected(turn: Turn) -> None:
    person = corrections.decide(turn.session, turn.office, turn.actor, turn.number(0), answer=None)
    turn.show(turn.t("rights.correction.done", name=person.name))


def explain(turn: Turn) -> None:
    request, person = corrections.to_decide(turn.session, turn.actor, turn.number(0))
    about = {"request_id": request.id}
    drafts.begin_unless_unsaved(turn.session, turn.office, turn.actor.id, EXPLAINING, about)
    turn.reply(turn.t("rights.correction.why", name=person.name), (_cancel(turn),))


def take_explanation(turn: Turn) -> None:
    draft = drafts.expect(turn.session, turn.actor.id, EXPLAINING)
    if not turn.text:
        raise Invalid("rights.correction.say_it_in_words")
    request_id = draft.data["request_id"]
    drafts.end(turn.session, turn.actor.id)
    person = corrections.decide(turn.session, turn.office, turn.actor, request_id, answer=turn.text)
    turn.reply(turn.t("rights.correction.done", name=person.name))


def _cancel(turn: Turn) -> tuple[Button, ...]:
    return (button(turn.t.plain("words.button.cancel"), "cancel"),)
