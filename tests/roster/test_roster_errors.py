"""Every error and every doubt, at its sheet, row and column."""

from datetime import date
from io import BytesIO

import pytest
from xlsxwriter import Workbook

from services.rules.roster.checking import MOST_FINDINGS, check_roster
from services.rules.roster.values import Cell, KnownCodes
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
)

ID_NUMBER = "110101190001011234"


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        (("", "某村", "01", "村"), "编码", "missing"),
        (("0102", "", "01", "村"), "名称", "missing"),
        (("0102", "某村", "99", "村"), "上级编码", "unknown_unit"),
        (("0102", "某村", "0102", "村"), "上级编码", "cycle"),
        (("0102", "某村", "01", "公司"), "类型", "unknown_kind"),
        (("0101", "某村", "01", "村"), "编码", "duplicate_code"),
        ((101.0, "某村", "01", "村"), None, None),  # a new code: nothing stored says that zeros are lost
        ((date(2026, 3, 1), "某村", "01", "村"), "编码", "spoilt_code"),
        (("1.23457E+17", "某村", "01", "村"), "编码", "spoilt_code"),
        ((123456789012345678, "某村", "01", "村"), "编码", "spoilt_code"),
        (("x" * 41, "某村", "01", "村"), "编码", "too_long"),
        (("0102", "村" * 61, "01", "村"), "名称", "too_long"),
        (("0102", "#N/A", "01", "村"), "名称", "formula_error"),
    ],
)
def test_errors_in_a_unit(cells: tuple[Cell, ...], column: str | None, problem: str | None) -> None:
    expected = [("单位", 4, column, problem)] if problem else []
    assert errors(checked(units=unit(*cells))) == expected


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"编码": ""}, "编码", "missing"),
        ({"编码": "无"}, "编码", "missing"),
        ({"编码": "G1"}, "编码", "duplicate_code"),
        ({"编码": ID_NUMBER}, "编码", "id_number_as_code"),
        ({"姓名": " \u3000"}, "姓名", "missing"),
        ({"单位编码": ""}, "单位编码", "missing"),
        ({"单位编码": "0199"}, "单位编码", "unknown_unit"),
        ({"角色": "联系干部、组长"}, "角色", "unknown_role"),
        ({"最多户数": -1}, "最多户数", "negative"),
        ({"最多户数": "若干"}, "最多户数", "not_a_number"),
        ({"最多户数": 2.5}, "最多户数", "not_a_number"),
        ({"最多户数": 1e300}, "最多户数", "not_a_number"),
        ({"职务": "长" * 61}, "职务", "too_long"),
        ({"电话": "1" * 41}, "电话", "too_long"),
    ],
)
def test_errors_in_a_cadre(cells: dict[str, Cell], column: str, problem: str) -> None:
    result = checked(cadres=cadre(**cells))
    assert errors(result) == [("干部", 4, column, problem)]
    assert len(result.roster.cadres) == 2


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"户编码": ""}, "户编码", "missing"),
        ({"户编码": "H1"}, "户编码", "duplicate_code"),
        ({"户主": ""}, "户主", "missing"),
        ({"单位编码": "9"}, "单位编码", "unknown_unit"),
        ({"人口": -3}, "人口", "negative"),
        ({"人口": "−3"}, "人口", "not_a_number"),
        ({"人口": True}, "人口", "not_a_number"),
        ({"类别": "蓝"}, "类别", "unknown_tier"),
        ({"类别": "红、黄"}, "类别", "unknown_tier"),
        ({"联系干部编码": "G9"}, "联系干部编码", "unknown_cadre"),
        ({"联系干部编码": "#REF!"}, "联系干部编码", "formula_error"),
        ({"地址": "路" * 201}, "地址", "too_long"),
        ({"备注": "很" * 2001}, "备注", "too_long"),
    ],
)
def test_errors_in_a_household(cells: dict[str, Cell], column: str, problem: str) -> None:
    result = checked(households=household(**cells))
    assert errors(result) == [("农户", 4, column, problem)]
    assert len(result.roster.households) == 2


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"电话": "12345"}, "电话", "odd_phone"),
        ({"电话": "问邻居"}, "电话", "odd_phone"),
        ({"电话": "13900000003、13900000004"}, "电话", "only_first_phone"),
        ({"电话": "13900000001"}, "电话", "same_phone"),
        ({"户主": "陈国华"}, "户主", "same_head"),
        ({"户主": "李?祥"}, "户主", "odd_character"),
        ({"户主": "李\ue000祥"}, "户主", "odd_character"),
        ({"人口": 0}, "人口", "unusual_size"),
        ({"人口": 40}, "人口", "unusual_size"),
        ({"备注": f"身份证 {ID_NUMBER}"}, "备注", "id_number"),
        ({"联系干部编码": "G3"}, None, None),
    ],
)
def test_doubts_about_a_household_stop_nothing(cells: dict[str, Cell], column: str | None, problem: str | None) -> None:
    result = checked(cadres=cadre(), households=household(**cells))
    assert doubts(result) == ([("农户", 4, column, problem)] if problem else [])
    assert len(result.roster.households) == 3


