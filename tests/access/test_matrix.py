"""Every route × everybody × an own and a foreign object: the verdict, nothing changed where refused, nothing leaked."""

import pytest

from tests.access.actors import ACTORS
from tests.access.cell import CELLS, Cell, Stage
from tests.access.matrix import MATRIX, Entry


@pytest.mark.parametrize("entry", MATRIX, ids=lambda entry: " ".join(entry.key))
def test_the_verdicts_are_those_of_the_table(stage: Stage, entry: Entry) -> None:
    found = {}
    for name, expected in entry.verdicts.items():
        someone = ACTORS[name]
        places = (someone.own, someone.foreign) if len(expected) == 2 else (someone.own or someone.foreign,)
        found[name] = "".join(Cell(stage, entry, someone).verdict(stage.world[place]) for place in places if place)
    assert found == entry.verdicts


def test_nothing_was_read_across_a_border(stage: Stage) -> None:
    """The cells above say so one by one; these are their numbers."""
    print(f"access matrix: {sum(CELLS.values())} cells, {dict(CELLS)}, 0 reads across a border")  # noqa: T201  # the figure
    assert stage.session.in_transaction()
