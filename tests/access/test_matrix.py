"""Every route × everybody × an own and a foreign object: the verdict, nothing changed where refused, nothing leaked."""

import json

import pytest

from tests.access.actors import ACTORS
from tests.access.cell import Cell, Stage
from tests.access.matrix import MATRIX, Entry


@pytest.mark.parametrize("entry", MATRIX, ids=lambda entry: " ".join(entry.key))
def test_the_verdicts_are_those_of_the_table(stage: Stage, entry: Entry) -> None:
    found = {}
    for name, expected in entry.verdicts.items():
        someone = ACTORS[name]
        places = (someone.own, someone.foreign) if len(expected) == 2 else (someone.own or someone.foreign,)
        found[name] = "".join(Cell(stage, entry, someone).verdict(stage.world[place]) for place in places if place)
    assert found == entry.verdicts


def test_what_some_must_not_hear_is_what_others_are_told(stage: Stage) -> None:
    """Else it would prove nothing that the cells above heard none of it."""
    here, told = stage.world["here"], set[str]()
    for entry in MATRIX:
        cell = Cell(stage, entry, ACTORS["supervisor"])
        cell.verdict(here)
        heard = json.dumps([row.body for row in cell.said], ensure_ascii=False)
        told |= {word for word in here.words.values() if word in heard}
    assert len(told) >= len(here.words) / 3, told
    for name in ("stranger", "other household", "other cadre", "supervisor elsewhere"):
        assert told <= set(ACTORS[name].secrets(stage.world)), name
