"""Whatever happens in whatever order, with kills in between: what must always hold, holds.

People act through raw updates on the real desk, back room and delivery; each rule is followed by all invariants.
"""

from pathlib import Path

import pytest
from hypothesis import Phase

from tests.properties.machine import played
from tests.properties.world import NewPlace


def test_whatever_happens_what_must_hold_holds(
    request: pytest.FixtureRequest, new_place: NewPlace, tmp_path: Path
) -> None:
    examples = 4 if "sqlite" in request.node.name else 3  # the first two are always plain ones: restarts, and nothing
    phases = (Phase.explicit, Phase.generate)  # a failure is shown as it came; `make torture` makes it small
    played(new_place, tmp_path, max_examples=examples, stateful_step_count=45, phases=phases)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_whatever_happens_for_long(request: pytest.FixtureRequest, new_place: NewPlace, tmp_path: Path) -> None:
    examples = 120 if "sqlite" in request.node.name else 60  # about half an hour together
    played(new_place, tmp_path, max_examples=examples, stateful_step_count=60, derandomize=False)
