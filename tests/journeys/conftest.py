"""A stage for every journey, on both databases."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.config import Database as DatabaseTable
from bot.config import Settings, Telegram
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from services.clock import ShiftedClock
from tests.journeys.stage import Stage
from tests.town import MONDAY_MORNING, build_town

TOKEN = "123456789:a-token-for-tests-only"


@pytest.fixture
async def stage(database: Database, database_url: str) -> AsyncIterator[Stage]:
    """The bot is running; its people are those of `tests.town`."""
    with database.transaction() as session:
        town = build_town(session)
    clock = ShiftedClock(MONDAY_MORNING)
    sandbox = Sandbox(token=TOKEN, clock=clock.now)
    async with serve(sandbox) as url, SandboxClient(url) as client:
        settings = Settings(
            telegram=Telegram(token=SecretStr(TOKEN), api_url=url), database=DatabaseTable(url=database_url)
        )
        stage = Stage(database, settings, clock, sandbox, client, town)
        await stage.start_bot()
        yield stage
        await stage.stop_bot()
