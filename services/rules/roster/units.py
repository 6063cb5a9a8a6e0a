"""Sheet 单位: what each unit is."""

from collections.abc import Mapping, Sequence

from services.rules.roster.codes import CodeBook
from services.rules.roster.row import Row
from services.rules.roster.unit_tree import check_tree
from services.rules.roster.values import KnownCodes, UnitKind, UnitRow

WORDS_FOR_KIND: Mapping[UnitKind, tuple[str, ...]] = {
    UnitKind.COUNTY: ("县", "区", "县级市", "县市区", "county"),
    UnitKind.TOWN: ("乡镇", "乡", "镇", "街道", "乡镇街道", "town", "township"),
    UnitKind.VILLAGE: ("村", "社区", "行政村", "村社区", "village"),
    UnitKind.GROUP: ("组", "村民组", "村民小组", "小组", "group"),
    UnitKind.DEPARTMENT: ("站所", "部门", "站", "所", "办", "中心", "单位", "department", "station"),
}
KIND_OF_WORD = {word: kind for kind, words in WORDS_FOR_KIND.items() for word in words}
NAME_ENDINGS: Mapping[str, UnitKind] = {
    "县": UnitKind.COUNTY,
    "镇": UnitKind.TOWN,
    "乡": UnitKind.TOWN,
    "街道": UnitKind.TOWN,
    "村": UnitKind.VILLAGE,
    "社区": UnitKind.VILLAGE,
    "组": UnitKind.GROUP,
}
BETWEEN_WORDS = r"[、/()（）,，]"


def check_units(rows: Sequence[Row], in_reach: CodeBook, known: KnownCodes) -> tuple[UnitRow, ...]:
    """Remarks unknown parents and types and a broken tree; guesses the type of a new unit from its name."""
    units = [_unit(row, in_reach, known) for row in rows]
    check_tree(units, rows, known)
    return tuple(unit for unit, row in zip(units, rows, strict=True) if row.sound)


def _unit(row: Row, in_reach: CodeBook, known: KnownCodes) -> UnitRow:
    name = row.name("name")
    parent_code = row.reference("parent_code", in_reach, "unknown_unit")
    kind = _kind(row, name, is_new=row.own_code not in known.units)
    return UnitRow(row.sheet.name, row.number, row.own_code, name, parent_code, kind)


def _kind(row: Row, name: str, is_new: bool) -> UnitKind | None:
    words = row.words("kind", BETWEEN_WORDS)
    if not words:
        return _guessed_kind(row, name) if is_new else None
    kind = KIND_OF_WORD.get("".join(words)) or KIND_OF_WORD.get(words[0])
    if kind is None:
        row.error("kind", "unknown_kind", value="".join(words))
    return kind


def _guessed_kind(row: Row, name: str) -> UnitKind:
    endings = (kind for ending, kind in NAME_ENDINGS.items() if name.endswith(ending))
    kind = next(endings, UnitKind.DEPARTMENT)
    row.doubt("kind", f"kind_guessed.{kind}", name=name)
    return kind
