"""What the reader takes in good part."""

from datetime import date

import pytest

from services.rules.policy import Tier
from services.rules.roster.checking import check_roster, check_tables
from services.rules.roster.values import CadreRow, HouseholdRow, KnownCodes, RosterRole, Table, UnitKind, UnitRow
from tests.roster.rosters import (
    CADRES,
    HOUSEHOLDS,
    UNITS,
    cadre,
    checked,
    checked_rows,
    doubts,
    errors,
    household,
    unit,
    xlsx,
)

ONE_UNIT = KnownCodes(units=frozenset({"0101"}))


def test_a_good_roster_is_read_as_it_stands_and_without_a_remark() -> None:
    result = checked()
    assert result.findings == ()
    assert result.roster.units == (
        UnitRow("单位", 2, "01", "云溪镇", None, UnitKind.TOWN),
        UnitRow("单位", 3, "0101", "东桥村", "01", UnitKind.VILLAGE),
    )
    assert result.roster.cadres == (
        CadreRow("干部", 2, "G1", "王春山", "0101", "村会计", "13800000001", (RosterRole.CADRE,), 6),
        CadreRow("干部", 3, "G2", "李永林", "01", "镇长", "13800000002", (RosterRole.CADRE, RosterRole.SUPERVISOR)),
    )
    assert result.roster.households == (
        HouseholdRow(
            "农户", 2, "H1", "陈国华", "0101", "东桥村1号", "13900000001", 3, Tier.RED, "G1", "因病", "听力不好"
        ),
        HouseholdRow("农户", 3, "H2", "杨文英", "0101", "东桥村2号", "13900000002", 4, Tier.YELLOW),
    )


def test_sheets_are_recognised_by_their_header_whatever_they_are_called_and_wherever_they_stand() -> None:
    data = xlsx(Sheet1=HOUSEHOLDS, 干部=UNITS, x=CADRES)
    roster = check_roster([("a.xlsx", data)], KnownCodes()).roster
    assert (len(roster.units), len(roster.cadres), len(roster.households)) == (2, 2, 2)


def test_a_file_may_hold_only_some_sheets() -> None:
    result = checked_rows(UNITS)
    assert (len(result.roster.units), result.roster.cadres, result.findings) == (2, (), ())


def test_several_sheets_of_a_kind_are_one_list() -> None:
    more = [HOUSEHOLDS[0], ["H9", "赵家兰", "0101"]]
    data = xlsx(单位=UNITS, 干部=CADRES, 东桥=HOUSEHOLDS, 柳湾=more)
    result = check_roster([("a.xlsx", data)], KnownCodes())
    assert [row.code for row in result.roster.households] == ["H1", "H2", "H9"]


@pytest.mark.parametrize(
    "above",
    [
        [["云溪镇结对名册"]],
        [["云溪镇结对名册"], ["单位：云溪镇", "日期：", date(2026, 3, 1)]],
        [[], ["", ""], ["名称", "说明"]],
        [["编码", "说明"], ["户编码是什么"]],
    ],
)
def test_title_rows_above_the_header_are_passed_over(above: list[list[str]]) -> None:
    result = checked(units=[*above, *UNITS])
    assert result.findings == ()
    assert [row.row for row in result.roster.units] == [len(above) + 2, len(above) + 3]


def test_a_header_far_below_is_still_the_header_in_the_numbering_of_the_spreadsheet() -> None:
    data = xlsx(单位=[[], [], [], *UNITS], 干部=[], 农户=[])
    units = check_roster([("a.xlsx", data)], KnownCodes()).roster.units
    assert [unit.row for unit in units] == [5, 6]


def test_empty_rows_and_columns_and_another_order_are_tolerated() -> None:
    rows = [
        ["", "类型", "", "名称", "编码"],
        [],
        ["", "乡镇", "", "云溪镇", "01"],
        ["", ""],
        ["", "", "", "东桥村", "02"],
    ]
    result = checked_rows(rows, KnownCodes(units=frozenset({"02"})))
    assert [(unit.row, unit.code, unit.name) for unit in result.roster.units] == [
        (3, "01", "云溪镇"),
        (5, "02", "东桥村"),
    ]


def test_unused_columns_are_named_once_and_a_running_number_is_not() -> None:
    rows = [["序号", "编码", "名称", "类型", "邮编", "传真"], [1, "01", "云溪镇", "乡镇", "1", "2"]]
    result = checked_rows(rows)
    assert doubts(result) == [("表", 1, None, "unused_columns")]
    assert result.findings[0].params == {"columns": "邮编、传真"}


@pytest.mark.parametrize(
    "header",
    [
        ["编码*", "名称*", "上级编码", "类型(县/乡镇/村/组/站所)"],
        ["＊编码", "名称（必填）", "上级编码：", "类 型"],
        ["编 码", "名\u3000称", "上级\n编码", "\xa0类型"],
        ["单位编码", "单位名称", "上级单位编码", "单位类型"],
        ["Code", "Name", "Parent code", "Type"],
        ["Unit Code", "UNIT NAME", "Parent", "Kind"],
    ],
)
def test_headers_may_carry_stars_remarks_spaces_or_be_english(header: list[str]) -> None:
    result = checked(units=[header, *UNITS[1:]])
    assert result.findings == ()
    assert result.roster.units == checked().roster.units


