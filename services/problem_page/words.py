"""The words about a problem: its page, one line of a list, one step of its course."""

from models.households import Household
from models.problems import Problem
from models.queries.problems import Step
from services.i18n import Html, Translator
from services.office import Office
from services.problem_page.facts import Facts
from services.rules.phones import mask_phone
from services.rules.problem_course import CLOCK_STAGES, WORKING_STAGES, Part

STEPS_SHOWN = 10  # the newest
SUMMARY_SHOWN = 2000  # characters; with the course it stays within one message
NOTE_SHOWN = 150  # characters of a note in the course; the newest is shown in full when it is told

OWNER_ACTS = frozenset({"assigned", "handed_over"})  # their note is the new owner's name

_OFFICIAL = frozenset({Part.OWNER, Part.SUPERVISOR})


def page(t: Translator, office: Office, facts: Facts) -> Html:
    lines = [
        title(t, facts.problem),
        *_warnings(t, facts.problem),
        *household(t, facts),
        owner(t, facts),
        *due(t, office, facts.problem),
        reporter(t, facts),
        *said(t, facts),
        "",
        *course(t, office, facts),
    ]
    return Html("\n").join(lines)


def title(t: Translator, problem: Problem, *, stage: str | None = None) -> Html:
    """Number, category and the present stage, or the one after the step that is told."""
    return t(
        "problems.page.title",
        number=problem.number,
        category=t(f"words.category.{problem.category}"),
        stage=t(f"words.stage.{stage or problem.stage}"),
    )


def household(t: Translator, facts: Facts) -> list[Html]:
    """Which household it is; its own people know."""
    if facts.parts == {Part.HOUSEHOLD}:
        return []
    place = facts.place
    line = t("problems.page.household", head=place.household.head, code=place.household.code, unit=place.unit_name)
    phone = place.household.phone
    if not phone:
        return [line]
    return [line, t("problems.page.phone", phone=phone if facts.sees_phone else mask_phone(phone))]


def owner(t: Translator, facts: Facts) -> Html:
    """Who handles it; the household also gets their phone number."""
    if facts.owner is None:
        return t("problems.page.no_owner")
    name = " ".join(filter(None, (facts.owner.name, facts.owner.post)))
    if Part.HOUSEHOLD in facts.parts and facts.owner.phone:
        return t("problems.page.owner_phone", name=name, phone=facts.owner.phone)
    return t("problems.page.owner", name=name)


def due(t: Translator, office: Office, problem: Problem) -> list[Html]:
    if problem.stage not in WORKING_STAGES:
        return []
    key = "problems.page.overdue" if is_overdue(office, problem) else "problems.page.due"
    return [t(key, due=t.datetime(office.local(problem.due_at)))]


def is_overdue(office: Office, problem: Problem) -> bool:
    """Waiting stops the clock, and what is done waits for the household."""
    return problem.stage in CLOCK_STAGES and problem.due_at < office.now()


def reporter(t: Translator, facts: Facts) -> Html:
    source = t(f"words.source.{facts.problem.source}")
    if facts.reporter is None:
        return t("problems.page.source", source=source)
    is_doubtful = not facts.reporter_is_linked and not facts.parts.isdisjoint(_OFFICIAL)
    key = "problems.page.reporter_unverified" if is_doubtful else "problems.page.reporter"
    return t(key, name=facts.reporter.name, source=source)


def said(t: Translator, facts: Facts) -> list[Html]:
    lines = []
    if facts.problem.summary:
        lines.append(t("problems.page.said", text=_short(facts.problem.summary, SUMMARY_SHOWN)))
    if facts.media:
        lines.append(t("problems.page.media", media=media(t, facts.media)))
    return lines


def media(t: Translator, counts: dict[str, int]) -> Html:
    """2 张照片、1 段语音"""
    kinds = [kind for kind in ("photo", "voice", "document") if counts.get(kind)]
    return t("problems.media.and").join(t(f"problems.media.{kind}", n=counts[kind]) for kind in kinds)


def course(t: Translator, office: Office, facts: Facts) -> list[Html]:
    shown = facts.steps[-STEPS_SHOWN:]
    head = "problems.page.course" if len(shown) == len(facts.steps) else "problems.page.course_newest"
    return [t(head, n=len(shown)), *(_course_line(t, office, step) for step in shown)]


def _course_line(t: Translator, office: Office, step: Step) -> Html:
    when = t.datetime(office.local(step.event.at))
    line = t("problems.page.step", when=when, step=deed(t, step))
    if not step.event.note or step.event.act == "reported":  # the report itself stands above
        return line
    return Html("\n").join([line, note(t, step, NOTE_SHOWN)])


def note(t: Translator, step: Step, longest: int | None = None) -> Html:
    """What was said about a step, or who handles it now; `longest` in characters."""
    key = "problems.page.new_owner" if step.event.act in OWNER_ACTS else "problems.page.note"
    text = step.event.note or ""
    return t(key, note=_short(text, longest) if longest else text)


def deed(t: Translator, step: Step) -> Html:
    """Who did what: 王联系 干部：已受理"""
    what = t(f"problems.step.{step.event.act}")
    if step.name is None:
        return what
    is_for_others = step.event.act.startswith("answer_") and not step.is_household
    key = "problems.page.deed_proxy" if is_for_others else "problems.page.deed"
    return t(key, who=" ".join(filter(None, (step.name, step.post))), what=what)


def list_label(t: Translator, office: Office, problem: Problem, household: Household | None) -> str:
    """The button of a problem in a list; without the household where the reader lives in it. Plain text."""
    key = "problems.list.item_overdue" if is_overdue(office, problem) else "problems.list.item"
    return t.plain(
        key,
        number=problem.number.removeprefix("P-"),
        what=t.plain(f"words.category.{problem.category}") + (f" {household.head}" if household else ""),
        stage=t.plain(f"words.stage.{problem.stage}"),
    )


def _warnings(t: Translator, problem: Problem) -> list[Html]:
    warnings = []
    if problem.urgency == "danger":
        warnings.append(t("problems.page.danger"))
    if problem.confidential:
        warnings.append(t("problems.page.confidential"))
    return warnings


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
