"""The lists of a supervisor in words: one page of a section, with a button for each entry."""

from collections.abc import Callable

from handlers.turn import Turn
from handlers.visit_words import status_words, tier_words
from models.queries.supervised_people import UnreachablePerson, WatchedCadre
from models.queries.supervision import WatchedProblem
from services.households import HouseholdLine
from services.i18n import Html, Translator
from services.messages import Button, Rows, button
from services.supervision import lists
from services.supervision.brief import in_pairs
from services.supervision.exceptions import CADRES, HOUSEHOLDS, PROBLEMS, Section, most_households, why_absent
from services.supervision.lists import Page, WatchedLine

Address = tuple[str | int, ...]  # an action and its references
View = tuple[Html, Rows]


def section_page(turn: Turn, section: Section, page: Page, here: Address, back: Address) -> View:
    """`here` leads to this list, before section and page; `back` to where it was opened."""
    title = turn.t(f"supervision.section.{section}")
    here = (*here, section)
    if section in HOUSEHOLDS:
        return household_list(turn, title, page, here, back)
    if section in PROBLEMS:
        return _problem_list(turn, title, page, here, back, is_ownerless=section is Section.OWNERLESS)
    if section in CADRES:
        return _cadre_list(turn, title, page, here, back)
    return _unreachable_list(turn, title, page, here, back)


def household_list(turn: Turn, title: Html, page: Page, here: Address, back: Address | None) -> View:
    watched = lists.households(turn.session, turn.office, turn.actor, page.ids)
    buttons = [button(f"{one.line.head} {one.line.code}", "cards.open", one.line.id) for one in watched]
    return _list(turn, title, page, [_household(turn.t, one) for one in watched], buttons, here, back)


def household_label(t: Translator, line: HouseholdLine) -> str:
    return " · ".join((line.head, line.code, tier_words(t, line), status_words(t, line)))


def cadre_label(t: Translator, cadre: WatchedCadre) -> str:
    return t.plain("supervision.cadre_label", name=cadre.name, unit=cadre.unit_name or "", n=cadre.households)


def _problem_list(turn: Turn, title: Html, page: Page, here: Address, back: Address, *, is_ownerless: bool) -> View:
    problems = lists.problems(turn.session, turn.actor, page.ids)
    opening: Callable[[WatchedProblem], Button] = _assign(turn.t) if is_ownerless else _open_problem
    lines = [_problem(turn, problem) for problem in problems]
    return _list(turn, title, page, lines, [opening(problem) for problem in problems], here, back)


def _cadre_list(turn: Turn, title: Html, page: Page, here: Address, back: Address) -> View:
    cadres = lists.cadres(turn.session, turn.actor, page.ids)
    buttons = [button(cadre.name, "find.cadre", cadre.id, 0) for cadre in cadres]
    return _list(turn, title, page, [_cadre(turn, cadre) for cadre in cadres], buttons, here, back)


def _unreachable_list(turn: Turn, title: Html, page: Page, here: Address, back: Address) -> View:
    people = lists.unreachable(turn.session, turn.actor, page.ids)
    buttons = [
        button(one.household_head or one.name, "cards.open", one.household_id) for one in people if one.household_id
    ]
    return _list(turn, title, page, [_person(turn, one) for one in people], buttons, here, back)


def _list(
    turn: Turn, title: Html, page: Page, lines: list[Html], buttons: list[Button], here: Address, back: Address | None
) -> View:
    t = turn.t
    head = t("supervision.list", title=title, n=page.total, page=page.number + 1, pages=page.pages)
    body = lines or [t("supervision.list_empty")]
    rows = [*in_pairs(buttons), _turning(page, here)]
    if back:
        rows.append((_button(t.plain("words.button.back"), back),))
    return Html("\n").join([head, *body]), tuple(row for row in rows if row)


def _turning(page: Page, here: Address) -> tuple[Button, ...]:
    """‹ and › where there is something."""
    before = (_button("‹", (*here, page.number - 1)),) if page.number else ()
    after = (_button("›", (*here, page.number + 1)),) if page.number + 1 < page.pages else ()
    return before + after


def _button(words: str, address: Address) -> Button:
    action, *references = address
    return button(words, str(action), *references)


def _household(t: Translator, watched: WatchedLine) -> Html:
    line = watched.line
    return t(
        "supervision.household",
        head=line.head,
        code=line.code,
        unit=line.unit_name,
        tier=tier_words(t, line),
        status=status_words(t, line),
        cadre=watched.cadre_name or t.plain("supervision.no_cadre"),
    )


def _problem(turn: Turn, problem: WatchedProblem) -> Html:
    t = turn.t
    return t(
        "supervision.problem",
        number=problem.number,
        category=t(f"words.category.{problem.category}"),
        head=problem.head,
        unit=problem.unit_name,
        stage=t(f"words.stage.{problem.stage}"),
        due=t.datetime(turn.office.local(problem.due_at)),
        owner=problem.owner_name or t.plain("supervision.no_owner"),
    )


def _open_problem(problem: WatchedProblem) -> Button:
    return button(problem.number, "problems.open", problem.id)


def _assign(t: Translator) -> Callable[[WatchedProblem], Button]:
    return lambda one: button(t.plain("supervision.button.assign", number=one.number), "problems.assign", one.id, 0)


def _cadre(turn: Turn, cadre: WatchedCadre) -> Html:
    t, at_most = turn.t, most_households(turn.office, cadre)
    load = t("supervision.load", n=cadre.households, most=at_most)
    why = why_absent(turn.office, cadre)
    absence = [t(f"supervision.absent.{why}", day=t.date(cadre.away_until) if cadre.away_until else "")] if why else []
    facts = t("supervision.semicolon").join([load, *absence])
    return t("supervision.cadre", name=cadre.name, unit=cadre.unit_name or "", facts=facts)


def _person(turn: Turn, person: UnreachablePerson) -> Html:
    t = turn.t
    where = person.household_head and t("supervision.of_household", head=person.household_head)
    since = t.date(turn.office.local(person.since).date()) if person.since else ""
    return t("supervision.unreachable", name=person.name, where=where or person.unit_name or "", since=since)
