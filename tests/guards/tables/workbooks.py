"""The guards of workbooks, coming in and going out."""

from tests.guards.guard import Guard

HOSTILE = "tests/roster/test_roster_hostile.py"
INERT = "tests/rendering/test_exports_are_inert.py -k 'ledger and sqlite'"

GUARDS = (
    Guard(
        "workbooks in: no document type",
        "services/rules/roster/xml_scan.py",
        "    parser.StartDoctypeDeclHandler = scan.document_type  # entities",
        "    # entities",
        f"{HOSTILE} -k 'refused_in_words'",
    ),
    Guard(
        "workbooks in: never more than an entry declares",
        "services/rules/roster/workbook.py",
        "sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES",
        "False",
        f"{HOSTILE} -k 'refused_in_words'",
    ),
    Guard(
        "workbooks in: the child's memory is limited",
        "services/rules/roster/__main__.py",
        "    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))\n",
        "",
        f"{HOSTILE} -k 'memory_is_limited'",
    ),
    Guard(
        "workbooks in: the child's time is limited",
        "bot/workbooks.py",
        "env={}, timeout=seconds, check=True",
        "env={}, timeout=60, check=True",
        f"{HOSTILE} -k 'takes_too_long'",
    ),
    Guard(
        "workbooks in: what the child hands back is bounded",
        "services/rules/roster/__main__.py",
        "    if len(checked) > MAX_CHECKED_BYTES:",
        "    if not checked:",
        f"{HOSTILE} -k 'too_large_to_be_kept'",
    ),
    Guard(
        "workbooks in: a wide .csv is refused",
        "services/rules/roster/delimited.py",
        "        if len(row) > MAX_COLUMNS:",
        "        if not MAX_COLUMNS:",
        f"{HOSTILE} -k 'refused_in_words'",
    ),
    Guard(
        "workbooks out: text stays text",
        "services/rendering/workbook.py",
        "worksheet.write_string(row, column, text, formats.text)",
        "worksheet.write(row, column, text, formats.text)",
        INERT,
        ("services/rendering/workbook.py", '"strings_to_urls": False', '"strings_to_urls": True'),
    ),
    Guard(
        "workbooks out: headings stay text",
        "services/rendering/workbook.py",
        "worksheet.write_string(0, column, _text(title), formats.header)",
        "worksheet.write_formula(0, column, _text(title), formats.header)",
        INERT,
    ),
    Guard(
        "workbooks: the event loop doesn't wait for a check",
        "bot/workbooks.py",
        "await asyncio.to_thread(_checked, files, known, seconds)",
        "_checked(files, known, seconds)",
        "tests/roster/test_roster_parent.py",
    ),
)