def test_an_odd_phone_is_kept_as_written() -> None:
    assert checked(households=household(电话="１2345")).roster.households[2].phone == "12345"


def test_a_full_id_number_is_not_kept_anywhere() -> None:
    result = checked(households=household(户主=f"黄正芳{ID_NUMBER}", 备注=ID_NUMBER, 电话=ID_NUMBER))
    assert ID_NUMBER not in repr(result)
    assert result.roster.households[2].notes == "*" * 14 + "1234"


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"电话": "13800000001"}, "电话", "same_phone"),
        ({"电话": "12"}, "电话", "odd_phone"),
        ({"最多户数": 0}, "最多户数", "unusual_size"),
        ({"最多户数": 99}, "最多户数", "unusual_size"),
    ],
)
def test_doubts_about_a_cadre_stop_nothing(cells: dict[str, Cell], column: str, problem: str) -> None:
    result = checked(cadres=cadre(**cells))
    assert doubts(result) == [("干部", 4, column, problem)]
    assert len(result.roster.cadres) == 3


def test_more_households_than_a_cadre_may_have_are_doubted_at_the_cadre() -> None:
    result = checked(
        cadres=cadre(最多户数=1),
        households=[*household(联系干部编码="G3"), ["H4", "吴世珍", "0101", "", "", "", "", "G3"]],
    )
    assert doubts(result) == [("干部", 4, "最多户数", "over_maximum")]


def test_households_named_for_someone_who_is_only_a_supervisor_are_doubted() -> None:
    result = checked(cadres=cadre(角色="督导"), households=household(联系干部编码="G3"))
    assert doubts(result) == [("干部", 4, "角色", "not_a_cadre")]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("清河县", "county"), ("石坪乡", "town"), ("柳湾村", "village"), ("柳湾村3组", "group"), ("水利站", "department")],
)
def test_the_type_of_a_new_unit_is_guessed_from_its_name_and_said(name: str, kind: str) -> None:
    result = checked(units=unit("0102", name, "01", ""))
    assert doubts(result) == [("单位", 4, "类型", f"kind_guessed.{kind}")]
    assert result.roster.units[2].kind == kind


def test_the_type_of_a_stored_unit_stays_where_the_cell_is_empty() -> None:
    result = checked(units=unit("0102", "柳湾村", "01", ""), known=KnownCodes(units=frozenset({"01", "0102"})))
    assert result.findings == ()
    assert result.roster.units[2].kind is None


def test_a_second_root_is_doubted() -> None:
    assert doubts(checked(units=unit("02", "石坪镇", "", "乡镇"))) == [("单位", 4, "上级编码", "no_parent")]


def test_a_cycle_is_told_once_at_its_first_row_with_its_path() -> None:
    rows = [
        UNITS[0],
        ["r", "县", "", "县"],
        ["a", "甲村", "c", "村"],
        ["b", "乙村", "a", "村"],
        ["c", "丙村", "b", "村"],
        ["d", "丁组", "a", "组"],
    ]
    result = checked_rows(rows)
    assert errors(result) == [("表", 3, "上级编码", "cycle")]
    assert result.findings[0].params == {"path": "a → c → b → a"}


def test_a_cycle_through_a_stored_unit_is_found() -> None:
    known = KnownCodes(units=frozenset({"a", "b"}), unit_parents={"b": "a"})
    result = checked_rows([UNITS[0], ["a", "甲村", "b", "村"]], known)
    assert errors(result) == [("表", 2, "上级编码", "cycle")]


