"""The restore drill: from nothing but a backup, the key file and the settings, the town is back and the bot answers."""

import asyncio
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from models.key_file import create_key_file
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import Hand, SandboxClient, words
from tests.bot.commandline import TOKEN, Operator, ended, operator_in
from tests.keys import KEY_ID, KEYRING
from tests.models.test_snapshots import counted
from tests.town import MONDAY_MORNING, build_town


@dataclass
class Drill:
    """A town that is about to be lost, and another machine without anything."""

    lost: Database
    before: Operator
    after: Operator
    new_url: str


@pytest.fixture
def drill(tmp_path: Path, database: Database, database_url: str) -> Iterator[Drill]:
    with database.transaction() as session:
        build_town(session)
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    name = f"drill_{uuid4().hex[:12]}"
    new_url = f"sqlite:///{after / 'lianxin.db'}"
    if not database.is_sqlite:
        server = make_url(database_url).set(database="postgres")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        new_url = server.set(database=name).render_as_string(hide_password=False)
    yield Drill(
        database,
        operator_in(before, database={"url": database_url}),
        operator_in(after, database={"url": new_url}),
        new_url,
    )
    if not database.is_sqlite:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


async def test_the_restore_drill(drill: Drill) -> None:
    backup = drill.before.folder / "town.backup"
    assert (await drill.before.runs("backup", backup)).code == 0
    assert "town.backup" in (await drill.before.runs("backup", backup)).only_line, "a backup is never overwritten"
    assert "不会覆盖" in (await drill.before.runs("restore", backup)).only_line, "nor is a town"

    carried = shutil.copy(backup, drill.after.folder)
    restored = await drill.after.runs("restore", carried)
    assert restored.code == 0
    assert "现在又有效了" in restored.only_line, "what was revoked since is named, and it needs no migrate"
    assert "没有要改的" in (await drill.after.runs("migrate")).out
    place = Database(drill.new_url, KEYRING)
    assert without_audit(counted(place)) == without_audit(counted(drill.lost))

    async with serve(Sandbox(token=TOKEN, username="yunxi_bot")) as url, SandboxClient(url) as client:
        drill.after.settings(database={"url": drill.new_url}, telegram={"token": TOKEN, "api_url": url})
        examined = await drill.after.runs("doctor")
        assert examined.code == 0, examined.out
        cadre = await client.add("王联系", id=101)
        await cadre.says("/today")
        running = await drill.after.starts("run")
        try:
            assert "张大山" in await answer_to(cadre)
        finally:
            running.send_signal(signal.SIGTERM)
        assert (await ended(running, seconds=30)).code == 0
    place.dispose()


def without_audit(counts: dict[str, int]) -> dict[str, int]:
    """That there was a backup and a restore is written down after each."""
    return {name: number for name, number in counts.items() if name != "audit_entries"}


async def answer_to(person: Hand) -> str:
    async with asyncio.timeout(60):
        while not (messages := await person.messages()):  # noqa: ASYNC110  # the sandbox has no event for it
            await asyncio.sleep(0.05)
    return words(messages[-1])


async def test_a_restore_without_the_old_key_names_it_and_leaves_nothing(tmp_path: Path, sqlite_template: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    shutil.copy(sqlite_template, before / "lianxin.db")
    assert (await operator_in(before).runs("backup", after / "backup")).code == 0
    other = operator_in(after)
    other.key_file.unlink()
    create_key_file(other.key_file, on=MONDAY_MORNING.date())
    refused = await other.runs("restore", after / "backup")
    assert refused.code == 78
    assert KEY_ID in refused.only_line
    assert "放回" in refused.only_line
    assert not (after / "lianxin.db").exists()
