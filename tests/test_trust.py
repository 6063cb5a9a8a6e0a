"""docs/trust.md promises nothing without a figure and a test that exists, and says what it doesn't promise."""

import ast
import re
from functools import cache

from tests.source import ROOT

PAGE = (ROOT / "docs/trust.md").read_text("utf-8")
HELD_BY = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
NO_PROMISE = re.compile(r"\|( promise |-)")


def test_every_test_that_is_named_exists() -> None:
    named = HELD_BY.findall(PAGE)
    assert len(named) > 40
    assert [f"{file}::{name}" for file, name in named if name not in _functions_in(file)] == []


def test_every_promise_has_a_figure_and_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("|") and not NO_PROMISE.match(line)]
    promises = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert len(promises) > 30
    assert [cells for cells in promises if len(cells) != 3 or not all(cells) or not HELD_BY.search(cells[2])] == []


def test_it_says_what_is_not_promised() -> None:
    assert PAGE.partition("## What is not promised")[2].count("- **") >= 4


@cache
def _functions_in(file: str) -> frozenset[str]:
    if not (ROOT / file).exists():
        return frozenset()
    nodes = ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
