"""A monitor is told of messages that could leave and don't, and of no others."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from bot.outcomes import Slower, TryLater
from bot.stopwatch import Stopwatch
from bot.vital_signs import MESSAGE_WAITS, Pulse
from models.session import Database
from services import outbox
from services.rules.send_windows import Speech
from tests.bot.delivering import Running
from tests.bot.tasks import nothing
from tests.town import ZONE, build_town


class Watched(Running):
    """A delivery whose process is asked how it is; both clocks are one."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.at(self.moment)
        watches = (Stopwatch(), Stopwatch(), Stopwatch())
        self.pulse = Pulse(
            self.backroom,
            self.office,
            "a process",
            ages=dict,
            leases=dict,
            fetched=watches[0],
            polling=watches[1],
            untold=watches[2],
            now=lambda: self.moment,
            beat=nothing,
        )

    def at(self, moment: datetime) -> None:
        self.moment = self.office_clock.moment = moment

    async def later(self, seconds: float) -> None:
        self.office_clock.forward(seconds=seconds)
        await super().later(seconds)

    async def troubles_in(self, seconds: float) -> list[str]:
        """While nothing is sent."""
        self.office_clock.forward(seconds=seconds)
        self.at(self.office_clock.now())
        return (await self.pulse.signs()).troubles()


@pytest.fixture
async def watched(database: Database) -> AsyncIterator[Watched]:
    watched = Watched(database)
    yield watched
    await asyncio.to_thread(watched.backroom.close)


@pytest.mark.parametrize(
    ("speech", "queued", "opens"),
    [
        (Speech.NOTICE, "2026-03-02T22:00", "2026-03-03T07:00"),
        (Speech.SCHEDULED, "2026-03-02T12:00", "2026-03-02T14:30"),
        (Speech.SCHEDULED, "2026-03-06T19:00", "2026-03-09T08:30"),
    ],
)
async def test_what_waited_for_its_hours_is_late_only_ten_minutes_after_they_began(
    watched: Watched, speech: Speech, queued: str, opens: str
) -> None:
    town = await watched.backroom.run(build_town)
    person_id = town.cadre.id
    watched.at(datetime.fromisoformat(queued).replace(tzinfo=ZONE))
    await watched.queue(lambda s: outbox.notice(s, watched.office, person_id, "test.notice", {}, speech=speech))
    watched.at(datetime.fromisoformat(opens).replace(tzinfo=ZONE))
    assert await watched.troubles_in(1) == []
    assert await watched.troubles_in(MESSAGE_WAITS) == ["messages"]


async def test_a_pause_that_telegram_asks_for_is_no_trouble_nor_is_what_waits_behind_it(watched: Watched) -> None:
    watched.sender.answers["first"] = [Slower(3600)]
    await watched.queue(watched.reply(5, "first"), watched.reply(5, "second"))
    await watched.work()
    for _ in range(11):
        await watched.later(300)
        assert await watched.troubles_in(0) == []


async def test_what_was_paused_is_late_ten_minutes_after_the_pause(watched: Watched) -> None:
    watched.sender.answers["first"] = [Slower(240)]
    await watched.queue(watched.reply(5, "first"))
    await watched.work()
    assert await watched.troubles_in(240 + MESSAGE_WAITS) == []
    assert await watched.troubles_in(1) == ["messages"]


async def test_messages_that_never_get_through_are_told_also_between_two_attempts(watched: Watched) -> None:
    watched.sender.answers["first"] = [TryLater("no route")] * 100
    await watched.queue(watched.reply(5, "first"))
    await watched.work()
    for _ in range(25):
        await watched.later(30)
    assert await watched.troubles_in(0) == ["messages"]
    assert await watched.troubles_in(20) == ["messages"]


async def test_what_nobody_takes_is_told_after_ten_minutes(watched: Watched) -> None:
    await watched.queue(watched.reply(5, "first"))
    assert await watched.troubles_in(MESSAGE_WAITS) == []
    assert await watched.troubles_in(1) == ["messages"]
