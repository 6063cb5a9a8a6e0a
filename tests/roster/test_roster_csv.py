"""The same roster as .csv files, as spreadsheets of all kinds save them."""

import pytest

from services.rules.roster.checking import check_roster
from services.rules.roster.limits import MAX_COLUMNS, MAX_ROWS
from services.rules.roster.reading import read_tables
from services.rules.roster.values import KnownCodes, Unreadable
from tests.roster.rosters import CADRES, HOUSEHOLDS, UNITS, checked, delimited, errors

HEADER = "户编码,户主,单位编码,备注\n"


def refused(name: str, data: bytes) -> str:
    with pytest.raises(Unreadable) as refusal:
        read_tables([(name, data)])
    return refusal.value.reason


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_and_separators_make_no_difference(encoding: str, separator: str) -> None:
    files = [
        (f"{name}.csv", delimited(rows, separator, encoding))
        for name, rows in {"单位": UNITS, "干部": CADRES, "农户": HOUSEHOLDS}.items()
    ]
    assert check_roster(files, KnownCodes()) == checked()


def test_rare_characters_survive_gb18030() -> None:
    (table,) = read_tables([("a.csv", "户主\n李𠮷祥\n".encode("gb18030"))])
    assert table.rows == [["户主"], ["李𠮷祥"]]


def test_a_remark_full_of_semicolons_does_not_change_the_separator() -> None:
    (table,) = read_tables([("a.csv", (HEADER + "H1,陈国华,01,a;b;c;d\n" * 3).encode())])
    assert table.rows[1] == ["H1", "陈国华", "01", "a;b;c;d"]


def test_a_title_row_does_not_change_the_separator() -> None:
    (table,) = read_tables([("a.csv", "名册,2026,云溪,镇\n户编码;户主;单位编码;备注\nH1;陈国华;01;\n".encode())])
    assert table.rows[2] == ["H1", "陈国华", "01"]


def test_line_breaks_in_a_cell_and_of_all_systems_are_read() -> None:
    (table,) = read_tables([("a.csv", b'a,b\r\n"x\ny",1\rz,2\n')])
    assert table.rows == [["a", "b"], ["x\ny", "1"], ["z", "2"]]


def test_odd_unicode_line_ends_do_not_tear_a_row() -> None:
    (table,) = read_tables([("a.csv", "户主,备注\n陈国华,一\u2028二\x85三\n".encode())])
    assert table.rows[1] == ["陈国华", "一\u2028二\x85三"]


def test_row_numbers_count_empty_lines() -> None:
    result = check_roster([("农户.csv", ("\n\n" + HEADER + "\nH1,陈国华,99,\n").encode())], KnownCodes())
    assert errors(result) == [("农户", 5, "单位编码", "unknown_unit")]


def test_a_forgotten_quotation_mark_is_refused_instead_of_swallowing_the_rest() -> None:
    assert refused("a.csv", (HEADER + 'H1,"陈国华,01,\nH2,杨文英,01,\n').encode()) == "roster.refused.broken_csv"


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\xff\xfe\x00", bytes(range(128, 256))])
def test_what_is_not_text_is_refused(data: bytes) -> None:
    assert refused("a.csv", data) == "roster.refused.not_text"


def test_surplus_empty_rows_and_cells_are_not_counted() -> None:
    data = HEADER + "H1,陈国华,01" + "," * 500 + "\n" + ",,,\n" * (MAX_ROWS + 10)
    (table,) = read_tables([("a.csv", data.encode())])
    assert table.rows[1] == ["H1", "陈国华", "01"]


def test_too_many_rows_or_columns_are_refused() -> None:
    assert refused("a.csv", b"a,b\n" * (MAX_ROWS + 1)) == "roster.refused.too_many_rows"
    assert refused("a.csv", b"a," * MAX_COLUMNS + b"a\n") == "roster.refused.too_many_columns"
