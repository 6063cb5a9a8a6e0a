"""Handling a problem: accept, and every step or addition that is said in words, by voice or with a photo."""

from handlers import problem_forms as forms
from handlers.problem_views import note_form
from handlers.routes import CADRE, MEMBERS, SUPERVISOR, Route, content, pressed
from handlers.turn import Turn
from models.post import Draft
from services import drafts
from services.i18n import Html
from services.problem_page import buttons, words
from services.problems import drafting, household, reading, working
from services.problems.drafting import NOTE
from services.rules.problem_course import Act

MATERIAL = "material"
NOTED = frozenset({MATERIAL, *(str(act) for act in working.WITH_NOTE)})


def accept(turn: Turn) -> None:
    working.take_step(turn.session, turn.office, turn.actor, turn.number(0), Act.ACCEPT)
    _show_page(turn, turn.number(0))
    turn.toast(turn.t.plain("problems.saved.accept"))


def other_ends(turn: Turn) -> None:
    """更多: the ends that aren't a solution."""
    working.check_possible(turn.session, turn.actor, turn.number(0), Act.EXPLAIN)
    facts = reading.open_page(turn.session, turn.office, turn.actor, turn.number(0))
    turn.show(words.page(turn.t, turn.office, facts), buttons.other_ends(turn.t, facts.problem.id))


def note(turn: Turn) -> None:
    """Ask for the words that go with the step."""
    problem_id, act = turn.number(0), turn.word(1, NOTED)
    _number(turn, problem_id, act)
    if not forms.ask_first(turn, "problems.note_anew", problem_id, act):
        note_anew(turn)


def note_anew(turn: Turn) -> None:
    problem_id, act = turn.number(0), turn.word(1, NOTED)
    data = {"problem_id": problem_id, "act": act, "number": _number(turn, problem_id, act)}
    draft = drafts.begin(turn.session, turn.office, turn.actor.id, NOTE, data)
    forms.begin(turn, draft, note_form(turn, draft))


def add(turn: Turn) -> None:
    draft = drafts.expect(turn.session, turn.actor.id, NOTE)
    below = forms.collect(turn, draft, note_form(turn, draft))
    forms.follow(turn, draft, note_form(turn, draft), below=below)


def save(turn: Turn) -> None:
    draft = drafts.expect(turn.session, turn.actor.id, NOTE, turn.number(0))
    problem_id, act = draft.data["problem_id"], draft.data["act"]
    _take(turn, draft)
    drafts.end(turn.session, turn.actor.id)
    _show_page(turn, problem_id, head=turn.t(f"problems.saved.{act}"))


def _take(turn: Turn, draft: Draft) -> None:
    problem_id, text, media = draft.data["problem_id"], drafting.text_of(draft), drafting.media_of(draft)
    if draft.data["act"] == MATERIAL:
        household.add_material(turn.session, turn.office, turn.actor, problem_id, text=text, media=media)
    else:
        act = Act(draft.data["act"])
        working.take_step(turn.session, turn.office, turn.actor, problem_id, act, note=text, media=media)


def _number(turn: Turn, problem_id: int, act: str) -> str:
    """The problem's number, once it is sure that the step is possible and theirs."""
    if act == MATERIAL:
        return household.check_material(turn.session, turn.actor, problem_id)
    return working.check_possible(turn.session, turn.actor, problem_id, Act(act))


def _show_page(turn: Turn, problem_id: int, *, head: Html | None = None) -> None:
    facts = reading.open_page(turn.session, turn.office, turn.actor, problem_id)
    page = words.page(turn.t, turn.office, facts)
    text = Html("\n\n").join([head, page]) if head else page
    turn.show(text, (*buttons.page(turn.t, facts), *buttons.back_to_list(turn.t, facts)))


ROUTES: tuple[Route, ...] = (
    pressed("problems.accept", accept, CADRE | SUPERVISOR),
    pressed("problems.ends", other_ends, CADRE | SUPERVISOR),
    pressed("problems.note", note, MEMBERS | CADRE | SUPERVISOR),
    pressed("problems.note_anew", note_anew, MEMBERS | CADRE | SUPERVISOR),
    pressed("problems.note_save", save, MEMBERS | CADRE | SUPERVISOR),
    content(NOTE, add, MEMBERS | CADRE | SUPERVISOR),
)
