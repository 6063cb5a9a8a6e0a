"""Sandbox and bot side by side in one process, on a fresh SQLite file that goes away with them."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import structlog
from pydantic import SecretStr

from bot import app
from bot.config import Settings
from bot.config.tables import Backup, Security, SiteTable, Telegram
from bot.config.tables import Database as DatabaseTable
from bot.post_office import PostOffice
from bot.supervision import Nursery
from models.key_file import create_key_file
from models.keyring import Keyring
from models.migrating import migrate
from models.session import Database
from sandbox import Sandbox, serve
from services import ticks
from services.clock import ShiftedClock, SystemClock
from services.office import Office
from services.rules.working_time import WorkCalendar

TOKEN = "123456789:demonstration-only"  # noqa: S105  # opens nothing but the sandbox
USERNAME = "lianxin_bot"
FIRST_HOUR = time(9)
SETTLE = 60.0  # seconds for everything that a moment brings

log = structlog.get_logger(__name__)


@dataclass
class DemoStage:
    """Lives as long as the demonstration."""

    url: str
    folder: Path
    settings: Settings
    sandbox: Sandbox
    clock: ShiftedClock
    post: PostOffice
    nursery: Nursery

    @property
    def office(self) -> Office:
        return self.post.office

    async def move_to(self, moment: datetime) -> None:
        """Go forward, living through whatever is due on the way; returns when all of it has been said."""
        while (due := ticks.next_moment(self.office)) <= moment:
            await self._live(due)
        await self._live(moment)

    async def _live(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        await self.post.clock.tick()
        async with asyncio.timeout(SETTLE):
            await self.post.until_quiet()


@asynccontextmanager
async def opened(port: int) -> AsyncIterator[DemoStage]:
    """A sandbox on that port of 127.0.0.1 (0 takes a free one) and a bot that talks to it, with an empty town."""
    with tempfile.TemporaryDirectory(prefix="lianxin-demo-") as name:
        folder = Path(name)
        clock = ShiftedClock(_first_morning())
        stage: list[DemoStage] = []

        async def moved(moment: datetime) -> None:
            await stage[0].move_to(moment)

        sandbox = Sandbox(token=TOKEN, username=USERNAME, clock=clock.now, on_clock=moved)
        async with serve(sandbox, port=port) as url:
            settings = _settings(url, folder)
            _make_database(settings)
            async with app.opened(settings, clock=clock, alone=True) as (post, nursery):
                stage.append(DemoStage(url, folder, settings, sandbox, clock, post, nursery))
                post.start()
                yield stage[0]
                await nursery.stop_loops()


def _settings(url: str, folder: Path) -> Settings:
    return Settings(
        telegram=Telegram(token=SecretStr(TOKEN), api_url=url, bot_username=USERNAME),
        database=DatabaseTable(url=f"sqlite:///{folder / 'lianxin.db'}"),
        security=Security(key_file=folder / "lianxin.key"),
        backup=Backup(folder=""),  # nothing of it is kept
        site=SiteTable(name="云溪镇", town_hotline="0000-8812345", supervision_phone="0000-8812380"),
    )


def _make_database(settings: Settings) -> None:
    create_key_file(settings.security.key_file, on=SystemClock().now().date())
    database = Database(settings.database.url, Keyring(settings.security.key_file))
    migrate(database)
    database.dispose()


def _first_morning() -> datetime:
    """Nine o'clock today, or on the next working day: a demonstration doesn't begin on a holiday."""
    office = Office()
    today = office.today()
    calendar = WorkCalendar(office.policy)
    day = today if calendar.is_working_day(today) else calendar.next_working_day(today)
    return datetime.combine(day, FIRST_HOUR, tzinfo=office.zone)
