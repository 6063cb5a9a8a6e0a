"""The nursery: no loop dies or stalls unnoticed, no child is forgotten."""

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.supervision import LoopDied, Nursery
from tests.bot.tasks import Seconds

SOON = 0.001  # seconds
PATIENT = 10.0  # seconds; a test that needs them has failed


Loop = Callable[[], Coroutine[Any, Any, None]]


class Ending:
    """A loop that waits for ever and notes that it was ended."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended = asyncio.Event()

    async def run(self) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()


async def for_ever() -> None:
    await asyncio.Event().wait()


async def returns() -> None:
    return


async def raises() -> None:
    raise ValueError("no more paper")


async def leaks_a_cancellation() -> None:
    raise asyncio.CancelledError


async def test_the_wait_is_over_when_asked_to_stop() -> None:
    stop = asyncio.Event()
    async with asyncio.timeout(PATIENT), Nursery() as nursery:
        nursery.start("desk", for_ever())
        asyncio.get_running_loop().call_soon(stop.set)
        await nursery.run_until(stop)


@pytest.mark.parametrize("loop", [returns, raises, leaks_a_cancellation])
async def test_a_loop_that_ends_ends_the_wait_at_once_and_is_named(loop: Loop) -> None:
    async with asyncio.timeout(PATIENT):
        with pytest.raises(LoopDied, match=r"^intake ended") as died, capture_logs():
            async with Nursery(look_every=10 * PATIENT) as nursery:
                nursery.start("desk", for_ever())
                nursery.start("intake", loop())
                await nursery.run_until(asyncio.Event())
    assert died.value.name == "intake"


async def test_the_reason_of_a_dead_loop_is_kept() -> None:
    with pytest.raises(LoopDied, match=r"^intake ended") as died, capture_logs():
        async with Nursery() as nursery:
            nursery.start("intake", raises())
            await nursery.run_until(asyncio.Event())
    assert isinstance(died.value.__cause__, ValueError)


async def test_a_loop_without_a_heartbeat_ends_the_wait_and_is_named() -> None:
    clock = Seconds()
    async with asyncio.timeout(PATIENT):
        with pytest.raises(LoopDied, match=r"^desk stalled") as died:
            async with Nursery(stalled=60, look_every=SOON, monotonic=clock) as nursery:
                nursery.start("desk", for_ever())
                nursery.start("intake", for_ever())
                clock.now += 61
                nursery.heartbeat("intake")
                await nursery.run_until(asyncio.Event())
    assert died.value.name == "desk"


async def test_a_loop_that_stalls_while_waiting_is_noticed() -> None:
    clock, looked = Seconds(), asyncio.Event()

    async def beats_once() -> None:
        nursery.heartbeat("desk")
        looked.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(PATIENT), Nursery(stalled=60, look_every=SOON, monotonic=clock) as nursery:
        nursery.start("desk", beats_once())
        waiting = asyncio.ensure_future(nursery.run_until(asyncio.Event()))
        await looked.wait()
        assert not waiting.done()
        clock.now += 60.5
        with pytest.raises(LoopDied, match="desk stalled"):
            await waiting


async def test_a_loop_that_beats_goes_on_for_ever() -> None:
    clock, stop = Seconds(), asyncio.Event()

    async def beats() -> None:
        for _ in range(100):
            clock.now += 50
            nursery.heartbeat("desk")
            await asyncio.sleep(0)
        stop.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(PATIENT), Nursery(stalled=60, look_every=0, monotonic=clock) as nursery:
        nursery.start("desk", beats())
        await nursery.run_until(stop)


async def test_a_limit_of_its_own_and_none_at_all() -> None:
    clock = Seconds()
    async with asyncio.timeout(PATIENT):
        with pytest.raises(LoopDied, match="quick stalled"):
            async with Nursery(stalled=60, look_every=SOON, monotonic=clock) as nursery:
                nursery.start("web", for_ever(), stalled=math.inf)
                nursery.start("quick", for_ever(), stalled=5)
                clock.now += 1000
                await nursery.run_until(asyncio.Event())


async def test_ages_tell_the_seconds_since_the_last_heartbeat() -> None:
    clock = Seconds()
    async with Nursery(monotonic=clock) as nursery:
        nursery.start("desk", for_ever())
        nursery.start("intake", for_ever())
        clock.now += 7
        nursery.heartbeat("intake")
        clock.now += 2
        assert nursery.ages() == {"desk": 9, "intake": 2}


async def test_leaving_ends_every_loop() -> None:
    desk, intake = Ending(), Ending()
    async with Nursery() as nursery:
        nursery.start("desk", desk.run())
        nursery.start("intake", intake.run())
        await desk.begun.wait()
        await intake.begun.wait()
    assert desk.ended.is_set()
    assert intake.ended.is_set()


async def test_when_one_loop_dies_the_others_are_ended_too() -> None:
    desk = Ending()
    with pytest.raises(LoopDied):
        async with Nursery() as nursery:
            nursery.start("desk", desk.run())
            await desk.begun.wait()
            nursery.start("intake", returns())
            await nursery.run_until(asyncio.Event())
    assert desk.ended.is_set()


async def test_a_failed_child_is_logged_and_harms_nobody() -> None:
    stop = asyncio.Event()

    async def last() -> None:
        stop.set()

    with capture_logs() as logs:
        async with asyncio.timeout(PATIENT), Nursery() as nursery:
            nursery.start("desk", for_ever())
            nursery.spawn("letter", raises())
            nursery.spawn("parcel", last())
            await nursery.run_until(stop)
    assert [(entry["task"], str(entry["exc_info"])) for entry in logs] == [("letter", "no more paper")]


async def test_a_child_may_finish_after_the_loops_have_ended() -> None:
    desk, may_finish, done = Ending(), asyncio.Event(), []

    async def child() -> None:
        await desk.ended.wait()
        await may_finish.wait()
        done.append("sent")

    async with asyncio.timeout(PATIENT), Nursery() as nursery:
        nursery.start("desk", desk.run())
        nursery.spawn("parcel", child())
        await desk.begun.wait()
        await nursery.stop_loops()
        assert done == []
        may_finish.set()
    assert done == ["sent"]


async def test_a_child_that_does_not_finish_is_cancelled_after_the_grace() -> None:
    child = Ending()
    async with asyncio.timeout(PATIENT), Nursery(grace=SOON) as nursery:
        nursery.spawn("parcel", child.run())
        await child.begun.wait()
    assert child.ended.is_set()


async def test_a_task_that_refuses_to_end_is_named_and_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.supervision.LAST_WORDS", SOON)
    begun, let_go, gone = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        begun.set()
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue
        gone.set()

    try:
        with capture_logs() as logs:
            async with asyncio.timeout(PATIENT), Nursery() as nursery:
                nursery.start("desk", stubborn())
                await begun.wait()
        assert [(entry["event"], entry["task"]) for entry in logs] == [("a task refuses to end", "desk")]
    finally:
        let_go.set()
        await gone.wait()


async def test_nothing_can_be_started_after_the_end() -> None:
    async with Nursery() as nursery:
        pass
    with pytest.raises(RuntimeError, match="parcel"):
        nursery.spawn("parcel", returns())
