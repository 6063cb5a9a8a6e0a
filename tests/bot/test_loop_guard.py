"""A loop that hangs can't notice itself: a thread does."""

import asyncio
import threading
import time

from bot.loop_guard import EXIT_STUCK, LoopGuard
from tests.bot.tasks import until

LOOK = 0.02  # seconds


class Ended:
    """What takes the place of the end of the process."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.came = threading.Event()

    def __call__(self, code: int) -> None:
        self.codes.append(code)
        self.came.set()


async def beating(guard: LoopGuard) -> None:
    while True:
        guard.beat()
        await asyncio.sleep(LOOK)


async def test_a_loop_that_hangs_ends_the_process() -> None:
    ended = Ended()
    with LoopGuard(stuck=0.2, look_every=LOOK, end=ended) as guard:
        heart = asyncio.ensure_future(beating(guard))
        await asyncio.sleep(0)
        assert ended.came.wait(5)  # the loop hangs here
        heart.cancel()
    assert ended.codes == [EXIT_STUCK]


async def test_a_loop_that_is_late_lives_on() -> None:
    ended = Ended()
    with LoopGuard(stuck=2.0, look_every=LOOK, end=ended) as guard:
        heart = asyncio.ensure_future(beating(guard))
        await asyncio.sleep(0)
        time.sleep(0.5)  # noqa: ASYNC251  # the loop hangs for a while
        assert await asyncio.to_thread(ended.came.wait, 2.5) is False, "it beats again"
        heart.cancel()
    assert ended.codes == []


async def test_nobody_watches_after_the_end() -> None:
    ended = Ended()
    before = threading.active_count()
    with LoopGuard(stuck=60, look_every=LOOK, end=ended):
        assert threading.active_count() == before + 1
    await until(lambda: threading.active_count() == before)
    assert ended.codes == []
