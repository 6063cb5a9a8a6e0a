"""The table of the guards stays true: what each switches off stands in the code, and its tests are there."""

import shlex

import pytest

from tests.guards.guard import Guard
from tests.guards.tables import all_guards
from tests.source import ROOT


@pytest.mark.parametrize("guard", all_guards(), ids=lambda guard: guard.name)
def test_what_it_switches_off_stands_there_once(guard: Guard) -> None:
    first = (guard.file, guard.on, guard.off)
    for file, on, off in (first, *([guard.second] if guard.second else [])):
        assert (ROOT / file).read_text("utf-8").count(on) == 1, on
        assert on != off


@pytest.mark.parametrize("guard", all_guards(), ids=lambda guard: guard.name)
def test_its_tests_are_there(guard: Guard) -> None:
    files = [word for word in shlex.split(guard.tests) if word.startswith("tests/")]
    assert files or guard.tests == "lint-imports"
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_each_name_is_used_once() -> None:
    names = [guard.name for guard in all_guards()]
    assert len(names) == len(set(names))
