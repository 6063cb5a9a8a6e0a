"""What was erased, in a file beside the key file: a backup from before must not bring anybody back."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from models.ownership import give_like

ENDING = ".erased"


@dataclass(frozen=True)
class Erasure:
    """No personal data: which row, when it was made (a restored database gives its number to somebody else), and when
    it was erased."""

    kind: Literal["person", "household"]
    id: int
    created_at: datetime
    erased_at: datetime

    @property
    def row(self) -> tuple[str, int, datetime]:
        """The same number at another moment is another row."""
        return self.kind, self.id, self.created_at


class ErasureLog:
    """Appended and made durable before the rows are committed: a kill in between is made good at the next start."""

    def __init__(self, key_file: Path) -> None:
        self.file = key_file.with_name(key_file.name + ENDING)

    def remember(self, erasures: Iterable[Erasure]) -> None:
        """Errors: OSError; then nothing may be committed."""
        lines = "".join(_line(one) for one in erasures)
        if not lines:
            return
        is_new = self._make()
        with os.fdopen(os.open(self.file, os.O_WRONLY | os.O_APPEND), "a", encoding="utf-8") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            _make_durable(self.file.parent)

    def _make(self) -> bool:
        """False where it is there. A link under its name makes nothing elsewhere: it is there, and leads nowhere."""
        try:
            handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return False
        try:
            give_like(handle, self.file.parent)
        finally:
            os.close(handle)
        return True

    def erasures(self) -> list[Erasure]:
        """Oldest first. A line that a kill cut off was never committed, and is passed over."""
        try:
            text = self.file.read_text("utf-8")
        except FileNotFoundError:
            return []
        return [one for line in text.splitlines() if (one := _erasure(line)) is not None]


def _line(erasure: Erasure) -> str:
    """Begins with a line break as well, so that what a kill cut off before it spoils nothing."""
    facts = {
        "kind": erasure.kind,
        "id": erasure.id,
        "created_at": erasure.created_at.isoformat(),
        "erased_at": erasure.erased_at.isoformat(),
    }
    return f"\n{json.dumps(facts)}\n"


def _erasure(line: str) -> Erasure | None:
    try:
        facts = json.loads(line)
        moments = (datetime.fromisoformat(facts[name]) for name in ("created_at", "erased_at"))
        return Erasure(facts["kind"], int(facts["id"]), *moments)
    except (ValueError, KeyError, TypeError):
        return None


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
