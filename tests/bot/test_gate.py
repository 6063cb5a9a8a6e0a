"""As many messages on their way as it takes to use the budget: a kill doubles no more than these."""

import asyncio

import pytest

from bot.gate import Gate, Shut

RATE = 28  # messages a second, as configured
PATIENCE = 5.0  # seconds


class Line:
    """Takes `seconds` for each message, from the call to the recorded outcome."""

    def __init__(self, gate: Gate, seconds: float) -> None:
        self.gate = gate
        self.seconds = seconds
        self.most = self.on_their_way = 0

    async def send(self) -> None:
        async with self.gate.passed(patience=PATIENCE):
            self.on_their_way += 1
            self.most = max(self.most, self.on_their_way)
            await asyncio.sleep(self.seconds)
            self.on_their_way -= 1


async def test_on_a_quick_line_one_is_on_its_way_at_a_time() -> None:
    line = Line(Gate(RATE), seconds=0.002)
    await asyncio.gather(*(line.send() for _ in range(50)))
    assert line.most == 1


async def test_a_slow_line_is_used_to_the_full_budget_and_hardly_more() -> None:
    line = Line(Gate(RATE), seconds=0.2)
    await asyncio.gather(*(line.send() for _ in range(40)))
    assert RATE * 0.2 < line.most <= 2 * RATE * 0.2


async def test_who_takes_long_holds_nobody_back() -> None:
    gate, never = Gate(RATE), asyncio.Event()

    async def hangs() -> None:
        async with gate.passed(patience=PATIENCE):
            await never.wait()

    hanging = asyncio.ensure_future(hangs())
    await asyncio.sleep(0)  # it is inside
    await Line(gate, seconds=0.0).send()
    hanging.cancel()


async def test_who_finds_no_room_in_time_is_told() -> None:
    gate = Gate(RATE)
    async with gate.passed(patience=PATIENCE):
        with pytest.raises(Shut):
            async with gate.passed(patience=0.01):
                pass
    async with gate.passed(patience=0.01):
        assert gate.room == 1
