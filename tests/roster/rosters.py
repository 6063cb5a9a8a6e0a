"""Small rosters by hand, as the bytes that an administrator would send."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from services.rules.roster.checking import check_roster, check_tables
from services.rules.roster.values import Cell, CheckedRoster, Finding, KnownCodes, Level, Table

Rows = Sequence[Sequence[Cell]]
Place = tuple[str, int | None, str | None, str]

UNIT_HEADER = ["编码", "名称", "上级编码", "类型"]
CADRE_HEADER = ["编码", "姓名", "单位编码", "职务", "电话", "角色", "最多户数"]
HOUSEHOLD_HEADER = [
    "户编码",
    "户主",
    "单位编码",
    "地址",
    "电话",
    "人口",
    "类别",
    "联系干部编码",
    "困难原因",
    "备注",
]
UNITS: Rows = [
    UNIT_HEADER,
    ["01", "云溪镇", "", "乡镇"],
    ["0101", "东桥村", "01", "村"],
]
CADRES: Rows = [
    CADRE_HEADER,
    ["G1", "王春山", "0101", "村会计", "13800000001", "联系干部", 6],
    ["G2", "李永林", "01", "镇长", "13800000002", "督导、联系干部", ""],
]
HOUSEHOLDS: Rows = [
    HOUSEHOLD_HEADER,
    ["H1", "陈国华", "0101", "东桥村1号", "13900000001", 3, "红", "G1", "因病", "听力不好"],
    ["H2", "杨文英", "0101", "东桥村2号", "13900000002", 4, "关注", "", "", ""],
]


def xlsx(**sheets: Rows) -> bytes:
    packed = BytesIO()
    with Workbook(packed, {"in_memory": True, "default_date_format": "m-d"}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    write = sheet.write_string if isinstance(cell, str) else sheet.write
                    write(number, column, cell)
    return packed.getvalue()


def delimited(rows: Rows, separator: str = ",", encoding: str = "utf-8") -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def checked(
    units: Rows = UNITS, cadres: Rows = CADRES, households: Rows = HOUSEHOLDS, known: KnownCodes | None = None
) -> CheckedRoster:
    """Through a real .xlsx with the three sheets."""
    data = xlsx(单位=units, 干部=cadres, 农户=households)
    return check_roster([("名册.xlsx", data)], known or KnownCodes())


def checked_rows(rows: Rows, known: KnownCodes | None = None) -> CheckedRoster:
    """One sheet called 表, without a file around it."""
    return check_tables([Table("表", rows)], known or KnownCodes())


def unit(*cells: Cell) -> Rows:
    return [*UNITS, cells]


def cadre(**cells: Cell) -> Rows:
    """The good cadres and, in row 4, one more with these cells."""
    return [*CADRES, _row(CADRE_HEADER, {"编码": "G3", "姓名": "张长生", "单位编码": "01"} | cells)]


def household(**cells: Cell) -> Rows:
    """The good households and, in row 4, one more with these cells."""
    return [*HOUSEHOLDS, _row(HOUSEHOLD_HEADER, {"户编码": "H3", "户主": "黄正芳", "单位编码": "0101"} | cells)]


def errors(result: CheckedRoster) -> list[Place]:
    return [_place(finding) for finding in result.findings if finding.level is Level.ERROR]


def doubts(result: CheckedRoster) -> list[Place]:
    return [_place(finding) for finding in result.findings if finding.level is Level.DOUBT]


def _place(finding: Finding) -> Place:
    """Sheet, row, column, problem."""
    problem = finding.message_id.split(".", maxsplit=2)[2]
    return finding.sheet, finding.row, finding.column, problem


def _row(header: Sequence[str], cells: dict[str, Cell]) -> list[Cell]:
    return [cells.get(column, "") for column in header]
