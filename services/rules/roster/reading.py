"""Files → tables of cells. A file is judged by its first bytes, never by its name alone."""

from collections.abc import Sequence
from pathlib import PurePath

from services.rules.roster.delimited import read_delimited
from services.rules.roster.values import File, Table, Unreadable
from services.rules.roster.workbook import read_workbook

MAX_FILES = 20
MAX_FILE_BYTES = 5 * 1024 * 1024
ZIP = b"PK"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, and of .xlsx with a password
DELIMITED = {".csv", ".tsv", ".txt"}


def read_tables(files: Sequence[File]) -> list[Table]:
    """Every sheet of every file, in order. Raises `Unreadable` for the first file that can't be read."""
    if not files:
        raise Unreadable("roster.refused.no_file")
    if len(files) > MAX_FILES:
        raise Unreadable("roster.refused.too_many_files", {"count": len(files), "most": MAX_FILES})
    workbooks = sum(data.startswith(ZIP) for _, data in files)
    return [table for file in files for table in _tables_of(file, several=workbooks > 1)]


def _tables_of(file: File, several: bool) -> list[Table]:
    name, data = file
    _check_size(name, data)
    if data.startswith(ZIP):
        return read_workbook(name, data, prefix=f"{PurePath(name).stem} · " if several else "")
    if data.startswith(OLE):
        raise Unreadable(_reason_against_ole(data), {"file": name})
    if PurePath(name).suffix.lower() in DELIMITED:
        return [read_delimited(name, data)]
    raise Unreadable("roster.refused.not_a_workbook", {"file": name})


def _check_size(name: str, data: bytes) -> None:
    if not data:
        raise Unreadable("roster.refused.empty", {"file": name})
    if len(data) > MAX_FILE_BYTES:
        raise Unreadable("roster.refused.too_large", {"file": name, "most": MAX_FILE_BYTES // 2**20})


def _reason_against_ole(data: bytes) -> str:
    encrypted = "EncryptedPackage".encode("utf-16-le") in data
    return "roster.refused.encrypted" if encrypted else "roster.refused.old_xls"
