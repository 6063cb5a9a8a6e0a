"""Why a backup can't be used, or a place can't take one."""


class BadSnapshot(Exception):
    """The file can't be used; `reason` is "no_backup", "plain" (not sealed), "damaged", "newer" (than this version),
    "other_kind" (of database) or "other_version" (of the tables in the place)."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class NotEmpty(Exception):
    """A restore never overwrites: the place it was sent to already holds something."""
