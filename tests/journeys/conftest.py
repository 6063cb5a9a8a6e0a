"""A stage for every journey: each database, each language, and once with restarts between what people do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.session import Database
from services.i18n import Translator, translator
from tests.journeys.plays import EN_RESTARTING, ZH_CN, Play
from tests.journeys.stage import Stage, opened

ACTS_BETWEEN_RESTARTS = 3  # in the long run, one


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In every run each database and each language once, and once with restarts; the long run has the others."""
    for item in items:
        is_ours = item.path.parent == Path(__file__).parent
        if is_ours and any(play in item.name for play in ("postgresql-en-restarting", "sqlite-zh_CN")):
            item.add_marker(pytest.mark.torture)


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with opened(database) as stage:
        yield stage


@pytest.fixture(params=[ZH_CN, EN_RESTARTING], ids=str)
async def t(stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[Translator]:
    """The words that everybody on the stage reads; a test that asks for them is played in both languages."""
    play: Play = request.param
    await stage.everybody_speaks(play.language)
    if play.restarting:
        stage.restart_each = 1 if request.config.getoption("--torture") else ACTS_BETWEEN_RESTARTS
        stage.client.before_act = stage.restart_between
    yield translator(play.language)
    assert stage.restarts or not play.restarting, "the journey was to be restarted, and nobody acted through the client"
