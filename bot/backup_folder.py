"""The folder of nightly backups: one file a local day, of which the old ones go."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from models.snapshots import BadSnapshot, header_of

NAME = re.compile(r"lianxin-(\d{4}-\d{2}-\d{2})\.backup")  # files with other names are somebody's own
ALWAYS_KEPT = 3  # however old they are: after a long stop there is still something


@dataclass(frozen=True)
class BackupFolder:
    path: Path
    keep_days: int

    def file(self, day: date) -> Path:
        return self.path / f"lianxin-{day.isoformat()}.backup"

    def lacks(self, day: date) -> bool:
        """Also where nobody can tell: whoever makes it finds out what is wrong with the folder."""
        try:
            return not self.file(day).exists()
        except OSError:
            return True

    def by_day(self) -> dict[date, Path]:
        """Newest first. Errors: OSError where the folder can't be read; it may be missing."""
        found = {}
        for file in self.path.iterdir() if self.path.is_dir() else ():
            if (match := NAME.fullmatch(file.name)) and (day := _day(match[1])):
                found[day] = file
        return dict(sorted(found.items(), reverse=True))

    def last_made(self) -> tuple[Path, datetime] | None:
        """The newest that is a backup, and when it was made."""
        for file in self.by_day().values():
            try:
                return file, header_of(file).created_at
            except BadSnapshot:
                continue
        return None

    def prune(self, today: date) -> list[Path]:
        """Remove what is older than `keep_days`, but never the newest few; returns what went."""
        first = today - timedelta(days=self.keep_days)
        old = [file for day, file in list(self.by_day().items())[ALWAYS_KEPT:] if day <= first]
        for file in old:
            file.unlink(missing_ok=True)
        return old


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # the 31st of February
        return None
