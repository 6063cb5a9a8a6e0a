"""News of problems: reported, handed over, changed, and the questions whether they are solved."""

from collections import Counter
from dataclasses import dataclass

from models.actor import Actor
from models.queries import problems as problem_rows
from models.queries.problems import Step
from models.session import Session
from services.errors import NotFound
from services.i18n import Html, Translator, translator
from services.messages import Message, Rows
from services.notices.composing import Notices, Params
from services.office import Office
from services.problem_page import buttons, words
from services.problem_page.facts import Facts, find
from services.rules.problem_course import Part, Stage


def reported(session: Session, office: Office, reader: Actor, params: Params) -> Message | None:
    """To the owner with all that belongs to it; the supervisor and the household read the same page."""
    facts = _facts(session, reader, params)
    if facts is None:
        return None
    role = "owner" if Part.OWNER in facts.parts else "household" if Part.HOUSEHOLD in facts.parts else "supervisor"
    return _page(translator(reader.language), office, facts, f"problems.notice.reported_{role}")


def assigned(session: Session, office: Office, reader: Actor, params: Params) -> Message | None:
    """To the new owner, as long as it is still theirs."""
    facts = _facts(session, reader, params)
    if facts is None or Part.OWNER not in facts.parts:
        return None
    return _page(translator(reader.language), office, facts, "problems.notice.assigned")


def changed(session: Session, office: Office, reader: Actor, params: Params) -> Message | None:
    """Who did what, and why."""
    facts = _facts(session, reader, params)
    step = next((one for one in facts.steps if one.event.id == params["event_id"]), None) if facts else None
    if facts is None or step is None:
        return None
    t = translator(reader.language)
    title = words.title(t, facts.problem, stage=step.event.stage)
    lines = [title, *words.household(t, facts)[:1], words.deed(t, step)]
    brought = _brought(session, t, step)
    lines += [*brought.lines, *words.due(t, office, facts.problem)]
    return Message(Html("\n").join(lines), (*brought.rows, *buttons.opening(t, facts.problem.id)))


def question(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """Is it solved? Dies where it was answered meanwhile, or handled anew."""
    facts = _asked(session, reader, params)
    if facts is None or Part.HOUSEHOLD not in facts.parts or Part.OWNER in facts.parts:
        return None
    t = translator(reader.language)
    return _question(session, t, facts, "problems.notice.question", buttons.answers(t, facts))


def ask_for_them(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """Nobody of the household can be reached here: the supervisor asks them and notes their answer."""
    facts = _asked(session, reader, params)
    if facts is None or Part.SUPERVISOR not in facts.parts or Part.OWNER in facts.parts:
        return None
    t = translator(reader.language)
    answers = buttons.answers(t, facts, "problems.proxied")
    return _question(session, t, facts, "problems.notice.ask_for_them", answers)


def follow_up(session: Session, _office: Office, reader: Actor, params: Params) -> Message | None:
    """28 days after it was confirmed: is it still fine?"""
    facts = _facts(session, reader, params)
    if facts is None or facts.problem.stage != Stage.CONFIRMED or facts.round != params["round"]:
        return None
    t = translator(reader.language)
    text = t(
        "problems.notice.follow_up",
        number=facts.problem.number,
        category=t(f"words.category.{facts.problem.category}"),
    )
    return Message(text, buttons.follow_up(t, facts))


NOTICES: Notices = {
    "problems.reported": reported,
    "problems.assigned": assigned,
    "problems.changed": changed,
    "problems.question": question,
    "problems.ask_for_them": ask_for_them,
    "problems.follow_up": follow_up,
}


def _page(t: Translator, office: Office, facts: Facts, head: str) -> Message:
    return Message(Html("\n").join([t(head), words.page(t, office, facts)]), buttons.page(t, facts))


def _asked(session: Session, reader: Actor, params: Params) -> Facts | None:
    facts = _facts(session, reader, params)
    is_open = facts is not None and facts.problem.stage in buttons.ASKABLE and facts.round == params["round"]
    return facts if is_open else None


def _question(session: Session, t: Translator, facts: Facts, message_id: str, answers: Rows) -> Message:
    done = next(step for step in facts.steps if step.event.id == facts.round)
    brought = _brought(session, t, done)
    lines = [
        t(
            message_id,
            number=facts.problem.number,
            category=t(f"words.category.{facts.problem.category}"),
            head=facts.place.household.head,
        ),
        words.deed(t, done),
        *brought.lines,
    ]
    return Message(Html("\n").join(lines), (*answers, *brought.rows, *buttons.opening(t, facts.problem.id)))


@dataclass(frozen=True)
class _Brought:
    """What came with a step: the reason in words, and what there is to look at or listen to."""

    lines: list[Html]
    rows: Rows = ()


def _brought(session: Session, t: Translator, step: Step) -> _Brought:
    lines = [words.note(t, step)] if step.event.note else []
    attached = problem_rows.attached_to(session, step.event.id)
    if not attached:
        return _Brought(lines)
    counts = Counter(one.kind for one in attached)
    lines.append(t("problems.page.media", media=words.media(t, counts)))
    return _Brought(lines, (buttons.media(t, step.event.problem_id, after=attached[0].id - 1),))


def _facts(session: Session, reader: Actor, params: Params) -> Facts | None:
    try:
        return find(session, reader, params["problem_id"])
    except NotFound:
        return None
