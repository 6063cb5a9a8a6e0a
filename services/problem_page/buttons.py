"""What the reader of a problem may press now: the course's table asked for each part that they have in it."""

from services.i18n import Translator
from services.messages import Button, Rows, button
from services.problem_page.facts import Facts
from services.rules.problem_course import (
    ENDED_STAGES,
    OPEN_STAGES,
    WORKING_STAGES,
    Act,
    Answer,
    Part,
    Stage,
    next_stage,
    possible_acts,
)

RATINGS = ("satisfied", "mostly_satisfied", "dissatisfied")
ASKABLE = frozenset({Stage.DONE, Stage.UNCONFIRMED})  # a late answer counts too
OTHER_ENDS = (Act.EXPLAIN, Act.REFER, Act.MARK_DUPLICATE)

_WORK_LABELS = {Act.PROGRESS: "note_progress", Act.WAIT: "waiting", Act.FINISH: "done"}


def page(t: Translator, facts: Facts) -> Rows:
    rows = [*owners(t, facts), *_households(t, facts), *_supervisors(t, facts)]
    if facts.media:
        rows.append(media(t, facts.problem.id))
    return tuple(rows)


def back_to_list(t: Translator, facts: Facts) -> Rows:
    return ((button(t.plain("words.button.back"), "problems.list", _list_of(facts), 0),),)


def owners(t: Translator, facts: Facts) -> Rows:
    if Part.OWNER not in facts.parts:
        return ()
    problem, possible = facts.problem, possible_acts(facts.problem.stage)
    row = []
    if Act.ACCEPT in possible:
        row.append(button(t.plain("words.button.accept"), "problems.accept", problem.id))
    row += [
        button(t.plain(f"words.button.{label}"), "problems.note", problem.id, act)
        for act, label in _WORK_LABELS.items()
        if act in possible
    ]
    if Act.EXPLAIN in possible:
        row.append(button(t.plain("words.button.more"), "problems.ends", problem.id))
    return in_pairs(row)


def other_ends(t: Translator, problem_id: int) -> Rows:
    ends = [button(t.plain(f"problems.button.{act}"), "problems.note", problem_id, act) for act in OTHER_ENDS]
    return (*((end,) for end in ends), (button(t.plain("words.button.back"), "problems.open", problem_id),))


def answers(t: Translator, facts: Facts, action: str = "problems.answer") -> Rows:
    """已解决 · 部分解决 · 没解决 · 说不清, about this very `done`."""
    return in_pairs(
        [button(t.plain(f"words.answer.{answer}"), action, facts.problem.id, answer, facts.round) for answer in Answer]
    )


def ratings(t: Translator, problem_id: int) -> Rows:
    row = tuple(button(t.plain(f"words.rating.{rating}"), "problems.rate", problem_id, rating) for rating in RATINGS)
    return (row,)


def follow_up(t: Translator, facts: Facts) -> Rows:
    return (
        (
            button(t.plain("problems.button.still_fine"), "problems.still_fine", facts.problem.id, facts.round),
            came_back(t, facts),
        ),
    )


def came_back(t: Translator, facts: Facts) -> Button:
    return button(t.plain("problems.button.came_back"), "problems.came_back", facts.problem.id, facts.round)


def media(t: Translator, problem_id: int, *, after: int = 0) -> tuple[Button, ...]:
    """Photos, voices and documents from the first one on, or those after one attachment."""
    return (button(t.plain("problems.button.media"), "problems.media", problem_id, after),)


def opening(t: Translator, problem_id: int) -> Rows:
    return ((button(t.plain("problems.button.open"), "problems.open", problem_id),),)


def in_pairs(row: list[Button]) -> Rows:
    return tuple(tuple(row[start : start + 2]) for start in range(0, len(row), 2))


def _households(t: Translator, facts: Facts) -> Rows:
    if Part.HOUSEHOLD not in facts.parts:
        return ()
    problem, speaks_for_itself = facts.problem, Part.OWNER not in facts.parts
    row = [button(t.plain("problems.button.material"), "problems.note", problem.id, "material")]
    if problem.stage in WORKING_STAGES and speaks_for_itself:
        row.append(button(t.plain("problems.button.urge"), "problems.urge", problem.id))
    if problem.stage in OPEN_STAGES and speaks_for_itself:
        row.append(button(t.plain("problems.button.withdraw"), "problems.withdraw", problem.id))
    if problem.stage == Stage.CONFIRMED and speaks_for_itself:
        row.append(came_back(t, facts))
    asked = answers(t, facts) if problem.stage in ASKABLE and speaks_for_itself else ()
    return (*asked, *in_pairs(row))


def _supervisors(t: Translator, facts: Facts) -> Rows:
    if Part.SUPERVISOR not in facts.parts:
        return ()
    problem, row = facts.problem, []
    if problem.stage in WORKING_STAGES:
        row.append(button(t.plain("problems.button.assign"), "problems.assign", problem.id, 0))
    if problem.stage in ASKABLE and Part.OWNER not in facts.parts:
        row.append(button(t.plain("problems.button.proxy"), "problems.proxy", problem.id))
    if problem.stage in ENDED_STAGES and next_stage(problem.stage, Act.REOPEN):
        row.append(button(t.plain("problems.button.reopen"), "problems.note", problem.id, Act.REOPEN))
    return in_pairs(row)


def _list_of(facts: Facts) -> str:
    if Part.OWNER in facts.parts:
        return "mine"
    return "ours" if Part.HOUSEHOLD in facts.parts else "unit"