@pytest.mark.parametrize(
    "code", ["0101", "０１０１", " 0101 ", "\u3000０1０1\xa0", "01 01", "\u200b0101", "101", 101, 101.0, "101.0"]
)
def test_codes_are_understood_however_the_spreadsheet_bent_them(code: str | float) -> None:
    rows = [HOUSEHOLDS[0], ["H1", "陈国华", code]]
    result = checked_rows(rows, ONE_UNIT)
    assert result.findings == ()
    assert result.roster.households[0].unit_code == "0101"


def test_own_codes_that_became_numbers_are_text_again() -> None:
    rows = [UNITS[0], [12.0, "云溪镇", "", "乡镇"], [13, "东桥村", 12, "村"]]
    result = checked_rows(rows)
    assert [(unit.code, unit.parent_code) for unit in result.roster.units] == [("12", None), ("13", "12")]


def test_an_own_code_that_is_stored_with_zeros_gets_them_back() -> None:
    rows = [UNITS[0], [12.0, "云溪镇", "", "乡镇"]]
    result = checked_rows(rows, KnownCodes(units=frozenset({"0012"})))
    assert result.roster.units[0].code == "0012"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张　三", "张三"),
        (" 张三 ", "张三"),
        ("张\u200b三\ufeff", "张三"),
        ("李𠮷祥", "李𠮷祥"),
        ("Anna  Li", "Anna Li"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("José María", "José María"),
    ],
)
def test_names_lose_stray_spaces_and_nothing_else(written: str, name: str) -> None:
    result = checked(households=household(户主=written))
    assert result.findings == ()
    assert result.roster.households[2].head == name


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        (13900000003.0, "13900000003"),
        ("139 0000 0003", "13900000003"),
        ("１３９０００００００３", "13900000003"),
        ("139-0000-0003", "13900000003"),
        ("+86 13900000003", "13900000003"),
        ("无", None),
        ("—", None),
    ],
)
def test_phones_are_brought_to_one_form(written: str | float, phone: str | None) -> None:
    result = checked(households=household(电话=written))
    assert result.findings == ()
    assert result.roster.households[2].phone == phone


@pytest.mark.parametrize(
    ("written", "count"), [("３", 3), (" 3 ", 3), ("3人", 3), (3.0, 3), ("3.0", 3), ("", None), ("-", None)]
)
def test_counts_are_understood_as_people_write_them(written: str | float, count: int | None) -> None:
    result = checked(households=household(人口=written))
    assert result.findings == ()
    assert result.roster.households[2].population == count


@pytest.mark.parametrize(
    ("written", "tier"),
    [
        ("红", Tier.RED),
        ("重点", Tier.RED),
        ("红（重点）", Tier.RED),
        ("黄色", Tier.YELLOW),
        ("关注户", Tier.YELLOW),
        ("绿/一般", Tier.GREEN),
        ("Green", Tier.GREEN),
        ("", None),
    ],
)
def test_tiers_in_all_their_words(written: str, tier: Tier | None) -> None:
    result = checked(households=household(类别=written))
    assert result.findings == ()
    assert result.roster.households[2].tier is tier


@pytest.mark.parametrize(
    ("written", "roles"),
    [
        ("联系干部", (RosterRole.CADRE,)),
        ("管理员、督导", (RosterRole.SUPERVISOR, RosterRole.ADMIN)),
        ("督导,联系干部", (RosterRole.CADRE, RosterRole.SUPERVISOR)),
        ("联系干部 督导", (RosterRole.CADRE, RosterRole.SUPERVISOR)),
        ("Cadre; Supervisor", (RosterRole.CADRE, RosterRole.SUPERVISOR)),
        ("联系干部、联系干部", (RosterRole.CADRE,)),
        ("", None),
    ],
)
def test_roles_in_all_their_words(written: str, roles: tuple[RosterRole, ...] | None) -> None:
    result = checked(cadres=cadre(角色=written))
    assert result.findings == ()
    assert result.roster.cadres[2].roles == roles


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("县", UnitKind.COUNTY),
        ("街道", UnitKind.TOWN),
        ("社区", UnitKind.VILLAGE),
        ("村民小组", UnitKind.GROUP),
        ("站所", UnitKind.DEPARTMENT),
    ],
)
def test_unit_types_in_all_their_words(written: str, kind: UnitKind) -> None:
    result = checked(units=unit("9", "某单位", "01", written))
    assert result.findings == ()
    assert result.roster.units[2].kind is kind


def test_lines_below_the_table_and_repeated_headers_are_not_households() -> None:
    below = [HOUSEHOLDS[0], ["H3", "黄正芳", "0101"], [], ["合计", "3户"], ["", "填表人：某某"], ["注：以实际为准"]]
    result = checked(households=[*HOUSEHOLDS, *below])
    assert result.findings == ()
    assert len(result.roster.households) == 3


def test_lines_and_paragraphs_in_a_remark_are_kept() -> None:
    result = checked(households=household(备注=" 第一行\n第二行 "))
    assert result.roster.households[2].notes == "第一行\n第二行"


def test_a_hidden_or_unknown_sheet_is_mentioned_and_passed_over() -> None:
    tables = [Table("单位", UNITS), Table("旧", UNITS, hidden=True), Table("说明", [["怎样填写"]]), Table("空", [])]
    result = check_tables(tables, KnownCodes())
    assert doubts(result) == [("旧", None, None, "hidden_sheet"), ("说明", None, None, "unknown_sheet")]
    assert errors(result) == []
    assert len(result.roster.units) == 2
