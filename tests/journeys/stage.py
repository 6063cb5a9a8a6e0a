"""The whole bot against the sandbox: real HTTP on both sides, a clock that begins at a Monday morning."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime

from bot import app
from bot.config import Settings
from bot.post_office import PostOffice
from models.people import Person
from models.session import Database
from sandbox import Sandbox
from sandbox.client import Hand, SandboxClient
from services.clock import ShiftedClock
from tests.town import Town

ROLES = ("intake", "desk", "delivery")  # ticks are run by hand, when a test moves the clock


@dataclass
class Stage:
    """A sandbox with people, a small town, and a bot that can be stopped and started again."""

    database: Database
    settings: Settings
    clock: ShiftedClock
    sandbox: Sandbox
    client: SandboxClient
    town: Town
    _post: PostOffice | None = None
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def post(self) -> PostOffice:
        assert self._post is not None, "the bot isn't running"
        return self._post

    async def start_bot(self) -> None:
        self._post, nursery = await self._running.enter_async_context(
            app.opened(self.settings, clock=self.clock, alone=True)
        )
        self._running.push_async_callback(nursery.stop_loops)
        self._post.start(ROLES)

    async def stop_bot(self) -> None:
        await self._running.aclose()
        self._post = None

    async def restart_bot(self) -> None:
        await self.stop_bot()
        await self.start_bot()

    async def phone_of(self, person: Person, *, language_code: str = "zh-hans") -> Hand:
        """The phone of somebody of the town who is known to the bot already; they have written to it before."""
        hand = await self.client.add(person.name, id=person.telegram_user_id, language_code=language_code)
        await hand.says("/start")
        await self.quiet()
        return hand

    async def speaks(self, person: Person, language: str) -> None:
        """The person has chosen that language earlier."""
        with self.database.transaction() as session:
            session.get_one(Person, person.id).language = language

    async def quiet(self) -> None:
        """Until the bot has fetched, handled and answered everything."""
        async with asyncio.timeout(30):
            while len(self.sandbox.updates):  # noqa: ASYNC110  # the sandbox has no event for it
                await asyncio.sleep(0.005)
            await self.post.until_quiet()

    async def move_to(self, moment: datetime) -> None:
        """Go forward in time, and let the clock's ticks do what is due then."""
        self.clock.move_to(moment)
        await self.post.clock.tick()
        await self.quiet()
