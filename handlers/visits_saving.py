"""Saving, correcting and leaving the visit form, and what is said afterwards."""

from handlers import visits_showing
from handlers.turn import Turn
from handlers.visit_words import (
    attached_words,
    condition_words,
    corrected_words,
    day_words,
    method_words,
    next_visit,
    shortened,
)
from models.households import Household
from models.problems import Problem
from models.visits import Visit
from services import drafts
from services.errors import Conflict, Stale
from services.i18n import Html
from services.messages import button
from services.rules.visits import VisitMethod
from services.visits import correcting, drafting, saving, unsaved
from services.visits.form import VisitForm

SHOWN_OF_TEXT = 300  # characters


def save(turn: Turn) -> None:
    """A second tap on the same form finds the visit that the first one made."""
    draft_id = turn.number(0)
    if saving.saved_already(turn.session, turn.actor, draft_id):
        turn.toast(turn.t.plain("visits.saved_already"))
        return
    saved = saving.save(turn.session, turn.office, turn.actor, draft_id)
    _show_record(turn, saved.visit)
    turn.reply(_confirmation(turn, saved), keyboard=True)


def leave(turn: Turn) -> None:
    drafting.expect(turn.session, turn.actor, turn.number(0))
    drafts.end(turn.session, turn.actor.id)
    turn.show(turn.t("everywhere.cancelled"))


def correct(turn: Turn) -> None:
    """Open a saved visit again; what isn't saved elsewhere must not be lost by it."""
    visit_id = turn.number(0)
    earlier = drafts.current(turn.session, turn.actor.id)
    earlier_form_id = None
    if earlier is not None and earlier.journey == drafting.JOURNEY:
        form = VisitForm.from_json(earlier.data)
        if form.visit_id == visit_id:
            visits_showing.at_bottom(turn, earlier, form)
            return
        earlier_form_id = earlier.form_id
    if unsaved.find(turn.session, turn.actor):
        raise Conflict("visits.save_the_other_first")
    draft = correcting.begin(turn.session, turn.office, turn.actor, visit_id)
    visits_showing.put_away(turn, earlier_form_id, "visits.put_away")
    visits_showing.at_bottom(turn, draft, VisitForm.from_json(draft.data))


def apply(turn: Turn) -> None:
    draft_id, visit_id = turn.number(0), turn.number(1)
    try:
        visit, changed = correcting.apply(turn.session, turn.office, turn.actor, draft_id)
    except Stale:
        if not correcting.corrected_already(turn.session, turn.actor, visit_id):
            raise
        turn.toast(turn.t.plain("visits.corrected_already"))
        return
    line = correcting.line_after(turn.session, turn.office, turn.actor, visit)
    _show_record(turn, visit)
    words = [turn.t("visits.corrected" if changed else "visits.nothing_changed")]
    turn.reply(Html("\n").join([*words, next_visit(turn.t, line)] if line and changed else words), keyboard=True)


def _show_record(turn: Turn, visit: Visit) -> None:
    """The form becomes the record, with the way to correct it."""
    head = turn.session.get_one(Household, visit.household_id).head
    lines = [
        turn.t("visits.record", head=head, **record_facts(turn, visit)),
        *_record_content(turn, visit),
        *_earlier(turn, visit),
        turn.t("visits.may_correct", hours=turn.office.policy.correction_hours),
    ]
    turn.show(Html("\n").join(lines), ((button(turn.t.plain("visits.button.correct"), "visits.correct", visit.id),),))


def _record_content(turn: Turn, visit: Visit) -> list[Html]:
    """Everything that was sent, so that nobody wonders whether the photo arrived."""
    attached = attached_words(turn.t, saving.attached(turn.session, visit))
    said = shortened(visit.said or "", SHOWN_OF_TEXT)
    shown = (("said", said), ("attached", attached), ("companions", visit.companions))
    lines = [turn.t(f"visits.form.{name}", **{name: value}) for name, value in shown if value]
    if visit.latitude is not None:
        lines.append(turn.t("visits.form.location"))
    return [*lines, turn.t("visits.form.solved")] if visit.solved_on_spot else lines


def _earlier(turn: Turn, visit: Visit) -> list[str]:
    corrections = correcting.corrections_of(turn.session, visit)
    return [corrected_words(turn.t, turn.office, visit, corrections)] if corrections else []


def record_facts(turn: Turn, visit: Visit) -> dict[str, str]:
    met = visit.method != VisitMethod.NOT_HOME
    return {
        "day": day_words(turn.t, visit.visited_on, turn.office.today()),
        "method": method_words(turn.t, visit.method),
        "condition": condition_words(turn.t, visit.condition) if met else "—",
    }


def _confirmation(turn: Turn, saved: saving.Saved) -> Html:
    facts = record_facts(turn, saved.visit)
    lines = [turn.t("visits.saved", head=saved.line.head, day=facts["day"], method=facts["method"])]
    if saved.problem is not None:
        lines.append(_problem_words(turn, saved.problem, saved.owner_name))
    if saved.visit.method == VisitMethod.NOT_HOME:
        lines.append(turn.t("visits.not_home_noted"))
    return Html("\n").join([*lines, next_visit(turn.t, saved.line)])


def _problem_words(turn: Turn, problem: Problem, owner_name: str) -> Html:
    facts = {
        "number": problem.number,
        "category": turn.t.plain(f"words.category.{problem.category}"),
        "due": turn.t.datetime(turn.office.local(problem.due_at)),
    }
    if not owner_name:
        return turn.t("visits.problem_without_owner", **facts)
    return turn.t("visits.problem_registered", owner=owner_name, **facts)
