"""The whole bot against the sandbox: real HTTP on both sides, a clock that begins at a Monday morning."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pydantic import SecretStr
from sqlalchemy import Select, update

from bot import app
from bot.config import Settings
from bot.config.tables import Database as DatabaseTable
from bot.config.tables import PolicyTable, Security, SiteTable, Telegram
from bot.post_office import PostOffice
from models.actor import Role
from models.erasure_log import ErasureLog
from models.people import Person
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import Hand, Message, SandboxClient, words
from services.clock import ShiftedClock
from services.invitations import invite_by_codes
from services.office import Office
from tests.town import MONDAY_MORNING, Town, build_town

TOKEN = "123456789:a-token-for-tests-only"
ROLES = ("intake", "desk", "delivery")  # ticks are run by hand, when a test moves the clock
LANGUAGE_CODES = {"zh_CN": "zh-hans", "en": "en"}  # as Telegram names them

T = TypeVar("T")


class RestlessClient(SandboxClient):
    """A client in whose world something may happen before whatever anybody does, such as a restart of the bot."""

    before_act: Callable[[], Awaitable[None]] | None = None

    async def post(self, path: str, body: Any) -> Any:
        if self.before_act is not None and path.startswith("/sandbox/persons/"):
            await self.before_act()
        return await super().post(path, body)


@dataclass
class Stage:
    """A sandbox with people, a small town, and a bot that can be stopped and started again."""

    database: Database
    settings: Settings
    clock: ShiftedClock
    sandbox: Sandbox
    client: RestlessClient
    town: Town
    language: str = "zh_CN"  # of whoever comes to the town
    restarts: int = 0
    acts: int = 0  # that may have a restart before them
    restart_each: int = 1
    _post: PostOffice | None = None
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def post(self) -> PostOffice:
        assert self._post is not None, "the bot isn't running"
        return self._post

    @property
    def office(self) -> Office:
        return self.post.office

    async def start_bot(self) -> None:
        post, nursery = await self._running.enter_async_context(app.opened(self.settings, clock=self.clock, alone=True))
        self._running.push_async_callback(nursery.stop_loops)
        self._post = post
        post.start(ROLES)

    async def stop_bot(self) -> None:
        await self._running.aclose()
        self._post = None

    async def restart_bot(self) -> None:
        await self.stop_bot()
        await self.start_bot()
        self.restarts += 1

    async def restart_between(self) -> None:
        """A restart once the last act has had all its effects; before the first, and then before each so many."""
        self.acts += 1
        if (self.acts - 1) % self.restart_each:
            return
        await self.quiet()
        await self.restart_bot()

    # --- people

    async def phone_of(self, person: Person) -> Hand:
        """The phone of somebody of the town who is known to the bot already; they have written to it before."""
        code = LANGUAGE_CODES[self.language]
        hand = await self.client.add(person.name, id=person.telegram_user_id, language_code=code, phone=person.phone)
        await hand.says("/start")
        await self.quiet()
        return hand

    async def newcomer(self, name: str, **more: Any) -> Hand:
        """A phone that has never met the bot."""
        return await self.client.add(name, language_code=LANGUAGE_CODES[self.language], **more)

    async def everybody_speaks(self, language: str) -> None:
        """All people of the town have chosen that language earlier, and so do the phones of newcomers."""
        self.language = language
        with self.database.transaction() as session:
            session.execute(update(Person).values(language=language))

    def invitation(self, role: Role, unit_code: str, person_code: str | None = None) -> str:
        with self.database.transaction() as session:
            return invite_by_codes(session, self.office, role=role, unit_code=unit_code, person_code=person_code)

    # --- what came of it

    def rows(self, query: Select[T]) -> list[T]:
        """What the database says now, read apart from the bot."""
        with self.database.reading() as session:
            return list(session.scalars(query))

    def row(self, query: Select[T]) -> T:
        (only,) = self.rows(query)
        return only

    async def received(self, hand: Hand, fragment: str) -> list[Message]:
        """All messages on this phone that hold the words, once everything has been delivered; oldest first."""
        await self.quiet()
        return [message for message in await hand.messages() if fragment in words(message)]

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


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Stage]:
    """The bot is running; its people are those of `tests.town`."""
    # all tests share one key file, and the people of the one before had the same numbers since the same moment
    ErasureLog(database.keyring.file).file.unlink(missing_ok=True)
    with database.transaction() as session:
        town = build_town(session)
    clock = ShiftedClock(MONDAY_MORNING)
    sandbox = Sandbox(token=TOKEN, clock=clock.now)
    async with serve(sandbox) as url, RestlessClient(url) as client:
        stage = Stage(database, _settings(url, database), clock, sandbox, client, town)
        await stage.start_bot()
        yield stage
        await stage.stop_bot()


def data_of(message: Message, label: str) -> str:
    """What the button with this label sends."""
    buttons = [button for row in message["reply_markup"]["inline_keyboard"] for button in row]
    return next(str(button["callback_data"]) for button in buttons if label in button["text"])


def _settings(url: str, database: Database) -> Settings:
    return Settings(
        telegram=Telegram(token=SecretStr(TOKEN), api_url=url),
        database=DatabaseTable(url=database.engine.url.render_as_string(hide_password=False)),
        site=SiteTable(name="云溪镇", town_hotline="0000-12345", supervision_phone="0000-67890"),
        security=Security(key_file=database.keyring.file),
        policy=PolicyTable(messages_per_second=0, messages_per_minute=0),  # people of a test are faster than people
    )
