"""A loop that never comes back ends the whole process, which would look alive and do only half of its work."""

import asyncio
import shutil
import time
from pathlib import Path

import pytest

from bot.deadlines import LOOK_EVERY, MOST, STOP_WITHIN
from sandbox import Sandbox, serve
from tests.bot import test_app
from tests.torture.figures import Figures
from tests.torture.forked_bot import ForkedBot
from tests.torture.lives import LoopStalls

LOOPS = test_app.LOOPS | {"web": "web.WebSide"}
TOKEN = "123456789:a-token-for-tests-only"
SOON = 1.0  # seconds without a sign of life, in place of the usual limit
BUSY = 10.0  # seconds that a busy machine may add to what is measured in a fork
START = 60.0  # seconds from the start to the first sign of life


async def stalled(life: LoopStalls, template: Path, *, limit: float) -> float:
    """Run that life to its end; returns the seconds from the last sign of life of the loop to that."""
    folder = life.witness.parent
    shutil.copy(template, folder / "lianxin.db")
    async with serve(Sandbox(token=TOKEN)) as url:
        bot = ForkedBot(folder, token=TOKEN, api_url=url, database_url=f"sqlite:///{folder / 'lianxin.db'}")
        bot.start(life)
        try:
            code = await bot.ended(seconds=START + limit)
        finally:
            bot.clear_away()
        over = time.monotonic()
    assert code == 1, "so that whoever supervises it starts it again"
    assert f"{life.loop} stalled" in bot.log()
    return over - float(life.witness.read_text("utf-8"))


def life(loop: str, folder: Path, *, is_stubborn: bool, noticed_after: float | None = None) -> LoopStalls:
    place = folder / f"{loop}-{is_stubborn}"
    place.mkdir()
    return LoopStalls(loop, LOOPS[loop], place / "stalled", is_stubborn, noticed_after)


@pytest.mark.parametrize(("loop", "is_stubborn"), [("desk", False), ("intake", True)])
async def test_a_loop_that_never_comes_back_ends_the_process(
    loop: str, is_stubborn: bool, tmp_path: Path, sqlite_template: Path
) -> None:
    one = life(loop, tmp_path, is_stubborn=is_stubborn, noticed_after=SOON)
    most = SOON + LOOK_EVERY + STOP_WITHIN + BUSY
    assert await stalled(one, sqlite_template, limit=most) < most


@pytest.mark.torture
async def test_whichever_loop_never_comes_back_the_process_ends_within_a_minute(
    tmp_path: Path, sqlite_template: Path, figures: Figures
) -> None:
    lives = [life(loop, tmp_path, is_stubborn=is_stubborn) for loop in LOOPS for is_stubborn in (False, True)]
    took = await asyncio.gather(*(stalled(one, sqlite_template, limit=MOST) for one in lives))
    figures.note("loop stalled", of=len(LOOPS), seconds_from_last_sign_of_life_to_end=round(max(took), 1), limit_s=MOST)
    assert max(took) < MOST
