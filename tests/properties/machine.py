"""All that may happen in one machine, and how many courses of it are played."""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import initialize, run_state_machine_as_test

from tests.properties.course import CADRES
from tests.properties.office import Office
from tests.properties.post import Post
from tests.properties.world import NewPlace


class AnyCourse(Post, Office):
    @initialize()
    def begin(self) -> None:
        super().begin()
        for chat, code in zip(CADRES, ("H001", "H003"), strict=True):
            assert self._corrects(chat, code), "every course begins with corrected visits"


def machine_in(new_place: NewPlace, folder: Path) -> type[AnyCourse]:
    class Played(AnyCourse):
        pass

    Played.new_place, Played.folder = staticmethod(new_place), folder  # type: ignore[assignment,method-assign]
    return Played


def played(new_place: NewPlace, folder: Path, **how: Any) -> None:
    """Many courses of events, the same ones each time unless `how` says otherwise."""
    common = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
    run_state_machine_as_test(machine_in(new_place, folder), settings=settings(**common | how))
