"""While a hostile file is checked the bot goes on as if nothing were the matter: time, memory, event loop."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from models.session import Database
from tests.roster.hostile_files import (
    BILLION_LAUGHS,
    GIANT_LINE,
    GOOD,
    PARAMETER,
    STRINGS,
    changed,
    deeply_nested,
    nested_bomb,
    one_remark_everywhere,
    one_text_everywhere,
    with_lying_size,
    with_row,
    with_shared_texts,
)
from tests.town import build_town

ROOT = Path(__file__).parents[2]
SECONDS, GROWN_KB, HOLD = 20.0, 50 * 1024, 0.1

FILES: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "0 a good one.xlsx": (lambda: GOOD, None),  # whatever is loaded with the first check is loaded then
    "a bomb.xlsx": (lambda: changed(STRINGS, lambda xml: xml + b" " * (60 << 20)), "too_large_unpacked"),
    "a far cell.xlsx": (lambda: with_row(b'<row r="9"><c r="XFD9"><v>1</v></c></row>'), "too_many_columns"),
    "a giant line.csv": (lambda: GIANT_LINE, "broken_csv"),
    "a huge text.xlsx": (lambda: with_shared_texts(megabytes=40), None),
    "a lying size.xlsx": (lambda: with_lying_size(STRINGS, b"<x/>", hidden=b" " * (100 << 20)), "damaged"),
    "a million columns.csv": (lambda: "编码,名称".encode() + b",x" * 1_048_576, "too_many_columns"),
    "a nested bomb.xlsx": (nested_bomb, None),
    "a parameter entity.xlsx": (lambda: changed(STRINGS, lambda _: PARAMETER), "unsafe"),
    "a remark everywhere.xlsx": (lambda: one_remark_everywhere(characters=2_000), "too_heavy"),
    "a text everywhere.xlsx": (lambda: one_text_everywhere(characters=1_000_000), "too_heavy"),
    "billion laughs.xlsx": (lambda: changed(STRINGS, lambda _: BILLION_LAUGHS), "unsafe"),
    "deep nesting.xlsx": (deeply_nested, None),
    "many households.xlsx": (lambda: one_remark_everywhere(characters=20), None),
}


@pytest.mark.measures
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # what is measured is the process
def test_the_bot_neither_grows_nor_stands_still_while_a_hostile_file_is_checked(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with database.transaction() as session:
        build_town(session)
    place, temporary = tmp_path / "files", tmp_path / "temporary"
    place.mkdir()
    temporary.mkdir()
    for name, (make, _) in FILES.items():
        (place / name).write_bytes(make())
    ran = subprocess.run(
        [sys.executable, "-m", "tests.roster.parent", database_url, str(place)],
        cwd=ROOT,
        env={"TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    figures = {line["name"]: line for line in map(json.loads, ran.stdout.splitlines())}
    print(*figures.values(), sep="\n")  # noqa: T201  # the figures
    for name, (_, reason) in FILES.items():
        line = figures[name]
        assert line["refused"] == (reason and f"roster.refused.{reason}"), line
        assert line["seconds"] <= SECONDS + 1, line
        assert line["grown_kb"] <= GROWN_KB, line
        assert line["hold"] < HOLD, line
        assert line["children"] == 0, "a child is left behind"
    assert [one for one in temporary.iterdir() if not one.name.startswith("lianxin-test-keys-")] == []
