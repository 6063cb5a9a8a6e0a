"""Whose a new file is: a command that root runs must not leave one behind that the service can't read."""

import os
from pathlib import Path


def give_like(handle: int, other: Path) -> None:
    """The open, newly made file to whom the `other` file or folder belongs; only root gives files away.

    By its handle: whoever may write in that folder could have put a link under its name. Errors: OSError.
    """
    if os.geteuid() == 0:
        owner = other.stat()
        os.fchown(handle, owner.st_uid, owner.st_gid)