def test_a_tree_that_is_too_deep_is_refused_without_walking_it_again_and_again() -> None:
    chain = [[str(number), f"第{number}组", str(number - 1) if number else "", "组"] for number in range(5_000)]
    result = checked_rows([UNITS[0], *chain])
    assert errors(result)[0] == ("表", 12, "上级编码", "too_deep")


def test_a_code_whose_zeros_may_be_lost_in_two_ways_is_asked_about() -> None:
    rows = [HOUSEHOLDS[0], ["H1", "陈国华", 7]]
    result = checked_rows(rows, KnownCodes(units=frozenset({"07", "007"})))
    assert errors(result) == [("表", 2, "单位编码", "ambiguous_code")]
    assert result.findings[0].params == {"value": "7", "codes": "007、07"}


def test_an_exact_code_wins_over_one_with_zeros() -> None:
    rows = [HOUSEHOLDS[0], ["H1", "陈国华", "7"]]
    result = checked_rows(rows, KnownCodes(units=frozenset({"7", "007"})))
    assert result.roster.households[0].unit_code == "7"


def test_zeros_that_were_added_are_not_taken_away() -> None:
    rows = [HOUSEHOLDS[0], ["H1", "陈国华", "007"]]
    assert errors(checked_rows(rows, KnownCodes(units=frozenset({"7"})))) == [("表", 2, "单位编码", "unknown_unit")]


def test_codes_of_the_database_are_known() -> None:
    known = KnownCodes(units=frozenset({"55"}), cadres=frozenset({"K1"}))
    rows = [HOUSEHOLDS[0], ["H1", "陈国华", "55", "", "", "", "", "K1"]]
    assert checked_rows(rows, known).findings == ()


def test_a_missing_required_column_is_told_at_the_header() -> None:
    result = checked_rows([["名册"], ["编码", "姓名", "电话"], ["G1", "王春山", ""]])
    assert errors(result) == [("表", 2, "单位编码", "missing_column")]


def test_a_formula_that_came_to_nothing_is_an_error_and_not_an_empty_cell() -> None:
    packed = BytesIO()
    with Workbook(packed, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("农户")
        sheet.write_row(0, 0, HOUSEHOLDS[0])
        sheet.write_row(1, 0, ["H1", "陈国华", "01"])
        sheet.write_formula(1, 7, "=VLOOKUP(A2,干部!A:B,2,FALSE)", None, "#N/A")
    result = check_roster([("a.xlsx", packed.getvalue())], KnownCodes(units=frozenset({"01"})))
    assert errors(result) == [("农户", 2, "联系干部编码", "formula_error")]


def test_all_errors_of_a_row_and_of_the_file_are_listed_at_once() -> None:
    result = checked(
        units=unit("0102", "", "77", "村"),
        cadres=cadre(角色="组长"),
        households=household(户编码="", 类别="蓝", 人口=-1),
    )
    assert errors(result) == [
        ("单位", 4, "名称", "missing"),
        ("单位", 4, "上级编码", "unknown_unit"),
        ("干部", 4, "角色", "unknown_role"),
        ("农户", 4, "户编码", "missing"),
        ("农户", 4, "人口", "negative"),
        ("农户", 4, "类别", "unknown_tier"),
    ]


def test_a_row_with_an_error_is_still_known_to_the_others() -> None:
    result = checked(cadres=cadre(姓名=""), households=household(联系干部编码="G3"))
    assert errors(result) == [("干部", 4, "姓名", "missing")]


def test_beyond_a_thousand_findings_the_rest_is_counted() -> None:
    rows = [HOUSEHOLDS[0], *([f"H{number}", "陈国华", "9"] for number in range(MOST_FINDINGS))]
    result = checked_rows(rows)
    assert len(result.findings) == MOST_FINDINGS + 1
    assert result.findings[-1].message_id == "roster.finding.more"
    assert result.findings[-1].params == {"count": MOST_FINDINGS - 1}


def test_the_sheet_of_cadres_alone_checks_against_stored_units() -> None:
    assert checked_rows(CADRES, KnownCodes(units=frozenset({"01", "0101"}))).findings == ()
