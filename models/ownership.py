"""Whose a new file is: a command that root runs must not leave one behind that the service can't read."""

import os
from pathlib import Path


def give_like(file: Path, other: Path) -> None:
    """To whom the `other` file or folder belongs, where we may: only root gives files away. Errors: OSError."""
    if os.geteuid() == 0:
        owner = other.stat()
        os.chown(file, owner.st_uid, owner.st_gid)
