"""A process that plays the bot while strangers' workbooks are checked: `python parent.py DATABASE_URL FOLDER`.

For each file of the folder, by name, one line of JSON: what the errand came to, how long it took, by how much the
process grew at its most, and how long its event loop was held up at its longest.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.backroom import BackRoom
from bot.errands import Errands
from bot.logs import configure_logs
from models.post import InboxLetter
from models.session import Database
from services.outbox import Parcel
from tests.keys import KEYRING
from tests.town import make_office

ADMIN = 301
TURN = 0.001  # seconds


class Folder:
    """Where Telegram would keep the files."""

    def __init__(self, place: Path) -> None:
        self._place = place

    async def fetch(self, file_id: str) -> bytes:
        return (self._place / file_id).read_bytes()


def memory(field: str) -> int:
    """kB; VmHWM is the most since `forget_the_most`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


def forget_the_most() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def ready_and_waiting() -> float:
    """Seconds that this thread could have run and had no processor, since it began: others' work on the machine."""
    return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9


async def longest_hold(stop: asyncio.Event) -> float:
    """Seconds between two turns of the loop for which this process is to blame: its work, and what it waits for."""
    longest = 0.0
    while not stop.is_set():
        before = time.monotonic() - ready_and_waiting()
        await asyncio.sleep(TURN)
        longest = max(longest, time.monotonic() - ready_and_waiting() - before - TURN)
    return longest


async def checked(errands: Errands, database: Database, name: str) -> dict[str, Any]:
    forget_the_most()
    before, begun, stop = memory("VmRSS"), time.monotonic(), asyncio.Event()
    watching = asyncio.create_task(longest_hold(stop))
    await errands.run(Parcel(1, ADMIN, "person", "errand.check_roster", {"file_ids": [name], "names": [name]}))
    stop.set()
    hold, took, grown = await watching, time.monotonic() - begun, memory("VmHWM") - before
    with database.reading() as session:
        newest = session.scalars(select(InboxLetter.body).order_by(InboxLetter.id.desc())).first() or "{}"
    letter = json.loads(newest)["lianxin"]
    return {
        "name": name,
        "refused": letter.get("refused"),
        "seconds": took,
        "grown_kb": grown,
        "hold": hold,
        "children": children(),
    }


def children() -> int:
    return len(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


async def main(url: str, place: Path, names: list[str]) -> None:
    configure_logs([], stream=sys.stderr)
    database = Database(url, KEYRING)
    backroom = BackRoom(database)
    errands = Errands(backroom, Folder(place), make_office())  # type: ignore[arg-type]  # it only fetches
    for name in names:
        print(json.dumps(await checked(errands, database, name)), flush=True)  # noqa: T201  # its answer
    backroom.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sorted(file.name for file in Path(sys.argv[2]).iterdir())))
