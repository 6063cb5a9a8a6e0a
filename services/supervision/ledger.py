"""民情台账: a unit's visits and problems, this month in numbers or all of them as a workbook. Derived, never typed."""

from dataclasses import dataclass
from datetime import date

from models.actor import Actor
from models.queries import digests as digest_rows
from models.queries import ledgers as rows
from models.queries import supervision as supervision_rows
from models.queries.digests import SupervisedUnit
from models.queries.ledgers import ProblemRow, VisitRow
from models.session import Session
from services.errors import NotFound
from services.i18n import Translator, translator
from services.office import Office
from services.rendering.workbook import Cell, Sheet
from services.rules.problem_course import CLOCK_STAGES, WORKING_STAGES, Act, Stage
from services.rules.visits import HouseholdStatus
from services.site_days import end_of, start_of

VISIT_COLUMNS = (
    "visited_on",
    "recorded_at",
    "household_code",
    "head",
    "unit",
    "cadre",
    "method",
    "condition",
    "what_was_said",
)
PROBLEM_COLUMNS = (
    "number",
    "reported_at",
    "household_code",
    "head",
    "unit",
    "source",
    "category",
    "content",
    "urgency",
    "owner",
    "stage",
    "due",
    "outcome",
)

_CLOSING = (Act.FINISH, Act.EXPLAIN, Act.REFER, Act.MARK_DUPLICATE)  # acts whose note says what came of it


@dataclass(frozen=True)
class MonthFigures:
    """One unit from the first of the month until today."""

    unit: SupervisedUnit
    first_day: date
    last_day: date
    contacts: int
    visited: int
    attempts: int  # nobody was met
    households: int  # in the register
    reported: int
    confirmed: int
    ended_otherwise: int
    open_now: int
    past_due_now: int


def units(session: Session, actor: Actor) -> list[SupervisedUnit]:
    """The units whose ledgers the actor keeps."""
    return digest_rows.supervised_units(session, actor)


def own_unit(session: Session, actor: Actor, unit_id: int) -> SupervisedUnit:
    """Errors: NotFound for a unit that the actor doesn't supervise (any more)."""
    for unit in units(session, actor):
        if unit.id == unit_id:
            return unit
    raise NotFound


def month_figures(session: Session, office: Office, unit: SupervisedUnit) -> MonthFigures:
    today = office.today()
    first_day, paths = today.replace(day=1), (unit.path,)
    start, end = start_of(office, first_day), end_of(office, today)
    contacts, visited = supervision_rows.contacts_between(session, paths, first_day, today)
    ended = rows.ended_between(session, paths, start, end)
    return MonthFigures(
        unit,
        first_day,
        today,
        contacts,
        visited,
        rows.attempts_between(session, paths, first_day, today),
        rows.households_by_status(session, paths).get(HouseholdStatus.ACTIVE, 0),
        rows.reported_between(session, paths, start, end),
        ended.get(Stage.CONFIRMED, 0),
        sum(ended.values()) - ended.get(Stage.CONFIRMED, 0),
        rows.open_now(session, paths),
        rows.past_due_now(session, paths, now=office.now(), running=CLOCK_STAGES),
    )


def export_sheets(session: Session, office: Office, unit_id: int, *, language: str) -> tuple[Sheet, ...]:
    """The unit's whole ledger, without phones; a confidential problem tells neither whom nor what it is about.

    The caller has checked that it may be had. Errors: NotFound for a unit that isn't there.
    """
    path = rows.unit_path(session, unit_id)
    if path is None:
        raise NotFound
    t = translator(language)
    visits = [_visit(t, office, row) for row in rows.visits(session, (path,))]
    problems = [_problem(t, office, row) for row in rows.problems(session, (path,), closing_acts=_CLOSING)]
    return (
        Sheet(t.plain("rendering.sheet.visits"), _titles(t, VISIT_COLUMNS), visits),
        Sheet(t.plain("rendering.sheet.problems"), _titles(t, PROBLEM_COLUMNS), problems),
    )


def _titles(t: Translator, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(t.plain(f"rendering.column.{column}") for column in columns)


def _visit(t: Translator, office: Office, row: VisitRow) -> tuple[Cell, ...]:
    return (
        row.visited_on,
        office.local(row.recorded_at),
        row.household_code,
        row.head,
        row.unit_name,
        row.cadre_name,
        t.plain(f"words.method.{row.method}"),
        t.plain(f"words.condition.{row.condition}"),
        row.said,
    )


def _problem(t: Translator, office: Office, row: ProblemRow) -> tuple[Cell, ...]:
    # A workbook is handed on: what was told in confidence stays behind.
    hidden = t.plain("rendering.cell.confidential") if row.is_confidential else None
    return (
        row.number,
        office.local(row.reported_at),
        hidden or row.household_code,
        hidden or row.head,
        row.unit_name,
        t.plain(f"words.source.{row.source}"),
        t.plain(f"words.category.{row.category}"),
        hidden or row.summary,
        t.plain(f"words.urgency.{row.urgency}"),
        row.owner_name,
        t.plain(f"words.stage.{row.stage}"),
        office.local(row.due_at),
        hidden or (None if row.stage in WORKING_STAGES else row.outcome),  # reopened: that was none after all
    )
