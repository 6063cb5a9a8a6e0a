"""Files that mean harm, or are simply not what they seem: refused in words, and nothing else happens."""

import asyncio
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from bot import workbooks
from bot.workbooks import check_in_child, check_in_child_now
from services.i18n import Language, translator
from services.rules.roster.checking import check_roster
from services.rules.roster.limits import MAX_PARTS
from services.rules.roster.reading import MAX_FILE_BYTES, MAX_FILES, read_tables
from services.rules.roster.values import KnownCodes, Unreadable
from tests.roster.rosters import CADRES, HOUSEHOLDS, UNITS, checked, delimited, xlsx

GOOD = xlsx(单位=UNITS, 干部=CADRES, 农户=HOUSEHOLDS)
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BILLION_LAUGHS = (
    b'<!DOCTYPE sst [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (97 + level, b"&%c;" % (96 + level) * 10) for level in range(1, 12))
    + b"]><sst "
    + MAIN
    + b"><si><t>&l;</t></si></sst>"
)
XXE = b'<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst ' + MAIN + b"><si><t>&x;</t></si></sst>"


def changed(path: str, change: Callable[[bytes], bytes], data: bytes = GOOD) -> bytes:
    """The workbook with one part rewritten."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == path else old.read(name))
    return packed.getvalue()


def with_part(path: str, content: bytes) -> bytes:
    packed = BytesIO(GOOD)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path, content)
    return packed.getvalue()


def with_row(row: bytes) -> bytes:
    return changed(SHEET, lambda xml: xml.replace(b"</sheetData>", row + b"</sheetData>"))


def with_encrypted_entries() -> bytes:
    """Bit 0 of every entry's flags, in both headers."""
    data = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def with_lying_size(path: str, honest: bytes, hidden: bytes) -> bytes:
    """The entry declares size and checksum of `honest` and unpacks to `honest` + `hidden`."""
    data = bytearray(changed(path, lambda _: honest + hidden))
    true, claimed = (struct.pack("<I", zlib.crc32(content)) for content in (honest + hidden, honest))
    for mark, checksum_at, size_at in ((b"PK\x03\x04", 14, 22), (b"PK\x01\x02", 16, 24)):
        at = data.find(mark)
        while at >= 0:
            if data[at + checksum_at : at + checksum_at + 4] == true:
                data[at + checksum_at : at + checksum_at + 4] = claimed
                data[at + size_at : at + size_at + 4] = struct.pack("<I", len(honest))
            at = data.find(mark, at + 4)
    return bytes(data)


def other_zip() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    return packed.getvalue()


def twice_the_same_part() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return with_part(SHEET, b"<worksheet/>")


