"""A workbook keeps what people wrote as text, and reads back as it was given."""

import io
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from services.i18n import clean
from services.rendering.workbook import Cell, Sheet, render_export

DANGEROUS = [
    "=1+1",
    '=HYPERLINK("http://example.org","x")',
    "+86 139",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "{=1+1}",
    "'=1",
    "|cmd",
    "http://example.org",
    "mailto:a@example.org",
    "internal:Sheet1!A1",
    "007",
    "1e5",
    "TRUE",
    "#REF!",
    "2026-03-02",
    "_x0041_",
]


def written(*cells: Cell) -> bytes:
    return render_export([Sheet("台账", ["列"], [[cell] for cell in cells])])


def read(file: bytes) -> list[object]:
    (sheet,) = CalamineWorkbook.from_filelike(io.BytesIO(file)).sheet_names
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_name(sheet).to_python()
    return [row[0] for row in rows[1:]]


def opened(file: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(file))


@pytest.mark.parametrize("text", DANGEROUS)
def test_whatever_people_wrote_is_a_text_cell(text: str) -> None:
    file = written(text)
    cell = opened(file).active["A2"]
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)
    assert read(file) == [text]


@pytest.mark.parametrize("text", DANGEROUS)
def test_editing_a_cell_by_hand_does_not_make_it_a_formula(text: str) -> None:
    cell = opened(written(text)).active["A2"]
    assert cell.quotePrefix
    assert cell.number_format == "@"


@given(st.lists(st.text(st.characters(), max_size=40), max_size=5))
def test_no_text_makes_a_formula_or_a_broken_file(texts: list[str]) -> None:
    file = render_export([Sheet("甲", texts or ["列"], [texts])])
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    cells = [cell for row in opened(file).active.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert [cell.data_type for cell in cells] == ["s"] * len(cells)
    assert [cell.value for cell in cells] == [clean(text) for text in texts if clean(text)]


def test_dates_and_numbers_are_real_and_nothing_is_empty() -> None:
    moment = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
    assert read(written(date(2026, 3, 2), 12, None, "", "x")) == [date(2026, 3, 2), 12.0, "", "", "x"]
    cell = opened(written(moment)).active["A2"]
    assert (cell.value, cell.number_format) == (datetime(2026, 3, 2, 14, 30), "yyyy-mm-dd hh:mm")
    assert opened(written(date(2026, 3, 2))).active["A2"].number_format == "yyyy-mm-dd"


def test_what_excel_would_round_or_refuse_is_kept_as_text() -> None:
    assert read(written(123456789012345678, date(1899, 12, 31))) == ["123456789012345678", "1899-12-31"]


def test_a_text_longer_than_a_cell_is_cut_and_not_lost() -> None:
    (text,) = read(written("😀" * 20_000))
    assert str(text).startswith("😀😀")
    assert str(text).endswith("😀…")
    assert len(str(text).encode("utf-16-le")) // 2 <= 32_767


def test_the_header_stays_in_view_and_columns_are_as_wide_as_their_words() -> None:
    rows: list[list[Cell]] = [["一二三四五六七八九十", "x" * 500, None]]
    sheet = opened(render_export([Sheet("甲", ["名称", "内容", "空"], rows)])).active
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == ["名称", "内容", "空"]
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    assert [20 < widths[0] < 25, 55 < widths[1] < 65, 8 <= widths[2] < 10] == [True] * 3


def test_sheets_get_names_that_excel_accepts() -> None:
    names = ["东风村/一组[1]:*?\\", "", "'quoted'", "History", "重复", "重复", "A" * 40, "a" * 40, "\x00", "村😀" * 20]
    written_names = opened(render_export([Sheet(name, ["列"], []) for name in names])).sheetnames
    assert written_names[0] == "东风村 一组 1"
    assert written_names[2:6] == ["quoted", "History (2)", "重复", "重复 (2)"]
    assert len({name.lower() for name in written_names}) == len(names)
    assert max(len(name.encode("utf-16-le")) // 2 for name in written_names) <= 31


def test_equal_sheets_are_equal_files() -> None:
    assert written("x", 1, date(2026, 3, 2)) == written("x", 1, date(2026, 3, 2))


def test_the_file_does_not_say_when_it_was_made() -> None:
    properties = opened(written("x")).properties
    assert {properties.created, properties.modified} == {datetime(2000, 1, 1)}
