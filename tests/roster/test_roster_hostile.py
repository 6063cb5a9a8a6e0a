"""Files that mean harm, or are simply not what they seem: refused in words, and nothing else happens."""

import asyncio
import sys
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from bot import workbooks
from bot.workbooks import check_in_child, check_in_child_now
from services.i18n import Language, translator
from services.rules.roster.checking import check_roster
from services.rules.roster.reading import MAX_FILE_BYTES, MAX_FILES, read_tables
from services.rules.roster.stored import from_json
from services.rules.roster.values import KnownCodes, Unreadable
from tests.roster.hostile_files import (
    GOOD,
    REFUSED,
    SHEET,
    changed,
    deeply_nested,
    made,
    nested_bomb,
    one_remark_everywhere,
    one_text_everywhere,
    with_formulas,
    with_lying_size,
    with_part,
    with_row,
    with_shared_texts,
)
from tests.roster.rosters import HOUSEHOLDS, UNITS, checked, delimited

PATIENT = 120  # seconds: where another limit than that of time is looked at


@pytest.mark.parametrize(("name", "data", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_not_a_roster_is_refused_in_words(
    name: str, data: bytes | Callable[[], bytes], reason: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        check_roster([(name, made(data))], KnownCodes())
    assert refusal.value.reason == f"roster.refused.{reason}"
    for language in Language:
        assert translator(language).plain(refusal.value.reason, **refusal.value.params)


def test_no_file_and_too_many_files_are_refused() -> None:
    with pytest.raises(Unreadable, match=r"roster\.refused\.no_file"):
        read_tables([])
    with pytest.raises(Unreadable, match=r"roster\.refused\.too_many_files"):
        read_tables([("单位.csv", delimited(UNITS))] * (MAX_FILES + 1))


@pytest.mark.parametrize(
    "data",
    [
        changed(SHEET, lambda xml: xml.replace(b'<dimension ref="A1:D3"', b'<dimension ref="A1:XFD1048576"')),
        with_row(b'<row r="1048576" s="1"><c r="XFD1048576" s="1"/></row>'),
        with_part("xl/media/picture.png", bytes(1000)),
        with_part("docProps/thumbnail.jpeg", b"\xff\xd8"),
        nested_bomb(),
        with_part("../../../etc/passwd.xml", b"<x/>"),
        with_part("/etc/passwd.xml", b"<x/>"),
        with_part("docProps/名册.xml", b"<x/>"),
        with_shared_texts(megabytes=40),
        with_formulas(),
        deeply_nested(),
    ],
    ids=[
        *("a lying dimension", "formatting down to the last cell", "a picture", "a thumbnail", "a nested bomb"),
        *("a name that climbs", "an absolute name", "a name in Chinese", "a huge text", "formulas", "deep nesting"),
    ],
)
def test_what_only_looks_dangerous_is_read(data: bytes) -> None:
    assert check_roster([("a.xlsx", data)], KnownCodes()) == checked()


def test_the_reader_gets_only_what_was_looked_at() -> None:
    with zipfile.ZipFile(BytesIO(GOOD)) as archive:
        honest = archive.read(SHEET)
    data = with_lying_size(SHEET, honest, hidden=b" " * (100 << 20))
    assert len(data) < MAX_FILE_BYTES
    assert check_roster([("a.xlsx", data)], KnownCodes()) == checked()


def test_dates_that_count_from_1904_make_no_difference() -> None:
    packed = BytesIO()
    with Workbook(packed, {"in_memory": True, "date_1904": True}) as workbook:
        sheet = workbook.add_worksheet("单位")
        for number, row in enumerate(UNITS):
            sheet.write_row(number, 0, row)
    assert len(check_roster([("a.xlsx", packed.getvalue())], KnownCodes()).roster.units) == 2


async def test_a_file_that_kills_its_reader_is_refused_and_the_next_one_is_read() -> None:
    with pytest.raises(Unreadable, match=r"roster\.refused\.too_heavy"):
        await check_in_child([("a.xlsx", one_text_everywhere(characters=1_000_000))], KnownCodes())
    assert from_json(await check_in_child([("a.xlsx", GOOD)], KnownCodes())) == checked()


@pytest.mark.parametrize(("name", "data", "reason"), REFUSED.values(), ids=REFUSED)
def test_the_child_refuses_in_the_same_words(name: str, data: bytes | Callable[[], bytes], reason: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        check_in_child_now([(name, made(data))], KnownCodes())
    assert refusal.value.reason == f"roster.refused.{reason}"


def test_an_answer_too_large_to_be_kept_is_a_refusal() -> None:
    with pytest.raises(Unreadable, match=r"roster\.refused\.too_heavy"):
        check_in_child_now([("a.xlsx", one_remark_everywhere(characters=2_000))], KnownCodes(), seconds=PATIENT)


def test_the_child_answers_exactly_as_the_check_itself() -> None:
    known = KnownCodes(frozenset({"007"}), frozenset({"K"}), frozenset({"H1"}), {"007": "9"})
    files = [("单位.csv", delimited(UNITS)), ("农户.csv", delimited(HOUSEHOLDS))]
    assert check_in_child_now(files, known) == check_roster(files, known)


def test_the_childs_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MEMORY_BYTES", 300 << 20)
    assert check_in_child_now([("a.xlsx", GOOD)], KnownCodes()) == checked()
    with pytest.raises(Unreadable, match=r"roster\.refused\.too_heavy"):
        check_in_child_now([("a.xlsx", one_text_everywhere(characters=10_000))], KnownCodes(), seconds=PATIENT)


async def test_the_loop_goes_on_while_a_file_is_checked() -> None:
    check = asyncio.create_task(check_in_child([("a.xlsx", GOOD)], KnownCodes()))
    turns = 0
    while not check.done():
        await asyncio.sleep(0)
        turns += 1
    assert from_json(check.result()) == checked()
    assert turns > 10


@pytest.fixture
def another_child(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """In place of the check, a child that runs this program."""
    return lambda program: monkeypatch.setattr(workbooks, "CHILD", [sys.executable, "-c", program])


def test_a_check_that_takes_too_long_is_ended(another_child: Callable[[str], None], tmp_path: Path) -> None:
    alive = tmp_path / "pid"
    another_child(
        f"import os,pathlib; pathlib.Path({str(alive)!r}).write_text(str(os.getpid())); import signal; signal.pause()"
    )
    started = time.monotonic()
    with pytest.raises(Unreadable, match=r"roster\.refused\.too_heavy"):
        check_in_child_now([("a.xlsx", GOOD)], KnownCodes(), seconds=1)
    assert time.monotonic() - started < 10
    assert not Path(f"/proc/{alive.read_text()}").exists()


@pytest.mark.parametrize("program", ["print('half an ans')", "raise SystemExit(1)", "import os; os.abort()"])
def test_a_child_that_breaks_off_is_a_refusal(another_child: Callable[[str], None], program: str) -> None:
    another_child(program)
    with pytest.raises(Unreadable, match=r"roster\.refused\.too_heavy"):
        check_in_child_now([("a.xlsx", GOOD)], KnownCodes())


def test_a_fault_of_ours_is_not_blamed_on_the_file(another_child: Callable[[str], None]) -> None:
    another_child("""print('{"failed": "KeyError at checking.py:1"}')""")
    with pytest.raises(Unreadable, match=r"roster\.refused\.check_failed"):
        check_in_child_now([("a.xlsx", GOOD)], KnownCodes())


def test_the_child_knows_nothing_of_the_bots_environment(
    another_child: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANXIN_TELEGRAM__TOKEN", "secret")
    another_child(
        "import json,os; print(json.dumps({'refused': os.environ.get('LIANXIN_TELEGRAM__TOKEN', 'nothing')}))"
    )
    with pytest.raises(Unreadable, match="nothing"):
        check_in_child_now([("a.xlsx", GOOD)], KnownCodes())
