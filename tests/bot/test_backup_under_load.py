"""A backup that is made while the back room writes all the time is of one moment: nothing in it is torn apart."""

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.backroom import BackRoom
from models.post import InboxLetter, OutboxMessage
from models.session import Database, Session
from models.snapshots import read_snapshot, write_snapshot
from models.visits import Visit
from tests.bot.tasks import until
from tests.models.test_snapshots import counted, emptied
from tests.town import MONDAY_MORNING, Town, build_town

BEFORE = 30  # visits that are there when the backup begins
MEANWHILE = 20  # commits between which it is interrupted
PATIENCE = 20.0  # seconds for one commit


class Cadre:
    """Logs visits without a pause: a letter done, a visit and an answer, together or not at all."""

    def __init__(self, backroom: BackRoom, town: Town) -> None:
        self._backroom = backroom
        self._household, self._cadre = town.households["H001"].id, town.cadre.id
        self._another = threading.Semaphore(0)
        self.visits = 0

    async def work(self) -> None:
        while True:
            await self._backroom.run(self._log_visit)
            self.visits += 1
            self._another.release()

    def wait_for_another(self) -> None:
        """Called by the backup, in its thread."""
        while self._another.acquire(blocking=False):
            pass
        assert self._another.acquire(timeout=PATIENCE), "the back room waits for the backup"

    def _log_visit(self, session: Session) -> None:
        now = MONDAY_MORNING
        session.add(InboxLetter(chat_id=101, body="{}", received_at=now, state="done", finished_at=now))
        visit = Visit(
            household_id=self._household,
            cadre_id=self._cadre,
            method="home",
            condition="steady",
            visited_on=now.date(),
            recorded_at=now,
        )
        session.add(visit)
        session.flush()
        key = f"visit,{visit.id}"
        session.add(
            OutboxMessage(
                chat_id=101, kind="send", body={}, lane="person", speech="answer", created_at=now, unique_key=key
            )
        )


async def test_a_backup_under_load_holds_each_visit_with_its_letter_and_its_answer(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as session:
        town = build_town(session)
    backroom = BackRoom(database)
    cadre = Cadre(backroom, town)
    working = asyncio.ensure_future(cadre.work())
    await until(lambda: cadre.visits >= BEFORE)
    looks = iter(range(MEANWHILE))

    def interrupted() -> None:
        if next(looks, None) is not None:
            cadre.wait_for_another()

    begun = cadre.visits
    counts = await asyncio.to_thread(
        write_snapshot, database, tmp_path / "backup", now=MONDAY_MORNING, going_on=interrupted
    )
    ended = cadre.visits
    working.cancel()
    await asyncio.wait([working])
    backroom.close()

    assert ended > begun, "the back room went on meanwhile"
    place = emptied(database, tmp_path)
    assert read_snapshot(place, tmp_path / "backup") == counts
    assert {name: number for name, number in counted(place).items() if name in counts} == counts
    assert begun <= counts["visits"] <= ended
    assert counts["visits"] == counts["inbox"] == counts["outbox"]
    assert torn(place) == 0
    if place.is_sqlite:
        assert pragma(place, "integrity_check") == ["ok"]
        assert pragma(place, "foreign_key_check") == []
        place.dispose()


def torn(place: Database) -> int:
    """Visits without their answer."""
    with place.reading() as session:
        keys = set(session.scalars(select(OutboxMessage.unique_key)))
        return sum(f"visit,{number}" not in keys for number in session.scalars(select(Visit.id)))


def pragma(place: Database, name: str) -> list[str]:
    with place.reading() as session:
        return [row[0] for row in session.execute(text(f"PRAGMA {name}"))]


@pytest.mark.torture
async def test_a_hundred_backups_under_load(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        town = build_town(session)
    backroom = BackRoom(database)
    cadre = Cadre(backroom, town)
    working = asyncio.ensure_future(cadre.work())
    await until(lambda: cadre.visits >= BEFORE)
    sizes = []
    for number in range(100):
        counts = await asyncio.to_thread(write_snapshot, database, tmp_path / f"{number}", now=MONDAY_MORNING)
        assert counts["visits"] == counts["inbox"] == counts["outbox"]
        sizes.append(counts["visits"])
    working.cancel()
    await asyncio.wait([working])
    backroom.close()
    print(f"backups under load {len(sizes)}, visits {sizes[0]} to {sizes[-1]}, torn 0")  # noqa: T201  # a figure
    with database.reading() as session:
        assert sizes[-1] <= (session.scalar(select(func.count()).select_from(Visit)) or 0)
