"""Where things are: the database as people may read it, and files that are written whole or not at all."""

from pathlib import Path
from urllib.parse import urlsplit

from bot.config.tables import SQLITE


def sqlite_file(url: str) -> Path | None:
    """None: it is PostgreSQL."""
    return Path(url.removeprefix(SQLITE).partition("?")[0]) if url.startswith(SQLITE) else None


def database_name(url: str) -> str:
    """The file, or host and name without user and password."""
    if file := sqlite_file(url):
        return str(file)
    try:
        parts = urlsplit(url)
        return f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"
    except ValueError:  # a port that is no number, say
        return "PostgreSQL"


def write_whole(out: Path, content: bytes) -> bool:
    """Write to a name beside, then rename; returns whether a file was replaced. Errors: OSError, naming the file."""
    out = out.resolve()  # through a link, to where it leads
    replaced = out.is_file()
    try:
        if out.exists() and not replaced:  # a pipe or a device is written to; a folder refuses
            out.write_bytes(content)
        else:
            _write_beside(out, content)
    except OSError as error:
        error.filename = str(out)  # a full disk names none
        raise
    return replaced


def _write_beside(out: Path, content: bytes) -> None:
    part = out.with_name(out.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
