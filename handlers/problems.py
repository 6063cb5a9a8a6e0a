"""The journey `problems`: lists, one problem with its course, its photos and voices, and who shall handle it."""

from handlers import problem_answers, problem_report, problem_work
from handlers.problem_views import page_buttons, problem_list
from handlers.routes import CADRE, MEMBERS, SUPERVISOR, Route, command, label, pressed
from handlers.turn import Turn
from models.actor import Role
from services import problem_owner
from services.keyboards import hat_of
from services.messages import Button, Message, button
from services.problem_page import buttons, words
from services.problems import listing, reading

READERS = MEMBERS | CADRE | SUPERVISOR


def to_handle(turn: Turn) -> None:
    """The own problems; in the supervisor's role those of the unit."""
    message = problem_list(turn, "unit" if hat_of(turn.actor) == Role.SUPERVISOR else "mine", 0)
    turn.reply(message.text, message.buttons)


def progress(turn: Turn) -> None:
    message = problem_list(turn, "ours", 0)
    turn.reply(message.text, message.buttons)


def show_list(turn: Turn) -> None:
    message = problem_list(turn, turn.word(0, listing.SCOPES), turn.number(1))
    turn.show(message.text, message.buttons)


def open_problem(turn: Turn) -> None:
    facts = reading.open_page(turn.session, turn.office, turn.actor, turn.number(0))
    rows = (*buttons.page(turn.t, facts), *buttons.back_to_list(turn.t, facts))
    turn.show(words.page(turn.t, turn.office, facts), rows)


def media(turn: Turn) -> None:
    """Each photo, voice or document as a message of its own, ten at a time."""
    problem_id = turn.number(0)
    facts, shown, following = reading.open_media(turn.session, turn.office, turn.actor, problem_id, turn.number(1))
    for one in shown:
        turn.send(Message(turn.t("problems.media.caption", number=facts.problem.number), media=one))
    if following is not None:
        more = button(turn.t.plain("words.button.more"), "problems.media", problem_id, following)
        turn.reply(turn.t("problems.media.more"), ((more,),))


def assign(turn: Turn) -> None:
    """交办: the cadres of the supervisor's units."""
    problem_id, page = turn.number(0), turn.number(1)
    found, more = problem_owner.assignable(turn.session, turn.actor, problem_id, page)
    rows: list[tuple[Button, ...]] = [
        (button(f"{who.name} · {unit}", "problems.give", problem_id, who.id),) for who, unit in found
    ]
    rows += [pager for pager in (page_buttons(turn, "problems.assign", problem_id, page=page, more=more),) if pager]
    rows.append((button(turn.t.plain("words.button.back"), "problems.open", problem_id),))
    turn.show(turn.t("problems.assign.whom" if found else "problems.assign.nobody"), tuple(rows))


def give(turn: Turn) -> None:
    problem, successor = problem_owner.assign(turn.session, turn.office, turn.actor, turn.number(0), turn.number(1))
    is_told = successor.telegram_user_id is not None and successor.unreachable_since is None
    words = "problems.assign.done" if is_told else "problems.assign.done_unreached"
    text = turn.t(words, number=problem.number, name=successor.name)
    turn.show(text, buttons.opening(turn.t, problem.id))


ROUTES: tuple[Route, ...] = (
    command("problems", to_handle, CADRE | SUPERVISOR),
    label("words.button.problems", to_handle, CADRE | SUPERVISOR),
    command("progress", progress, MEMBERS),
    label("words.button.progress", progress, MEMBERS),
    pressed("problems.list", show_list, READERS),
    pressed("problems.open", open_problem, READERS),
    pressed("problems.media", media, READERS),
    pressed("problems.assign", assign, SUPERVISOR),
    pressed("problems.give", give, SUPERVISOR),
    *problem_report.ROUTES,
    *problem_work.ROUTES,
    *problem_answers.ROUTES,
)
