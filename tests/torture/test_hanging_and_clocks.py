"""An event loop that hangs, and a wall clock that jumps by an hour."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from bot.deadlines import LOOP_STUCK
from bot.loop_guard import EXIT_STUCK
from models.session import Database
from tests.torture.figures import Figures
from tests.torture.lives import LoopHangs, WallClockJumps
from tests.torture.town_at_work import at_work

FOR_EVER = 3600.0  # seconds

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database has no part in it


async def test_a_loop_that_hangs_for_three_seconds_is_only_late(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with at_work(database, tmp_path, database_url=database_url, first_life=LoopHangs(3.0)) as town:
        await town.one_more_visit_each()
        assert "stuck" not in town.bot.log()


async def test_a_loop_that_hangs_for_ever_ends_the_process_and_the_next_goes_on(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    life = LoopHangs(FOR_EVER, noticed_after=2.0)
    async with at_work(database, tmp_path, database_url=database_url, first_life=life) as town:
        assert await town.bot.ended(seconds=30) == EXIT_STUCK
        assert "the event loop is stuck" in town.bot.log()
        assert "lives.py" in town.bot.log(), "it says where"
        town.bot.start()
        await town.one_more_visit_each()


@pytest.mark.torture
async def test_a_loop_that_hangs_ends_the_process_within_a_minute(
    database: Database, database_url: str, tmp_path: Path, figures: Figures
) -> None:
    async with at_work(database, tmp_path, database_url=database_url, first_life=LoopHangs(FOR_EVER)) as town:
        begun = time.monotonic()
        assert await town.bot.ended(seconds=60) == EXIT_STUCK
        figures.note("event loop stuck", seconds_to_end=round(time.monotonic() - begun, 1), limit_s=LOOP_STUCK)
        town.bot.start()
        await town.one_more_visit_each()


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_that_jumps_holds_nothing_up_and_doubles_nothing(
    hours: int, database: Database, database_url: str, tmp_path: Path
) -> None:
    life = WallClockJumps(timedelta(hours=hours))
    async with at_work(database, tmp_path, database_url=database_url, first_life=life) as town:
        await town.one_more_visit_each()
        await town.one_more_visit_each()
        town.bot.kill()  # what it claimed by the wrong clock is free at the next start, by the right one
        town.bot.start()
        await town.one_more_visit_each()
    assert max(town.arrivals.doubled(database).values(), default=0) <= 2, "the kill's"
