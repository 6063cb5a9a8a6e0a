"""Files → CheckedRoster: everything that is wrong or doubtful, at once."""

from collections.abc import Iterable, Sequence

from services.rules.roster.cadres import check_cadres
from services.rules.roster.codes import CodeBook
from services.rules.roster.findings import Findings
from services.rules.roster.headers import Sheet, recognise
from services.rules.roster.households import check_households, check_pairs
from services.rules.roster.reading import read_tables
from services.rules.roster.row import MOST_CODES_SHOWN, Row
from services.rules.roster.units import check_units
from services.rules.roster.values import (
    CheckedRoster,
    File,
    Finding,
    KnownCodes,
    Level,
    Roster,
    SheetKind,
    Table,
    Unreadable,
)

MOST_FINDINGS = 1_000  # nobody reads more, and the result is kept until the administrator confirms


def check_roster(files: Sequence[File], known: KnownCodes) -> CheckedRoster:
    """Raises `Unreadable` when there is nothing to check. For files of strangers: `bot.workbooks`."""
    return check_tables(read_tables(files), known)


def check_tables(tables: Sequence[Table], known: KnownCodes) -> CheckedRoster:
    findings = Findings()
    sheets = list(_recognised(tables, findings))
    if not sheets:
        raise Unreadable("roster.refused.no_sheet")
    if any(sheet.missing_required for sheet in sheets):
        _remark_missing_columns(sheets, findings)
        return CheckedRoster(Roster(), tuple(findings.made))
    return CheckedRoster(_checked(sheets, known, findings), _most_important(findings.made, tables))


def _recognised(tables: Iterable[Table], findings: Findings) -> Iterable[Sheet]:
    for table in tables:
        sheet = recognise(table)
        if sheet and not table.hidden:
            yield sheet
            if sheet.unused:
                findings.doubt(sheet, sheet.header_row, None, "unused_columns", columns="、".join(sheet.unused)[:200])
        elif sheet:
            findings.doubt(sheet, None, None, "hidden_sheet")
        elif table.rows:
            findings.made.append(Finding(Level.DOUBT, table.name, None, None, "roster.doubt.unknown_sheet"))


def _remark_missing_columns(sheets: Iterable[Sheet], findings: Findings) -> None:
    for sheet in sheets:
        for field in sheet.missing_required:
            findings.error(sheet, sheet.header_row, field, "missing_column")


def _checked(sheets: Sequence[Sheet], known: KnownCodes, findings: Findings) -> Roster:
    unit_rows = _coded_rows(SheetKind.UNITS, sheets, known.units, findings)
    cadre_rows = _coded_rows(SheetKind.CADRES, sheets, known.cadres, findings)
    household_rows = _coded_rows(SheetKind.HOUSEHOLDS, sheets, known.households, findings)
    units_in_reach = _book(unit_rows, known.units)
    cadres_in_reach = _book(cadre_rows, known.cadres)
    units = check_units(unit_rows, units_in_reach, known)
    cadres = check_cadres(cadre_rows, units_in_reach)
    households = check_households(household_rows, units_in_reach, cadres_in_reach)
    check_pairs(households, cadres, cadre_rows)
    return Roster(units, cadres, households)


def _coded_rows(kind: SheetKind, sheets: Iterable[Sheet], known: frozenset[str], findings: Findings) -> list[Row]:
    """The data rows of all sheets of a kind, each with its own code; every code once, or else an error."""
    stored = CodeBook(known)
    rows = list(_rows(kind, sheets, findings))
    first_with: dict[str, Row] = {}
    for row in rows:
        row.remark_formula_errors()
        row.own_code = _own_code(row, stored)
        first = first_with.setdefault(row.own_code, row)
        if row.own_code and first is not row:
            row.error(
                "code", "duplicate_code", value=row.own_code, other_sheet=first.sheet.name, other_row=first.number
            )
    return rows


def _rows(kind: SheetKind, sheets: Iterable[Sheet], findings: Findings) -> Iterable[Row]:
    of_this_kind = [sheet for sheet in sheets if sheet.kind is kind]
    rows = (Row(sheet, number, cells, findings) for sheet in of_this_kind for number, cells in sheet.rows)
    return (row for row in rows if not row.is_blank)


def _own_code(row: Row, stored: CodeBook) -> str:
    """A code that is stored with leading zeros gets them back."""
    written = row.required_code("code")
    fitting = stored.fitting(written)
    if len(fitting) > 1:
        row.error("code", "ambiguous_code", value=written, codes="、".join(fitting[:MOST_CODES_SHOWN]))
    return fitting[0] if len(fitting) == 1 else written


def _book(rows: Iterable[Row], known: frozenset[str]) -> CodeBook:
    return CodeBook({row.own_code for row in rows if row.own_code} | known)


def _most_important(findings: Sequence[Finding], tables: Sequence[Table]) -> tuple[Finding, ...]:
    """Errors before doubts, each table from top to bottom; what is beyond the limit is at least counted."""
    place = {table.name: number for number, table in enumerate(tables)}
    ordered = sorted(findings, key=lambda found: (found.level is Level.DOUBT, place[found.sheet], found.row or 0))
    if len(ordered) <= MOST_FINDINGS:
        return tuple(ordered)
    left_out = ordered[MOST_FINDINGS:]
    remark = Finding(left_out[0].level, "", None, None, "roster.finding.more", {"count": len(left_out)})
    return (*ordered[:MOST_FINDINGS], remark)
