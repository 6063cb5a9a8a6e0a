"""Which table is which sheet, and where each column stands; told by the header row and nothing else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.rules.roster.cells import compact, one_line
from services.rules.roster.values import Cell, SheetKind, Table

HEADER_WITHIN_ROWS = 30  # title rows above the header
REMARK = re.compile(r"[(（\[【].*|[*＊:：]", re.DOTALL)  # "类型(县/乡镇/…)", "编码*", "电话:"
UNREMARKABLE = {"序号", "no", "no.", "#"}  # columns that nobody misses

# The first name of each column is the one that the site's forms use.
COLUMNS: Mapping[SheetKind, Mapping[str, tuple[str, ...]]] = {
    SheetKind.UNITS: {
        "code": ("编码", "单位编码", "代码", "单位代码", "code", "unitcode"),
        "name": ("名称", "单位名称", "name", "unitname"),
        "parent_code": ("上级编码", "上级单位编码", "上级单位", "上级", "parentcode", "parent"),
        "kind": ("类型", "单位类型", "type", "kind"),
    },
    SheetKind.CADRES: {
        "code": ("编码", "干部编码", "人员编码", "工号", "code", "cadrecode"),
        "name": ("姓名", "干部姓名", "name"),
        "unit_code": ("单位编码", "所属单位编码", "所在单位编码", "unitcode", "unit"),
        "post": ("职务", "职位", "岗位", "post", "position"),
        "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "电话号码", "phone", "mobile"),
        "roles": ("角色", "角色身份", "role", "roles"),
        "max_households": ("最多户数", "户数上限", "maxhouseholds", "maximum"),
    },
    SheetKind.HOUSEHOLDS: {
        "code": ("户编码", "农户编码", "编码", "户号", "code", "householdcode"),
        "head": ("户主", "户主姓名", "head", "headofhousehold"),
        "unit_code": ("单位编码", "所属单位编码", "所在单位编码", "组编码", "unitcode", "unit"),
        "address": ("地址", "住址", "家庭住址", "address"),
        "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "电话号码", "phone", "mobile"),
        "population": ("人口", "人口数", "家庭人口", "population"),
        "tier": ("类别", "关注类别", "tier"),
        "cadre_code": ("联系干部编码", "结对干部编码", "干部编码", "cadrecode", "cadre"),
        "hardship_cause": ("困难原因", "致困原因", "hardship", "hardshipcause"),
        "notes": ("备注", "说明", "notes", "remarks"),
    },
}
REQUIRED: Mapping[SheetKind, tuple[str, ...]] = {
    SheetKind.UNITS: ("code", "name"),
    SheetKind.CADRES: ("code", "name", "unit_code"),
    SheetKind.HOUSEHOLDS: ("code", "head", "unit_code"),
}
FIELD_OF = {
    kind: {alias: field for field, aliases in fields.items() for alias in aliases} for kind, fields in COLUMNS.items()
}


@dataclass(frozen=True)
class Column:
    index: int
    header: str  # as the file has it, without the remark


@dataclass(frozen=True)
class Sheet:
    """A recognised table: its data rows with their spreadsheet numbers, and the headers that weren't understood."""

    kind: SheetKind
    name: str
    header_row: int
    columns: Mapping[str, Column]
    unused: tuple[str, ...]
    rows: Sequence[tuple[int, Sequence[Cell]]]

    def header(self, field: str) -> str:
        column = self.columns.get(field)
        return column.header if column else COLUMNS[self.kind][field][0]

    @property
    def missing_required(self) -> tuple[str, ...]:
        return tuple(field for field in REQUIRED[self.kind] if field not in self.columns)


def recognise(table: Table) -> Sheet | None:
    """The table as the sheet that its best header row makes it, or None."""
    offered = [
        (_fitness(kind, row), -offset, kind)
        for offset, row in enumerate(table.rows[:HEADER_WITHIN_ROWS])
        for kind in SheetKind
    ]
    fitness, negative_offset, kind = max(offered, key=lambda offer: offer[:2], default=(0, 0, SheetKind.UNITS))
    return _sheet(table, kind, -negative_offset) if fitness else None


def header_words(cell: Cell) -> str:
    """Comparable: without stars, remarks in brackets and spaces."""
    return REMARK.sub("", compact(cell)).casefold()


def _fitness(kind: SheetKind, row: Sequence[Cell]) -> int:
    """How many columns it explains; none unless it has two of the required ones."""
    fields = {FIELD_OF[kind].get(header_words(cell)) for cell in row} - {None}
    return len(fields) if len(fields & set(REQUIRED[kind])) >= 2 else 0


def _sheet(table: Table, kind: SheetKind, offset: int) -> Sheet:
    columns: dict[str, Column] = {}
    unused: list[str] = []
    for index, cell in enumerate(table.rows[offset]):
        words = header_words(cell)
        field = FIELD_OF[kind].get(words)
        if field and field not in columns:
            columns[field] = Column(index, REMARK.sub("", one_line(cell)).strip())
        elif words and words not in UNREMARKABLE:
            unused.append(one_line(cell))
    numbered = enumerate(table.rows[offset + 1 :], start=table.first_row_number + offset + 1)
    header = table.rows[offset]
    rows = [(number, row) for number, row in numbered if list(row) != list(header)]  # repeated on each printed page
    return Sheet(kind, table.name, table.first_row_number + offset, columns, tuple(unused), rows)
