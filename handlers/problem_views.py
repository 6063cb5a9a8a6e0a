"""The forms and lists of the problems journey: values → text and buttons."""

from handlers.problem_forms import cancel_button, content_lines
from handlers.turn import Turn
from models.actor import Role
from models.post import Draft
from services import households
from services.i18n import Html
from services.messages import Button, Message, Rows, button
from services.problem_page import words
from services.problem_page.buttons import in_pairs
from services.problems import drafting, listing, reporting, working
from services.rules.policy import Category

OFFERED = 8  # households at once


def report_form(turn: Turn, draft: Draft) -> Message:
    """The next thing to say: for whom, what it is about, and then the matter itself."""
    if not draft.data.get("household_id"):
        return _choose_household(turn, draft)
    if not draft.data.get("category") or draft.data.get("changing"):
        return _choose_category(turn, draft)
    return _matter(turn, draft)


def note_form(turn: Turn, draft: Draft) -> Message:
    act, has_content = draft.data["act"], bool(draft.data.get("texts") or draft.data.get("media"))
    head = turn.t(f"problems.ask.{act}", number=draft.data["number"])
    lines = [head, *content_lines(turn, draft, _media_line(turn, draft))]
    going_on: list[Button] = []
    if has_content:
        going_on.append(button(turn.t.plain("words.button.submit"), "problems.note_save", draft.id))
    elif act in working.REASON_OPTIONAL:
        going_on.append(button(turn.t.plain("words.button.skip"), "problems.note_save", draft.id))
    return Message(Html("\n").join(lines), ((*going_on, cancel_button(turn)),))


def problem_list(turn: Turn, scope: str, page: int) -> Message:
    lines, more = listing.page(turn.session, turn.actor, scope, page)
    rows: list[tuple[Button, ...]] = [
        (
            button(
                words.list_label(turn.t, turn.office, problem, None if scope == "ours" else household),
                "problems.open",
                problem.id,
            ),
        )
        for problem, household in lines
    ]
    rows += [pager for pager in (page_buttons(turn, "problems.list", scope, page=page, more=more),) if pager]
    if scope != "ours" and turn.actor.has(Role.SUPERVISOR):
        other = "unit" if scope == "mine" else "mine"
        rows.append((button(turn.t.plain(f"problems.button.list_{other}"), "problems.list", other, 0),))
    return Message(turn.t(f"problems.list.{scope}" if lines else f"problems.list.{scope}_empty"), tuple(rows))


def page_buttons(turn: Turn, action: str, *references: str | int, page: int, more: bool) -> tuple[Button, ...]:
    """‹ and › where there is something."""
    earlier = (button("‹", action, *references, page - 1),) if page else ()
    later = (button("›", action, *references, page + 1),) if more else ()
    return earlier + later


def _choose_household(turn: Turn, draft: Draft) -> Message:
    key, query = "problems.form.which_household", draft.data.get("query", "")
    if draft.data["source"] == "household":
        offered = listing.own_households(turn.session, turn.actor)
    elif query:
        found = households.search(turn.session, turn.office, turn.actor, query)[:OFFERED]
        offered = [(line.id, f"{line.head} · {line.unit_name} · {line.code}") for line in found]
        key = "problems.form.found_households" if offered else "problems.form.no_household"
    else:
        mine = households.mine(turn.session, turn.office, turn.actor)[:OFFERED]
        offered = [(line.id, f"{line.head} · {line.unit_name} · {line.code}") for line in mine]
        key = "problems.form.for_which_household"
    rows = tuple((button(text, "problems.household", draft.id, one),) for one, text in offered)
    return Message(turn.t(key, query=query), (*rows, (cancel_button(turn),)))


def _choose_category(turn: Turn, draft: Draft) -> Message:
    head, unit_id = _place(turn, draft)
    first, rest = reporting.categories(turn.session, unit_id)
    shows_all = bool(draft.data.get("all_categories"))
    rows = in_pairs([_category_button(turn, draft, one) for one in (*first, *(rest if shows_all else ()))])
    if rest and not shows_all:
        more = button(turn.t.plain("words.button.more"), "problems.categories", draft.id, "all")
        rows = (*rows, (more,))
    lines = [_for_whom(turn, draft, head), turn.t("problems.form.category")]
    lines += content_lines(turn, draft, _media_line(turn, draft))
    return Message(Html("\n").join(line for line in lines if line), (*rows, (cancel_button(turn),)))


def _category_button(turn: Turn, draft: Draft, category: Category) -> Button:
    return button(turn.t.plain(f"words.category.{category}"), "problems.category", draft.id, category)


def _matter(turn: Turn, draft: Draft) -> Message:
    head, _ = _place(turn, draft)
    lines = [
        _for_whom(turn, draft, head),
        turn.t("problems.form.matter", category=turn.t(f"words.category.{draft.data['category']}")),
        *content_lines(turn, draft, _media_line(turn, draft)),
    ]
    if draft.data.get("confidential"):
        lines.append(turn.t("problems.form.confidential_note"))
    return Message(Html("\n").join(line for line in lines if line), _matter_buttons(turn, draft))


def _matter_buttons(turn: Turn, draft: Draft) -> Rows:
    toggles = [_toggle(turn, draft, "danger")]
    if draft.data["source"] != "proxy":  # the cadre who enters it knows it already
        toggles.append(_toggle(turn, draft, "confidential"))
    return (
        (button(turn.t.plain("words.button.submit"), "problems.submit", draft.id),),
        *((one,) for one in toggles),
        (
            button(turn.t.plain("problems.button.other_category"), "problems.categories", draft.id, "first"),
            cancel_button(turn),
        ),
    )


def _toggle(turn: Turn, draft: Draft, name: str) -> Button:
    mark = "☑" if draft.data.get(name) else "☐"
    return button(f"{mark} {turn.t.plain(f'problems.button.{name}')}", "problems.toggle", draft.id, name)


def _place(turn: Turn, draft: Draft) -> tuple[str, int]:
    return reporting.place_of(turn.session, turn.actor, draft.data["household_id"], draft.data["source"])


def _for_whom(turn: Turn, draft: Draft, head: str) -> Html:
    """Said where it isn't plain: several households, or somebody else's."""
    is_plain = draft.data["source"] == "household" and len(turn.actor.household_ids) == 1
    return Html("") if is_plain else turn.t("problems.form.for_whom", head=head)


def _media_line(turn: Turn, draft: Draft) -> Html | None:
    counts: dict[str, int] = {}
    for one in drafting.media_of(draft):
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return turn.t("problems.page.media", media=words.media(turn.t, counts)) if counts else None
