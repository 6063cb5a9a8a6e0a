"""A disk of a few megabytes that can be filled and made read-only: a file system in memory, mounted for one test."""

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MEGABYTES = 8


@dataclass(frozen=True)
class SmallDisk:
    folder: Path

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """To the last byte."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (65536, 4096, 1):
                with suppress_full():
                    while True:
                        file.write(b"x" * size)

    def make_room(self) -> None:
        self._ballast.unlink()

    def make_read_only(self, *, read_only: bool) -> None:
        """Only while nobody has a file open for writing."""
        run("mount", "-o", f"remount,{'ro' if read_only else 'rw'}", str(self.folder))


@contextmanager
def suppress_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


@contextmanager
def mounted(folder: Path) -> Iterator[SmallDisk]:
    """Needs the right to mount, as root has it: in a container `--cap-add SYS_ADMIN`."""
    folder.mkdir()
    run("mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "lianxin-test", str(folder))
    try:
        yield SmallDisk(folder)
    finally:
        with suppress(subprocess.CalledProcessError):
            run("umount", "--lazy", str(folder))


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
