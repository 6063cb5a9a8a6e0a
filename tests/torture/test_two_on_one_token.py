"""Two bots with two databases are started on one token: no update is lost, and both say what is wrong."""

from pathlib import Path

import pytest
from sqlalchemy import select

from models.post import InboxLetter
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from tests.bot.commandline import operator_in
from tests.bot.tasks import until
from tests.keys import KEYRING
from tests.torture.forked_bot import ForkedBot
from tests.torture.town_at_work import PATIENCE, TOKEN

PEOPLE = 6
SAID = "another program polls with this token"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def other(sqlite_template: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "lianxin.db").write_bytes(sqlite_template.read_bytes())
    return folder


async def test_no_update_is_lost_and_both_say_it(
    database: Database, database_url: str, other: Path, tmp_path: Path
) -> None:
    sandbox, other_url = Sandbox(token=TOKEN), f"sqlite:///{other / 'lianxin.db'}"
    async with serve(sandbox) as url, SandboxClient(url, patience=PATIENCE) as client:
        bots = [
            ForkedBot(tmp_path, token=TOKEN, api_url=url, database_url=database_url),
            ForkedBot(other, token=TOKEN, api_url=url, database_url=other_url),
        ]
        for bot in bots:
            bot.start()
        try:
            await until(lambda: all(SAID in bot.log() for bot in bots), seconds=PATIENCE)
            for n in range(PEOPLE):
                hand = await client.add(f"人{n}")
                await hand.says("/help")
                await hand.sees("您好")
            codes = [await bot.end() for bot in bots]
        finally:
            for bot in bots:
                bot.clear_away()
        ran = await doctor(tmp_path, database_url, url)
    assert codes == [0, 0]
    handled = updates(database) + updates(Database(other_url, KEYRING))
    assert len(set(handled)) == PEOPLE, "none is lost; the other may have asked for one before it was confirmed"
    assert "另一个程序也在用这个令牌收消息" in ran


async def doctor(folder: Path, database_url: str, api_url: str) -> str:
    tables = {
        "telegram": {"token": TOKEN, "api_url": api_url},
        "database": {"url": database_url},
        "security": {"key_file": str(KEYRING.file)},
    }
    return (await operator_in(folder, **tables).runs("doctor")).out


def updates(database: Database) -> list[int]:
    """Which were handled here."""
    with database.reading() as session:
        ids = session.scalars(select(InboxLetter.update_id).where(InboxLetter.state == "done")).all()
    return [int(update_id or 0) for update_id in ids]
