"""The figures of a long run: noted by the tests, kept in build/torture.json, printed as one table at the end."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BEGUN = datetime.now(UTC).isoformat(timespec="seconds")  # this run
FILE = Path(__file__).resolve().parents[2] / "build" / "torture.json"


@dataclass(frozen=True)
class Figures:
    """One file for all tests of a run; those of an earlier run stay until they are measured anew."""

    file: Path = FILE

    def note(self, about: str, **figures: float | str) -> None:
        known = self.all() | {about: figures | {"at": datetime.now(UTC).isoformat(timespec="seconds")}}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(known, ensure_ascii=False, indent=2, sort_keys=True) + "\n", "utf-8")
        part.replace(self.file)

    def all(self) -> dict[str, dict[str, Any]]:
        return json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}

    def table(self) -> str:
        lines = []
        for about, figures in sorted(self.all().items()):
            lines.append(about if figures["at"] >= BEGUN else f"{about} (of an earlier run, not measured in this one)")
            lines += [f"    {name.replace('_', ' ')}: {value}" for name, value in figures.items()]
        return "\n".join(lines)
