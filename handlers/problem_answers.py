"""The household's side of a problem under way: its answer, its rating, urging and withdrawing."""

from handlers.routes import MEMBERS, SUPERVISOR, Route, pressed
from handlers.turn import Turn
from services.i18n import Html
from services.messages import Rows, button
from services.problem_page import buttons, words
from services.problem_page.facts import find
from services.problems import answering, household
from services.rules.problem_course import Answer

AFTER_PARTIAL = frozenset({Answer.PARTLY, Answer.NOT_SOLVED})


def answer(turn: Turn) -> None:
    given = Answer(turn.word(1, Answer))
    answering.answer(turn.session, turn.office, turn.actor, turn.number(0), given, done_id=turn.number(2))
    _thank(turn, given)


def proxy(turn: Turn) -> None:
    """The supervisor asked the household in person; nothing is noted before they say what it answered."""
    facts = find(turn.session, turn.actor, turn.number(0))
    text = turn.t("problems.proxy", number=facts.problem.number, head=facts.place.household.head)
    back = (button(turn.t.plain("words.button.back"), "problems.open", facts.problem.id),)
    turn.show(text, (*buttons.answers(turn.t, facts, "problems.proxied"), back))


def proxied(turn: Turn) -> None:
    given = Answer(turn.word(1, Answer))
    problem = answering.answer(
        turn.session, turn.office, turn.actor, turn.number(0), given, done_id=turn.number(2), as_proxy=True
    )
    answer_word = turn.t(f"words.answer.{given}")
    turn.show(turn.t("problems.proxied", number=problem.number, answer=answer_word), _open(turn))


def still_fine(turn: Turn) -> None:
    _follow_up(turn, Answer.SOLVED)
    turn.show(turn.t("problems.thanks.still_fine"), _open(turn))


def came_back(turn: Turn) -> None:
    _follow_up(turn, Answer.NOT_SOLVED)
    _thank(turn, Answer.NOT_SOLVED)


def rate(turn: Turn) -> None:
    rating = turn.word(1, frozenset(buttons.RATINGS))
    answering.rate(turn.session, turn.actor, turn.number(0), rating)
    turn.show(turn.t("problems.thanks.rating", rating=turn.t(f"words.rating.{rating}")), _open(turn))


def urge(turn: Turn) -> None:
    problem = household.urge(turn.session, turn.office, turn.actor, turn.number(0))
    turn.toast(turn.t.plain("problems.urged", number=problem.number), alert=True)


def withdraw(turn: Turn) -> None:
    problem = household.check_withdraw(turn.session, turn.actor, turn.number(0))
    sure = button(turn.t.plain("words.button.confirm"), "problems.withdraw_yes", problem.id)
    back = button(turn.t.plain("words.button.back"), "problems.open", problem.id)
    turn.show(turn.t("problems.withdraw_sure", number=problem.number), ((sure, back),))


def withdraw_yes(turn: Turn) -> None:
    problem = household.withdraw(turn.session, turn.office, turn.actor, turn.number(0))
    turn.show(turn.t("problems.withdrawn", number=problem.number), _open(turn))


def _follow_up(turn: Turn, given: Answer) -> None:
    answering.follow_up(turn.session, turn.office, turn.actor, turn.number(0), given, done_id=turn.number(1))


def _thank(turn: Turn, given: Answer) -> None:
    """Say what happens next; solved: one tap to rate, else one to add what is still missing."""
    facts = find(turn.session, turn.actor, turn.number(0))
    lines = [turn.t(f"problems.thanks.{given}"), *words.due(turn.t, turn.office, facts.problem)]
    more: Rows = ()
    if given == Answer.SOLVED:
        more = buttons.ratings(turn.t, facts.problem.id)
    elif given in AFTER_PARTIAL:
        more = ((button(turn.t.plain("problems.button.material"), "problems.note", facts.problem.id, "material"),),)
    turn.show(Html("\n").join(lines), (*more, *_open(turn)))


def _open(turn: Turn) -> Rows:
    return buttons.opening(turn.t, turn.number(0))


ROUTES: tuple[Route, ...] = (
    pressed("problems.answer", answer, MEMBERS),
    pressed("problems.proxy", proxy, SUPERVISOR),
    pressed("problems.proxied", proxied, SUPERVISOR),
    pressed("problems.still_fine", still_fine, MEMBERS),
    pressed("problems.came_back", came_back, MEMBERS),
    pressed("problems.rate", rate, MEMBERS),
    pressed("problems.urge", urge, MEMBERS),
    pressed("problems.withdraw", withdraw, MEMBERS),
    pressed("problems.withdraw_yes", withdraw_yes, MEMBERS),
)
