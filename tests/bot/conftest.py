"""A village whose letters fail, and its operator's console."""

from collections.abc import Iterator

import pytest

from bot.commands.console import Console
from bot.config import Settings
from bot.config.tables import Database as DatabaseTable
from bot.config.tables import Security, SiteTable
from models.session import Database
from services.i18n import Language, translator
from tests.bot.faulty_village import Village
from tests.keys import KEYRING


@pytest.fixture
def village(database: Database, request: pytest.FixtureRequest) -> Iterator[Village]:
    village = Village(database, getattr(request, "param", Language.ZH_CN))
    yield village
    village.running.backroom.close()


@pytest.fixture
def console(village: Village, database_url: str) -> Console:
    settings = Settings(
        database=DatabaseTable(url=database_url),
        security=Security(key_file=KEYRING.file),
        site=SiteTable(language=village.language),
    )
    return Console(settings, translator(village.language))