def packed_with(method: int) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(GOOD)) as old, zipfile.ZipFile(packed, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return packed.getvalue()


def many_parts() -> bytes:
    packed = BytesIO(GOOD)
    with zipfile.ZipFile(packed, "a") as archive:
        for number in range(MAX_PARTS):
            archive.writestr(f"docProps/{number}.xml", "<x/>")
    return packed.getvalue()


REFUSED = {
    "empty": ("a.xlsx", b"", "empty"),
    "larger than 5 MB": ("a.xlsx", b"PK" + bytes(MAX_FILE_BYTES), "too_large"),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n", "not_a_workbook"),
    "text called .xlsx": ("a.xlsx", "编码,名称".encode(), "not_a_workbook"),
    "a page called .xls": ("a.xls", b"<html><table><tr><td>", "not_a_workbook"),
    "another zip": ("a.xlsx", other_zip(), "not_a_workbook"),
    "an old .xls called .xlsx": ("a.xlsx", OLE + "Workbook".encode("utf-16-le"), "old_xls"),
    "with a password": ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "encrypted entries": ("a.xlsx", with_encrypted_entries(), "encrypted"),
    "macros by name": ("a.xlsm", GOOD, "macros"),
    "macros inside": ("a.xlsx", with_part("xl/vbaProject.bin", b"\0"), "macros"),
    "cut off": ("a.xlsx", GOOD[: len(GOOD) // 2], "damaged"),
    "a bit fell over": ("a.xlsx", GOOD.replace(b"PK\x01\x02", b"PK\x01\x03", 1), "damaged"),
    "broken XML": ("a.xlsx", changed(SHEET, lambda xml: xml[:-20]), "damaged"),
    "the same part twice": ("a.xlsx", twice_the_same_part, "damaged"),
    "an unusual compression": ("a.xlsx", packed_with(zipfile.ZIP_BZIP2), "damaged"),
    "a zip bomb": ("a.xlsx", lambda: changed(STRINGS, lambda xml: xml + b" " * (60 << 20)), "too_large_unpacked"),
    "many parts": ("a.xlsx", many_parts, "too_large_unpacked"),
    "billion laughs": ("a.xlsx", changed(STRINGS, lambda _: BILLION_LAUGHS), "unsafe"),
    "an external entity": ("a.xlsx", changed(STRINGS, lambda _: XXE), "unsafe"),
    "a document type in UTF-16": (
        "a.xlsx",
        changed(STRINGS, lambda _: ("\ufeff" + XXE.decode()).encode("utf-16-le")),
        "unsafe",
    ),
    "a far last row": ("a.xlsx", with_row(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "too_many_rows"),
    "a far last column": ("a.xlsx", with_row(b'<row r="9"><c r="XFD9"><v>1</v></c></row>'), "too_many_columns"),
    "a far cell in other words": (
        "a.xlsx",
        with_row(b"<row><c\n r = '&#88;FD1048576' t='inlineStr'><is><t>x</t></is></c></row>"),
        "too_many_rows",
    ),
    "a far cell in a near row": ("a.xlsx", with_row(b'<row r="9"><c r="A999999"><v>1</v></c></row>'), "too_many_rows"),
    "many cells without a place": (
        "a.xlsx",
        with_row(b"<row>" + b"<c><v>1</v></c>" * 201 + b"</row>"),
        "too_many_columns",
    ),
    "many rows without a number": ("a.xlsx", with_row(b"<row><c><v>1</v></c></row>" * 20_001), "too_many_rows"),
    "nothing of a roster": ("a.xlsx", xlsx(说明=[["怎样填写"]]), "no_sheet"),
}


def made(data: bytes | Callable[[], bytes]) -> bytes:
    return data() if callable(data) else data


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
    ],
    ids=["a lying dimension", "formatting down to the last cell", "a picture", "a thumbnail"],
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


def one_text_everywhere(characters: int) -> bytes:
    """One long text, shown in 40,000 cells: small in the file, not so once it is read."""
    cells = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{column}{row}" t="s"><v>0</v></c>' for column in "ABCDEFGH") + "</row>"
        for row in range(1, 5_001)
    )
    text = b"<si><t>" + b"x" * characters + b"</t></si>"
    data = changed(STRINGS, lambda xml: xml.replace(b"<si>", text + b"<si>", 1))
    sheet = b"<worksheet " + MAIN + b"><sheetData>" + cells.encode() + b"</sheetData></worksheet>"
    return changed(SHEET, lambda _: sheet, data)


async def test_a_file_that_kills_its_reader_is_refused_and_the_next_one_is_read() -> None:
    with pytest.raises(Unreadable, match=r"roster\.refused\.too_heavy"):
        await check_in_child([("a.xlsx", one_text_everywhere(characters=1_000_000))], KnownCodes())
    assert await check_in_child([("a.xlsx", GOOD)], KnownCodes()) == checked()


@pytest.mark.parametrize(("name", "data", "reason"), REFUSED.values(), ids=REFUSED)
def test_the_child_refuses_in_the_same_words(name: str, data: bytes | Callable[[], bytes], reason: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        check_in_child_now([(name, made(data))], KnownCodes())
    assert refusal.value.reason == f"roster.refused.{reason}"


def test_the_child_answers_exactly_as_the_check_itself() -> None:
    known = KnownCodes(frozenset({"007"}), frozenset({"K"}), frozenset({"H1"}), {"007": "9"})
    files = [("单位.csv", delimited(UNITS)), ("农户.csv", delimited(HOUSEHOLDS))]
    assert check_in_child_now(files, known) == check_roster(files, known)


def test_the_childs_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MEMORY_BYTES", 300 << 20)
    assert check_in_child_now([("a.xlsx", GOOD)], KnownCodes()) == checked()
    with pytest.raises(Unreadable, match=r"roster\.refused\.too_heavy"):
        check_in_child_now([("a.xlsx", one_text_everywhere(characters=10_000))], KnownCodes())


async def test_the_loop_goes_on_while_a_file_is_checked() -> None:
    check = asyncio.create_task(check_in_child([("a.xlsx", GOOD)], KnownCodes()))
    turns = 0
    while not check.done():
        await asyncio.sleep(0)
        turns += 1
    assert check.result() == checked()
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
