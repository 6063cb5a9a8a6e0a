"""The table of the guards stays true: what each switches off stands in the code, and its tests are there."""

import shlex

from tests.guards.tables import all_guards
from tests.source import ROOT


def test_what_each_switches_off_stands_there_once() -> None:
    for guard in all_guards():
        first = (guard.file, guard.on, guard.off)
        for file, on, off in (first, *([guard.second] if guard.second else [])):
            assert (ROOT / file).read_text("utf-8").count(on) == 1, f"{guard.name}: {on}"
            assert on != off, guard.name


def test_the_tests_of_each_are_there() -> None:
    for guard in all_guards():
        files = [word for word in shlex.split(guard.tests) if word.startswith("tests/")]
        assert files or guard.tests == "lint-imports", guard.name
        assert [file for file in files if not (ROOT / file).exists()] == [], guard.name


def test_each_name_is_used_once() -> None:
    names = [guard.name for guard in all_guards()]
    assert len(names) == len(set(names))
