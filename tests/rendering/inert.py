"""Whether a workbook is nothing but text, numbers and dates: looked at twice, as a reader and as bytes."""

import io
import re
import zipfile

import openpyxl

ACTIVE_PARTS = re.compile(
    r"externalLinks|vbaProject|activeX|embeddings|connections|queryTables|customXml|ddeLink", re.I
)
ACTIVE_TAGS = re.compile(rb"<(?:\w+:)?(f|hyperlink|hyperlinks|oleObject|control|webPublishItem|dataValidation)\b")
CELL_TYPE = re.compile(rb"<c\b[^>]*?\bt=\"(\w+)\"")


def active_contents(file: bytes) -> list[str]:
    """Everything in it that could calculate, open or fetch something; empty is what an export must be."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        for name in parts.namelist():
            content = parts.read(name)
            found += [f"part {name}"] * bool(ACTIVE_PARTS.search(name))
            found += [f"<{tag.decode()}> in {name}" for tag in ACTIVE_TAGS.findall(content)]
            found += [f"external in {name}"] * (b'TargetMode="External"' in content)
            kinds = set(CELL_TYPE.findall(content)) if name.startswith("xl/worksheets/") else set()
            found += [f"cells of type {kind.decode()} in {name}" for kind in sorted(kinds - {b"s", b"inlineStr"})]
    workbook = openpyxl.load_workbook(io.BytesIO(file))
    found += [f"defined name {name}" for name in workbook.defined_names]
    found += [
        f"{sheet.title}!{cell.coordinate} is {cell.data_type}"
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type not in ("s", "n", "d") or cell.hyperlink is not None or cell.comment is not None
    ]
    return found
