"""The morning's reminder in words, as things stand when it leaves."""

from datetime import date

from models.actor import Actor, Role
from models.queries import reminders as rows
from models.queries.reminders import DueProblem
from models.session import Session
from services import households
from services.households import HouseholdLine
from services.i18n import Html, Translator, translator
from services.messages import Button, Message, button
from services.notices.composing import Notices, Params
from services.office import Office
from services.site_days import end_of

PROBLEMS_SHOWN = 5


def reminder(session: Session, office: Office, reader: Actor, params: Params) -> Message | None:
    """None on any other day than its own, for whoever is no cadre any more, and where nothing is left to do."""
    today = office.today()
    if not reader.has(Role.CADRE) or date.fromisoformat(params["date"]) != today:
        return None
    lines = households.todays_three(households.mine(session, office, reader))
    problems = rows.problems_due(session, reader, before=end_of(office, today))
    if not lines and not problems:
        return None
    t = translator(reader.language)
    return Message(_text(t, office, lines, problems), _buttons(t, lines, problems))


def _text(t: Translator, office: Office, lines: list[HouseholdLine], problems: list[DueProblem]) -> Html:
    paragraphs = [t("reminders.title", date=t.date(office.today()))]
    if lines:
        paragraphs.append(Html("\n").join([t("reminders.households"), *(_household(t, line) for line in lines)]))
    if problems:
        shown = [_problem(t, office, problem) for problem in problems[:PROBLEMS_SHOWN]]
        more = len(problems) - len(shown)
        rest = [t("reminders.more_problems", n=more)] if more else []
        paragraphs.append(Html("\n").join([t("reminders.problems"), *shown, *rest]))
    return Html("\n\n").join(paragraphs)


def _household(t: Translator, line: HouseholdLine) -> Html:
    assert line.visit.due_on is not None  # whoever is picked has a window
    return t(
        f"reminders.visit.{line.visit.kind}",
        head=line.head,
        unit=line.unit_name,
        tier=t(f"words.tier.{line.tier}"),
        n=line.visit.days_overdue,
        due=t.date(line.visit.due_on),
    )


def _problem(t: Translator, office: Office, problem: DueProblem) -> Html:
    due = office.local(problem.due_at)
    days_late = (office.today() - due.date()).days
    return t(
        "reminders.problem.late" if days_late > 0 else "reminders.problem.today",
        number=problem.number,
        category=t(f"words.category.{problem.category}"),
        head=problem.head,
        n=days_late,
        time=t.time(due),
    )


def _buttons(t: Translator, lines: list[HouseholdLine], problems: list[DueProblem]) -> tuple[tuple[Button, ...], ...]:
    visits = [(button(t.plain("reminders.log_visit", head=line.head), "visits.open", line.id),) for line in lines]
    if not problems:
        return tuple(visits)
    return (*visits, (button(t.plain("words.button.problems"), "problems.list", "mine", 0),))


NOTICES: Notices = {"reminder": reminder}
