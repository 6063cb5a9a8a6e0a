"""No export carries a formula, a link or anything else that acts, whatever people wrote into whatever field."""

import ast
import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from models.corrections import CorrectionRequest
from models.problems import Problem, ProblemEvent
from models.queries import actors
from models.visits import Visit
from services import supervision
from services.i18n import Language, clean
from services.onboarding import download
from services.rendering.workbook import Cell, Sheet, render_export
from tests.rendering.inert import active_contents
from tests.source import dotted, modules
from tests.town import MONDAY_MORNING, Town, build_town, make_office

BEGINNINGS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
    "'",
    "|",
    "%",
    ";",
    "{=",
    "\u200b=",
    "\ufeff=",
)
COMMANDS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    'DDE("cmd","/C calc","x")',
    '=HYPERLINK("http://example.org?"&A1,"x")',
    '=WEBSERVICE("http://example.org")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "http://example.org",
    "file:///c:/x",
    "mailto:a@example.org",
    "internal:Sheet1!A1",
    "external:x.xlsx",
    "TRUE",
    "#REF!",
    "1e9",
    "<f>1+1</f>",
    "</t></si><c><f>1</f></c>",
    "_x003D_1+1",
)
hostile = st.one_of(
    st.sampled_from(COMMANDS),
    st.builds(lambda beginning, rest: beginning + rest, st.sampled_from(BEGINNINGS), st.text(max_size=30)),
    st.text(st.characters(), max_size=30),  # with NUL and half surrogate pairs
)
stored = hostile.filter(lambda text: "\0" not in text and not any("\ud800" <= one <= "\udfff" for one in text))
values = st.one_of(hostile, st.integers(), st.dates(), st.datetimes(timezones=st.just(UTC)), st.none())


def test_what_looks_is_not_blind() -> None:
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write(0, 0, "=1+1")
        sheet.write(1, 0, "http://example.org")
        sheet.write_boolean(2, 0, True)
    found = " ".join(active_contents(file.getvalue()))
    assert all(one in found for one in ("<f>", "<hyperlink>", "external", "cells of type b", "A1 is f"))


@given(st.lists(st.tuples(values, values), max_size=6), hostile, hostile)
def test_no_cell_heading_or_name_of_a_sheet_acts(rows: list[tuple[Cell, Cell]], title: str, heading: str) -> None:
    assert active_contents(render_export([Sheet(title, [heading, "b"], rows), Sheet(title, [heading], [])])) == []


@pytest.fixture
def town(session: Session) -> Town:
    return build_town(session)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(stored, min_size=8, max_size=8))
@example(list(COMMANDS[:8]))
@example(["＝1+1", "\t=1+1", "\r=1+1", "@x", "－1", "＋1", "=1", "'=1"])
def test_a_ledger_is_text_whatever_was_written(session: Session, town: Town, texts: list[str]) -> None:
    said, with_whom, summary, note, head, unit, cadre, address = (clean(text) or "x" for text in texts)
    household = town.households["H001"]
    household.head, household.address, town.east_group.name, town.cadre.name = head, address, unit, cadre
    visit = Visit(
        household_id=household.id,
        cadre_id=town.cadre.id,
        method="home",
        condition="steady",
        said=said,
        companions=with_whom[:200],
        visited_on=date(2026, 3, 2),
        recorded_at=MONDAY_MORNING,
    )
    problem = Problem(
        number="P-2026-000001",
        household_id=household.id,
        source="household",
        entered_by_id=town.cadre.id,
        category="water",
        summary=summary,
        owner_id=town.cadre.id,
        unit_id=household.unit_id,
        stage="done",
        reported_at=MONDAY_MORNING,
        due_at=MONDAY_MORNING + timedelta(days=1),
    )
    session.add_all([visit, problem])
    session.flush()
    event = ProblemEvent(
        problem_id=problem.id, at=datetime(2026, 3, 2, tzinfo=UTC), act="finish", stage="done", note=note
    )
    session.add(event)
    session.flush()
    sheets = supervision.export_sheets(session, make_office(), town.town.id, language="zh_CN")
    file = render_export(sheets)
    assert active_contents(file) == []
    shown = {str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(file)) for row in sheet for cell in row}
    assert {said, summary, note, head} <= shown, "nothing was lost either"
    for row in (event, visit, problem):
        session.delete(row)
        session.flush()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(stored, min_size=8, max_size=8))
@example(list(COMMANDS[:8]))
@example(["＝1+1", "\t=1+1", "\r=1+1", "@x", "－1", "＋1", "=1", "'=1"])
def test_what_is_kept_about_a_person_is_text_whatever_was_written(
    session: Session, town: Town, texts: list[str]
) -> None:
    summary, note, wanted, answer, head, unit, name, address = (clean(text) or "x" for text in texts)
    household = town.households["H001"]
    household.head, household.address, town.east_group.name, town.resident.name = head, address, unit, name
    problem = Problem(
        number="P-2026-000001",
        household_id=household.id,
        source="household",
        entered_by_id=town.resident.id,
        reporter_id=town.resident.id,
        category="water",
        summary=summary,
        owner_id=town.cadre.id,
        unit_id=household.unit_id,
        stage="done",
        reported_at=MONDAY_MORNING,
        due_at=MONDAY_MORNING + timedelta(days=1),
    )
    asked = CorrectionRequest(
        person_id=town.resident.id, wanted=wanted, asked_at=MONDAY_MORNING, outcome="explained", answer=answer
    )
    session.add_all([problem, asked])
    session.flush()
    event = ProblemEvent(problem_id=problem.id, at=MONDAY_MORNING, act="finish", stage="done", note=note)
    session.add(event)
    session.flush()
    actor = actors.actor_by_telegram_id(session, 401, language=Language.ZH_CN)
    file = render_export(download.sheets(session, make_office(), actor))
    assert active_contents(file) == []
    shown = {str(cell.value) for sheet in openpyxl.load_workbook(io.BytesIO(file)) for row in sheet for cell in row}
    assert {summary, note, wanted, answer, head, unit, name, address} <= shown, "nothing was lost either"
    for row in (event, asked, problem):
        session.delete(row)
        session.flush()


def test_files_of_cells_are_written_in_one_place() -> None:
    """So that what holds for `render_export` holds for every export."""
    writing = {
        (module.name, name)
        for module in modules("bot", "handlers", "services", "models")
        for node in ast.walk(module.tree)
        for name in ("xlsxwriter", "openpyxl", "csv.writer", "csv.DictWriter")
        if (isinstance(node, ast.Attribute) and dotted(node) == name)
        or (isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == name)
        or (isinstance(node, ast.Import) and any(alias.name.partition(".")[0] == name for alias in node.names))
    }
    sample = ("bot/demo/operator.py", "csv.writer")  # the demo's made-up roster, for its own import
    assert writing - {sample} == {("services/rendering/workbook.py", "xlsxwriter")}
