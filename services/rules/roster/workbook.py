""".xlsx files: looked through part by part, packed anew from what was looked at, and only then given to the reader."""

import re
import zipfile
import zlib
from io import BytesIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from services.rules.roster.limits import MAX_PARTS, MAX_UNPACKED_BYTES
from services.rules.roster.values import Table, Unreadable
from services.rules.roster.xml_scan import scan_part

Parts = dict[str, bytes]
ENCRYPTED_FLAG = 0x1
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others, never used here, unpack without a bound
ERROR_CELL = re.compile(rb"""(<c\b[^<>]*?\bt=)(?:"e"|'e')""")


def read_workbook(name: str, data: bytes, prefix: str = "") -> list[Table]:
    """Its worksheets in order, each called prefix + sheet name. Raises `Unreadable`."""
    parts = _checked_parts(name, data)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(_repacked(parts))) as workbook:
            return [
                _table(prefix + meta.name, workbook.get_sheet_by_name(meta.name), meta.visible)
                for meta in workbook.sheets_metadata
                if meta.typ is SheetTypeEnum.WorkSheet
            ]
    except CalamineError as error:
        raise Unreadable("roster.refused.damaged", {"file": name}) from error


def _table(name: str, sheet: CalamineSheet, visible: SheetVisibleEnum) -> Table:
    top = sheet.start[0] if sheet.start else 0
    # nrows would cut in silence; the scan has already refused what is too long
    return Table(name, sheet.to_python(), top + 1, hidden=visible is not SheetVisibleEnum.Visible)


def _checked_parts(name: str, data: bytes) -> Parts:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(name, entries)
            # Never more than an entry declares comes out of it, and what they all declare is within the limit.
            parts = {entry.filename: archive.read(entry) for entry in entries if _is_xml(entry.filename)}
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable("roster.refused.damaged", {"file": name}) from error
    for content in parts.values():
        scan_part(name, content)
    return parts


def _check_entries(name: str, entries: list[zipfile.ZipInfo]) -> None:
    paths = [entry.filename.lower() for entry in entries]
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise Unreadable("roster.refused.encrypted", {"file": name})
    if "xl/workbook.xml" not in paths:
        raise Unreadable("roster.refused.not_a_workbook", {"file": name})
    if name.lower().endswith(".xlsm") or any(path.endswith("vbaproject.bin") for path in paths):
        raise Unreadable("roster.refused.macros", {"file": name})
    if len(set(paths)) < len(paths) or any(entry.compress_type not in METHODS for entry in entries):
        raise Unreadable("roster.refused.damaged", {"file": name})
    if len(paths) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise Unreadable("roster.refused.too_large_unpacked", {"file": name, "most": MAX_UNPACKED_BYTES // 2**20})


def _is_xml(path: str) -> bool:
    return path.lower().endswith((".xml", ".rels"))


def _repacked(parts: Parts) -> bytes:
    """What was looked at is what is read: no hidden entries, no lying sizes, no pictures."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path, content in parts.items():
            archive.writestr(path, _with_error_cells_as_text(content))
    return packed.getvalue()


def _with_error_cells_as_text(content: bytes) -> bytes:
    """The reader turns #N/A into an empty cell; an empty cell would silently keep an old value."""
    return ERROR_CELL.sub(rb'\1"str"', content)
