"""The bot dies where a channel, a file, a picture and a letter come to their ends: nothing lost, nothing done twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.desk import RETRY_AFTER
from models.people import Person
from models.post import InboxLetter, OutboxMessage
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from tests.forks import Prepare
from tests.torture.bookkeeping import Arrivals, Doubles, check, counts, each_was_reminded_once
from tests.torture.crash_points import BLOCK, BURIAL, FILE, PICTURE
from tests.torture.dying import PATIENCE, die, site_clock
from tests.torture.figures import Figures
from tests.torture.forked_bot import ForkedBot
from tests.torture.lives import HandlersFail, RetriesAtOnce
from tests.torture.other_people import FAULTY, KEPT, STILL_TO_SAY, OtherPeople, files, pictures, told
from tests.torture.village import build_village, people_at_work

TOKEN = "123456789:a-token-for-tests-only"
PEOPLE = 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_dying_at_other_ends_loses_nothing(database: Database, database_url: str, tmp_path: Path) -> None:
    await survive(database, database_url, tmp_path)


@pytest.mark.torture
async def test_dying_at_other_ends_loses_nothing_on_either_database(
    database: Database, database_url: str, tmp_path: Path, figures: Figures
) -> None:
    doubled = await survive(database, database_url, tmp_path)
    hit = len((*BLOCK, *FILE, *PICTURE, *BURIAL))
    about = f"crash points, {database.engine.dialect.name}: other ends"
    figures.note(about, hit=hit, messages_doubled=doubled, **counts(database))


async def survive(database: Database, database_url: str, folder: Path) -> int:
    """Returns how many messages people got twice."""
    ids, sandbox = build_village(database, PEOPLE), Sandbox(token=TOKEN)
    async with serve(sandbox) as url, SandboxClient(url, patience=PATIENCE) as client:
        people = await OtherPeople.arrive(sandbox, database, client, ids)
        bot = ForkedBot(folder, token=TOKEN, api_url=url, database_url=database_url)
        lives = Lives(bot, database, folder, Doubles(Arrivals(sandbox)))
        async with people_at_work(people, bot, sandbox, database, patience=PATIENCE):
            people.block_unnoticed()
            await lives.end_at(BLOCK)
            ended, calls = the_end_of(database, people.gone.id), people.calls_to_the_gone()
            people.begin(people.take_the_file)
            await lives.end_at(FILE)
            people.begin(people.look_at_the_picture)
            await lives.end_at(PICTURE)
            people.begin(people.find_the_fault)
            await lives.end_at(BURIAL, HandlersFail(FAULTY), RetriesAtOnce())
            bot.start(site_clock())
        doubled = lives.doubles.total(database)
        check(database, {people.photographer.id: 1}, buried=1)
        each_was_reminded_once(database, set(ids) - {people.gone.id})
        assert the_end_of(database, people.gone.id) == ended, "marked once"
        assert people.calls_to_the_gone() == calls, "nothing more was tried"
        await each_end_came_once(people, database)
    return doubled


@dataclass
class Lives:
    bot: ForkedBot
    database: Database
    folder: Path
    doubles: Doubles
    ended: list[str] = field(default_factory=list)

    async def end_at(self, points: Sequence[str], *faults: Prepare) -> None:
        """A life each."""
        for point in points:
            await die(self.bot, point, self.folder / f"witness {len(self.ended)}", *faults)
            self.ended.append(point)
            await self.doubles.count(self.database)


def the_end_of(database: Database, telegram_id: int) -> datetime:
    """When their channel ended; with it died whatever was still to be said."""
    with database.reading() as session:
        queued = select(OutboxMessage.state).where(OutboxMessage.chat_id == telegram_id)
        states = Counter(session.scalars(queued))
        assert (states["cancelled"] >= STILL_TO_SAY, len(states)) == (True, 1), f"not all of it died: {states}"
        person = session.scalars(select(Person).where(Person.telegram_user_id == telegram_id)).one()
        assert person.unreachable_since is not None
        assert "blocked" in (person.unreachable_reason or "")
        return person.unreachable_since


async def each_end_came_once(people: OtherPeople, database: Database) -> None:
    """On the phones, and once more for each kill that could hit it on its way."""
    assert 1 <= await files(people.reader) <= 1 + sum("before the answer" in point for point in FILE)
    assert 1 <= await pictures(people.photographer) <= 1 + sum("before the answer" in point for point in PICTURE)
    assert 1 <= await told(people.unlucky, KEPT) <= 1 + len(BURIAL)
    with database.reading() as session:
        dead = session.scalars(select(InboxLetter).where(InboxLetter.state == "dead")).one()
        assert (dead.chat_id, dead.attempts) == (people.unlucky.id, len(RETRY_AFTER) + 1)
