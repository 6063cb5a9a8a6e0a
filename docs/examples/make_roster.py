"""Writes roster.xlsx, the sample town, and roster-with-errors.xlsx, typical mistakes, beside itself.

python docs/examples/make_roster.py [FOLDER]
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from datetime import datetime
from pathlib import Path

import sample_town
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Value = str | int | None
CREATED = datetime(2026, 3, 1)  # noqa: DTZ001 — a fixed date keeps the file the same; workbooks know no zones
TITLE_ROWS = 2
FOOT = "注：没有填联系干部编码的户，由系统自动结对。"

UNIT_HEADERS = ("编码*", "名称*", "上级编码", "类型(县/乡镇/村/组/站所)")
CADRE_HEADERS = ("编码*", "姓名*", "单位编码*", "职务", "电话", "角色(联系干部/督导/管理员)", "最多户数")
HOUSEHOLD_HEADERS = (
    "序号",
    "户编码*",
    "户主*",
    "单位编码*",
    "地址",
    "电话",
    "人口",
    "类别(重点/关注/一般)",
    "联系干部编码",
    "困难原因",
    "备注",
)

UNITS_WITH_ERRORS = (
    ("01", "清河县", "", "县"),
    ("0101", "云溪镇", "01", "乡镇"),
    ("010101", "东桥村", "0101", "村"),
    ("010102", "柳湾村", "01010201", "村"),  # its own group as parent: a cycle
    ("01010201", "柳湾村1组", "010102", "组"),
    ("010103", "石坪村", "0109", "村"),  # unknown unit
    ("010101", "东桥村", "0101", "村"),  # the same code again
    ("0191", "水利站", "0101", "单位科室"),  # unknown type
)
CADRES_WITH_ERRORS = (
    ("G001", "王春山", "010101", "村党支部书记", "13800000001", "联系干部", 6),
    ("G002", "", "0101", "镇干部", "13800000002", "联系干部", 6),  # no name
    ("G003", "李永林", "0101", "镇干部", "13800000003", "组长", 6),  # unknown role
    ("G004", "张长生", 101, "镇干部", 13800000004, "联系干部、督导", 6),  # numbers for text: understood
    ("G005", "刘德才", "0101", "镇干部", "1380000", "联系干部", -2),  # short phone; negative
)
HOUSEHOLDS_WITH_ERRORS = (
    (1, "H0001", "陈国华", 10101, "东桥村1号", "13900000001", 3, "红", "G001", "因病", ""),  # understood
    (2, "H0002", "杨文英", "010199", "东桥村2号", "13900000002", 4, "黄", "G001", "", ""),  # unknown unit
    (3, "H0003", "黄正芳", "010101", "东桥村3号", "13900000003", 2, "蓝", "G001", "", ""),  # unknown tier
    (4, "H0004", "赵家兰", "010101", "东桥村4号", "13900000004", -1, "绿", "G099", "", ""),  # negative; unknown cadre
    (5, "H0004", "吴世珍", "010101", "东桥村5号", "13900000001", 40, "绿", "", "", ""),  # twice; phone, size
    (6, "", "周明荣", "010101", "东桥村6号", "", 5, "一般", "", "", ""),  # no code
)


def write_sample(path: Path) -> None:
    households = [(number, *astuple(household)) for number, household in enumerate(sample_town.households(), start=1)]
    with _workbook(path) as workbook:
        _write_sheet(workbook, "单位", UNIT_HEADERS, map(astuple, sample_town.units()))
        _write_sheet(workbook, "干部", CADRE_HEADERS, map(astuple, sample_town.cadres()))
        _write_sheet(workbook, "农户", HOUSEHOLD_HEADERS, households, foot=FOOT)


def write_mistakes(path: Path) -> None:
    with _workbook(path) as workbook:
        _write_sheet(workbook, "单位", UNIT_HEADERS, UNITS_WITH_ERRORS)
        _write_sheet(workbook, "干部", CADRE_HEADERS, CADRES_WITH_ERRORS)
        _write_sheet(workbook, "农户", HOUSEHOLD_HEADERS, HOUSEHOLDS_WITH_ERRORS)


def _workbook(path: Path) -> Workbook:
    workbook = Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False})
    workbook.set_properties({"title": "云溪镇结对名册（示例）", "created": CREATED})
    return workbook


def _write_sheet(
    workbook: Workbook, name: str, headers: Sequence[str], rows: Iterable[Sequence[Value]], foot: str = ""
) -> None:
    sheet = workbook.add_worksheet(name)
    _write_titles(workbook, sheet, name, last_column=len(headers) - 1)
    sheet.write_row(TITLE_ROWS, 0, headers, _header_format(workbook))
    text = workbook.add_format({"num_format": "@"})  # or the spreadsheet would drop leading zeros on editing
    for number, row in enumerate(rows, start=TITLE_ROWS + 1):
        _write_row(sheet, number, row, text)
    if foot:
        sheet.write_string(sheet.dim_rowmax + 2, 0, foot)
    sheet.freeze_panes(TITLE_ROWS + 1, 0)
    sheet.set_column(0, len(headers) - 1, 14)


def _write_titles(workbook: Workbook, sheet: Worksheet, name: str, last_column: int) -> None:
    title = workbook.add_format({"bold": True, "font_size": 16, "align": "center"})
    sheet.merge_range(0, 0, 0, last_column, f"清河县云溪镇干部联系群众名册 · {name}（示例，人名均为虚构）", title)
    sheet.write_string(1, 0, "填报单位：云溪镇人民政府　　带 * 的为必填")


def _header_format(workbook: Workbook) -> Format:
    return workbook.add_format({"bold": True, "bg_color": "#E7F0E4", "border": 1, "text_wrap": True})


def _write_row(sheet: Worksheet, row: int, values: Sequence[Value], text: Format) -> None:
    for column, value in enumerate(values):
        if isinstance(value, str):
            sheet.write_string(row, column, value, text)
        elif value is not None:
            sheet.write_number(row, column, value)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    write_sample(folder / "roster.xlsx")
    write_mistakes(folder / "roster-with-errors.xlsx")
