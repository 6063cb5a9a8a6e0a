from time import process_time

import pytest

from services.rules.search import SearchEntry, pinyin_key, rank, search_key


@pytest.mark.parametrize(
    ("name", "initials", "pinyin"),
    [
        ("王小明", "wxm", "wangxiaoming"),
        ("单田芳", "stf", "shantianfang"),
        ("曾庆红", "zqh", "zengqinghong"),
        ("解小东", "xxd", "xiexiaodong"),
        ("仇大山", "qds", "qiudashan"),
        ("查小平", "zxp", "zhaxiaoping"),
        ("覃桂花", "qgh", "qinguihua"),
        ("尉迟山", "ycs", "yuchishan"),
        ("尉山", "ws", "weishan"),
        ("欧阳春", "oyc", "ouyangchun"),
        ("令狐云", "lhy", "linghuyun"),
        ("吕秀英", "lxy", "lvxiuying"),
        ("李曾", "lc", "liceng"),  # only a surname is read as one
        ("阿依·古丽", "aygl", "ayiguli"),
        (" 王　小 明 ", "wxm", "wangxiaoming"),
        ("張麗", "zl", "zhangli"),
        ("Ａ栋3号", "ad3h", "adong3hao"),
        ("John Smith", "johnsmith", "johnsmith"),
        ("𠮷", "𠮷", "𠮷"),
        ("", "", ""),
    ],
)
def test_names_are_keyed_as_people_would_type_them(name: str, initials: str, pinyin: str) -> None:
    assert (search_key(name), pinyin_key(name)) == (initials, pinyin)


def entry(number: int, name: str, code: str | None = None) -> SearchEntry:
    return SearchEntry(number, name, code or f"H{number:03}", search_key(name), pinyin_key(name))


PEOPLE = [
    entry(1, "王小明"),
    entry(2, "王晓明"),
    entry(3, "李小明"),
    entry(4, "吴晓梅"),
    entry(5, "王小"),
    entry(6, "赵六", "WXM-1"),
    entry(7, "单桂芳", "H0012"),
]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("h001", [1, 7]),  # the very code, then one that begins so
        ("Ｈ００１", [1, 7]),
        ("H 001", [1, 7]),
        ("王小", [5, 1, 2]),  # the very name, the beginning, the sound
        ("王小明", [1, 2]),
        (" 王 小明 ", [1, 2]),
        ("小明", [1, 3, 2]),  # by name, then by sound inside the name
        ("wxm", [6, 1, 2, 4]),  # a code that begins so, then initials
        ("ＷＸＭ", [6, 1, 2, 4]),
        ("xm", [6, 1, 2, 3, 4]),
        ("wangxiaom", [1, 2]),
        ("sgf", [7]),
        ("shan", [7]),
        ("王小敏", [1, 2]),  # nothing fits: what sounds alike
        ("wangxiaomin", [1, 2]),
        ("wangxaoming", [1, 2]),
        ("zzz", []),
        ("欧阳建国", []),
        ("", []),
        ("  ——  ", []),
    ],
)
def test_the_best_match_comes_first(query: str, ids: list[int]) -> None:
    found = rank(query, PEOPLE)
    assert found[: len(ids)] == ids
    assert bool(found) is bool(ids)


def test_equally_good_matches_go_by_code_whatever_order_they_come_in() -> None:
    assert rank("王", PEOPLE) == rank("王", PEOPLE[::-1]) == [1, 2, 5]


def test_twenty_thousand_households_are_searched_while_a_person_types() -> None:
    county = [entry(number, f"王{chr(0x4E00 + number)}") for number in range(5_000)] * 4
    started = process_time()
    assert rank("王小敏敏", county) is not None
    assert rank("H042", county)
    assert process_time() - started < 1.0
