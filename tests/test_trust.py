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


def test_a_promise_that_only_a_long_run_holds_says_so() -> None:
    rows = [line for line in PAGE.splitlines() if HELD_BY.search(line)]
    only_long = [row for row in rows if all(name in _long_ones_of(file) for file, name in HELD_BY.findall(row))]
    assert _long_ones_of("tests/torture/test_kills.py") == {"test_five_hundred_kills"}, "they are told apart"
    assert [row for row in only_long if "`make torture`" not in row] == []


def test_it_says_what_is_not_promised() -> None:
    assert PAGE.partition("## What is not promised")[2].count("- **") >= 4


def _functions_in(file: str) -> frozenset[str]:
    return frozenset(one.name for one in _parsed(file))


def _long_ones_of(file: str) -> frozenset[str]:
    """Those that bear the mark themselves."""
    return frozenset(
        one.name for one in _parsed(file) if any("mark.torture" in ast.unparse(mark) for mark in one.decorator_list)
    )


@cache
def _parsed(file: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    if not (ROOT / file).exists():
        return []
    nodes = ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
