"""One guard: the line that is switched off, and the tests that must notice."""

from dataclasses import dataclass
from pathlib import Path


class Vanished(Exception):
    """The line that the guard names isn't in its file any more, or is there several times."""


@dataclass(frozen=True)
class Guard:
    name: str
    file: str
    on: str  # as it stands in the file, exactly once
    off: str
    tests: str  # arguments for pytest; "lint-imports" for the import contracts
    second: tuple[str, str, str] | None = None  # file, on, off: where the guard stands in two places

    def switch_off(self, tree: Path) -> None:
        self._replace(tree, self.file, self.on, self.off)
        if self.second is not None:
            self._replace(tree, *self.second)

    def _replace(self, tree: Path, file: str, on: str, off: str) -> None:
        path = tree / file
        source = path.read_text("utf-8")
        if source.count(on) != 1:
            raise Vanished(f"{self.name}: {on!r} stands {source.count(on)} times in {file}")
        path.write_text(source.replace(on, off), "utf-8")
