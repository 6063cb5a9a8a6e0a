"""A stage for every journey, on both databases; in both languages, and once with a restart before every act."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from pydantic import SecretStr

from bot.config import Database as DatabaseTable
from bot.config import PolicyTable, Settings, SiteTable, Telegram
from models.session import Database
from sandbox import Sandbox, serve
from services.clock import ShiftedClock
from services.i18n import Translator, translator
from tests.journeys.stage import RestlessClient, Stage
from tests.town import MONDAY_MORNING, build_town

TOKEN = "123456789:a-token-for-tests-only"


class Play(NamedTuple):
    """How a journey is played: in which language, and whether the bot is restarted before whatever anybody does."""

    language: str
    restarting: bool


@pytest.fixture
async def stage(database: Database, database_url: str) -> AsyncIterator[Stage]:
    """The bot is running; its people are those of `tests.town`."""
    with database.transaction() as session:
        town = build_town(session)
    clock = ShiftedClock(MONDAY_MORNING)
    sandbox = Sandbox(token=TOKEN, clock=clock.now)
    async with serve(sandbox) as url, RestlessClient(url) as client:
        settings = Settings(
            telegram=Telegram(token=SecretStr(TOKEN), api_url=url),
            database=DatabaseTable(url=database_url),
            site=SiteTable(name="云溪镇", town_hotline="0000-12345", supervision_phone="0000-67890"),
            policy=PolicyTable(messages_per_second=0),  # people of a test tap faster than Telegram lets a bot write
        )
        stage = Stage(database, settings, clock, sandbox, client, town)
        await stage.start_bot()
        yield stage
        await stage.stop_bot()


@pytest.fixture(params=[Play("zh_CN", restarting=False), Play("en", restarting=True)], ids=["zh_CN", "en-restarting"])
async def t(stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[Translator]:
    """The words that everybody on the stage reads; a test that asks for them is played in both languages."""
    play: Play = request.param
    await stage.everybody_speaks(play.language)
    if play.restarting:
        stage.client.before_act = stage.restart_between
    yield translator(play.language)
    assert stage.restarts or not play.restarting, "the journey was to be restarted, and nobody acted through the client"
