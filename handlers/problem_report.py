"""Reporting a problem: a category, then speak, type or photograph; submit."""

from handlers import problem_forms as forms
from handlers.problem_views import note_form, report_form
from handlers.routes import CADRE, MEMBERS, SUPERVISOR, Route, command, content, label, pressed
from handlers.turn import Turn
from models.post import Draft
from services import drafts
from services.i18n import Html
from services.keyboards import HOUSEHOLD, hat_of
from services.messages import button
from services.problem_page import words
from services.problem_page.facts import find
from services.problems import reporting
from services.problems.drafting import NOTE, REPORT
from services.rules.policy import Category


def report(turn: Turn) -> None:
    if not forms.ask_first(turn, "problems.report_anew"):
        report_anew(turn)


def report_for(turn: Turn) -> None:
    """From the page of a household."""
    household_id = turn.number(0)
    if not forms.ask_first(turn, "problems.report_anew", household_id):
        _begin(turn, household_id)


def report_anew(turn: Turn) -> None:
    _begin(turn, turn.number(0) if turn.query and turn.args else None)


def choose_household(turn: Turn) -> None:
    draft = _draft(turn)
    household_id = turn.number(1)
    reporting.place_of(turn.session, turn.actor, household_id, draft.data["source"])
    _change(turn, draft, household_id=household_id)


def choose_category(turn: Turn) -> None:
    _change(turn, _draft(turn), category=turn.word(1, Category), changing=False)


def other_category(turn: Turn) -> None:
    """Back to the categories; `all` shows those that are seldom needed, too."""
    _change(turn, _draft(turn), changing=True, all_categories=turn.word(1, frozenset({"first", "all"})) == "all")


def toggle(turn: Turn) -> None:
    draft = _draft(turn)
    name = turn.word(1, frozenset({"danger", "confidential"}))
    _change(turn, draft, **{name: not draft.data.get(name)})


def add(turn: Turn) -> None:
    """Text, voice or photo for the report; while an official looks for the household, its name."""
    draft = drafts.expect(turn.session, turn.actor.id, REPORT)
    before = report_form(turn, draft)
    if not draft.data.get("household_id") and draft.data["source"] != "household" and turn.text:
        drafts.change(turn.session, turn.office, draft, query=turn.text)
        forms.follow(turn, draft, report_form(turn, draft), below=True)
        return
    below = forms.collect(turn, draft, before)
    forms.follow(turn, draft, report_form(turn, draft), below=below)


def submit(turn: Turn) -> None:
    problem = reporting.submit(turn.session, turn.office, turn.actor, turn.number(0))
    facts = find(turn.session, turn.actor, problem.id)
    lines = [
        turn.t("problems.receipt", number=problem.number),
        words.owner(turn.t, facts),
        *words.due(turn.t, turn.office, problem),
    ]
    if problem.urgency == "danger":
        lines.append(turn.t("problems.receipt_danger"))
    seeing = button(turn.t.plain("problems.button.open"), "problems.open", problem.id)
    turn.show(Html("\n").join(lines), ((seeing,),))


def resume(turn: Turn) -> None:
    """Go on with what was begun; another journey's form still stands where it was."""
    draft = drafts.unsaved(turn.session, turn.actor.id)
    turn.show(turn.t("problems.form.resumed"))
    if draft is None or draft.journey not in _FORMS:
        return
    form = _FORMS[draft.journey](turn, draft)
    if draft.form_id is not None:
        turn.redraw(draft.form_id, form.text)
    forms.begin(turn, draft, form)


def _begin(turn: Turn, household_id: int | None) -> None:
    in_that_role = hat_of(turn.actor) == HOUSEHOLD
    for_household = in_that_role if household_id is None else household_id in turn.actor.household_ids
    source = reporting.source_of(turn.actor, acts_for_household=for_household)
    if for_household and household_id is None and len(turn.actor.household_ids) == 1:
        (household_id,) = turn.actor.household_ids
    if household_id is not None:
        reporting.place_of(turn.session, turn.actor, household_id, source)
    data = {"source": source, "household_id": household_id}
    draft = drafts.begin(turn.session, turn.office, turn.actor.id, REPORT, data)
    forms.begin(turn, draft, report_form(turn, draft))


def _draft(turn: Turn) -> Draft:
    return drafts.expect(turn.session, turn.actor.id, REPORT, turn.number(0))


def _change(turn: Turn, draft: Draft, **data: object) -> None:
    drafts.change(turn.session, turn.office, draft, **data)
    form = report_form(turn, draft)
    turn.show(form.text, form.buttons)


_FORMS = {REPORT: report_form, NOTE: note_form}
REPORTERS = MEMBERS | CADRE | SUPERVISOR

ROUTES: tuple[Route, ...] = (
    command("report", report, REPORTERS),
    label("words.button.report", report, MEMBERS),
    pressed("problems.report_for", report_for, REPORTERS),
    pressed("problems.report_anew", report_anew, REPORTERS),
    pressed("problems.household", choose_household, REPORTERS),
    pressed("problems.category", choose_category, REPORTERS),
    pressed("problems.categories", other_category, REPORTERS),
    pressed("problems.toggle", toggle, REPORTERS),
    pressed("problems.submit", submit, REPORTERS),
    pressed("problems.resume", resume, REPORTERS),
    content(REPORT, add, REPORTERS),
)
