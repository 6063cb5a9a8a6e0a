"""The visit form as text and buttons: what is filled in, and what can be changed with one tap."""

from datetime import date, timedelta

from handlers.visit_words import attached_words, condition_words, day_words, method_words, shortened
from models.post import Draft
from services.i18n import Html, Translator
from services.messages import Button, Rows, button
from services.rules.policy import Category
from services.rules.visits import Condition, VisitMethod
from services.visits.dates import example_day
from services.visits.form import Pane, VisitForm

SHOWN_OF_TEXT = 600  # characters; the form must stay below Telegram's limit and on one screen


def form_text(t: Translator, form: VisitForm, head: str, code: str, today: date) -> Html:
    lines = [
        t("visits.form.title" if form.visit_id is None else "visits.form.correcting", head=head, code=code),
        t("visits.form.facts", **_facts(t, form, today)),
        *_content(t, form),
        *_outcome(t, form),
        t(_hint(form), example=example_day(today)),
    ]
    return Html("\n").join(lines)


def form_buttons(t: Translator, draft: Draft, form: VisitForm, today: date) -> Rows:
    panes = {Pane.DATE: _date_rows, Pane.MORE: _more_rows, Pane.CATEGORY: _category_rows}
    if form.pane is Pane.COMPANIONS:
        return (_back(t, draft),)
    if form.pane in panes:
        return (*panes[form.pane](t, draft, form, today), _back(t, draft))
    return _main_rows(t, draft, form, today)


def _facts(t: Translator, form: VisitForm, today: date) -> dict[str, str]:
    met = form.method != VisitMethod.NOT_HOME
    return {
        "day": day_words(t, form.visited_on, today),
        "method": method_words(t, form.method),
        "condition": condition_words(t, form.condition) if met else "—",
    }


def _content(t: Translator, form: VisitForm) -> list[Html]:
    attached = attached_words(t, [one.kind for one in form.media])
    said = shortened(form.said, SHOWN_OF_TEXT)
    shown = (("said", said), ("attached", attached), ("companions", form.companions))
    lines = [t(f"visits.form.{name}", **{name: value}) for name, value in shown if value]
    return [*lines, t("visits.form.location")] if form.location else lines


def _outcome(t: Translator, form: VisitForm) -> list[Html]:
    if form.solved:
        return [t("visits.form.solved")]
    if form.category is None:
        return []
    name = "visits.form.danger" if form.danger else "visits.form.problem"
    return [t(name, category=t.plain(f"words.category.{form.category}"))]


def _hint(form: VisitForm) -> str:
    if form.pane is not Pane.MAIN:
        return f"visits.hint.{form.pane}"
    if form.visit_id is not None:
        return "visits.hint.correcting"
    return "visits.hint.added" if form.holds_content else "visits.hint.empty"


def _main_rows(t: Translator, draft: Draft, form: VisitForm, today: date) -> Rows:
    methods = [_choice(method_words(t, one), one == form.method, "visits.method", draft.id, one) for one in VisitMethod]
    conditions = tuple(
        _choice(condition_words(t, one), one == form.condition, "visits.condition", draft.id, one) for one in Condition
    )
    met = form.method != VisitMethod.NOT_HOME
    return (
        tuple(methods[:3]),
        tuple(methods[3:]),
        *((conditions,) if met else ()),
        *_outcome_rows(t, draft, form),
        _detail_row(t, draft, form, today),
        (_save(t, draft, form), leave_button(t, draft)),
    )


def _outcome_rows(t: Translator, draft: Draft, form: VisitForm) -> Rows:
    if form.visit_id is not None or not form.may_become_problem:
        return ()
    solved = _choice(t.plain("visits.button.solved"), form.solved, "visits.solved", draft.id)
    problem = _choice(t.plain("visits.button.problem"), form.category is not None, *_pane(draft, Pane.CATEGORY))
    return ((solved, problem),)


def _detail_row(t: Translator, draft: Draft, form: VisitForm, today: date) -> tuple[Button, ...]:
    day = button(t.plain("visits.button.date", day=day_words(t, form.visited_on, today)), *_pane(draft, Pane.DATE))
    more = button(t.plain("words.button.more"), *_pane(draft, Pane.MORE))
    return (day, more) if form.visit_id is None else (day,)


def _date_rows(t: Translator, draft: Draft, form: VisitForm, today: date) -> Rows:
    days = ((today, "today"), (today - timedelta(days=1), "yesterday"), (today - timedelta(days=2), "day_before"))
    return (
        tuple(
            _choice(t.plain(f"visits.{name}"), day == form.visited_on, "visits.day", draft.id, f"{day:%Y%m%d}")
            for day, name in days
        ),
    )


def _more_rows(t: Translator, draft: Draft, form: VisitForm, _today: date) -> Rows:
    first = (
        button(t.plain("visits.button.companions"), *_pane(draft, Pane.COMPANIONS)),
        button(t.plain("visits.button.other_household"), "visits.page", draft.id, 0),
    )
    clear = (button(t.plain("visits.button.clear"), "visits.clear", draft.id),)
    return (first, clear) if form.holds_content else (first,)


def _category_rows(t: Translator, draft: Draft, form: VisitForm, _today: date) -> Rows:
    categories = [
        _choice(t.plain(f"words.category.{one}"), one == form.category, "visits.category", draft.id, one)
        for one in Category
    ]
    danger = _choice(t.plain("words.urgency.danger"), form.danger, "visits.danger", draft.id)
    none = (button(t.plain("visits.button.no_problem"), "visits.category", draft.id, "none"),)
    rows = tuple(tuple(categories[start : start + 3]) for start in range(0, len(categories), 3))
    return (*rows, (danger,), none) if form.category else (*rows, (danger,))


def _save(t: Translator, draft: Draft, form: VisitForm) -> Button:
    words = t.plain("words.button.save")
    if form.visit_id is None:
        return button(words, "visits.save", draft.id)
    return button(words, "visits.apply", draft.id, form.visit_id)


def leave_button(t: Translator, draft: Draft) -> Button:
    return button(t.plain("words.button.cancel"), "visits.leave", draft.id)


def _back(t: Translator, draft: Draft) -> tuple[Button, ...]:
    return (button(t.plain("words.button.back"), *_pane(draft, Pane.MAIN)),)


def _pane(draft: Draft, pane: Pane) -> tuple[str, int, Pane]:
    return "visits.pane", draft.id, pane


def _choice(label: str, chosen: bool, action: str, *references: str | int) -> Button:
    return button(f"✓ {label}" if chosen else label, action, *references)
