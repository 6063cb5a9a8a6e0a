"""Two desks and one delivery on one database: each update once, each chat in order, both at work."""

import re
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select

from models.post import InboxLetter, OutboxMessage
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.people import Person, say_text
from tests.bot.tasks import until
from tests.torture.bookkeeping import in_flight
from tests.torture.forked_bot import ForkedBot
from tests.torture.village import CADRE, build_village

TOKEN = "123456789:a-token-for-tests-only"
PATIENCE = 120.0  # seconds
CHATS = 16
EACH = 6  # messages of one chat


async def figure(bot: ForkedBot, name: str, **labels: str) -> float:
    """What this process has counted, asked where it listens."""
    found = re.search(r'"port": (\d+)', bot.log())
    assert found, bot.log()
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(f"http://127.0.0.1:{found[1]}/metrics")).text
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    return next((one.value for one in samples if one.name == f"lianxin_{name}" and one.labels == labels), 0.0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_desks_share_the_work_and_keep_each_chat_in_order(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    ids = build_village(database, CHATS)
    sandbox = Sandbox(token=TOKEN)
    people = [sandbox.add_person(Person(telegram_id, f"{CADRE}{telegram_id}")) for telegram_id in ids]
    async with serve(sandbox) as url:
        bots = {
            name: ForkedBot(tmp_path, token=TOKEN, api_url=url, database_url=database_url, name=name, roles=roles)
            for name, roles in (
                ("one", "desk"),
                ("two", "desk"),
                ("post", "intake,delivery"),
            )
        }
        try:
            for name in ("one", "two"):
                bots[name].start()
            await until(lambda: all('"port"' in bots[name].log() for name in ("one", "two")), seconds=PATIENCE)
            for _ in range(EACH):
                for person in people:
                    say_text(sandbox, person, "/cancel")
            bots["post"].start()
            await until(lambda: len(sandbox.updates) == 0 and not in_flight(sandbox, database), seconds=PATIENCE)
            handled = [await figure(bots[name], "letters_total", outcome="handled") for name in ("one", "two")]
            assert [await bot.end() for bot in bots.values()] == [0] * 3
        finally:
            for bot in bots.values():
                bot.clear_away()
    print(f"handled by the two desks: {handled}")  # noqa: T201  # the figure
    assert sum(handled) == CHATS * EACH, "each update once"
    assert min(handled) > CHATS * EACH / 20, "both were at work"
    with database.reading() as session:
        done = session.execute(
            select(InboxLetter.chat_id, InboxLetter.update_id, InboxLetter.state).order_by(InboxLetter.finished_at)
        ).all()
        answers = session.scalars(select(OutboxMessage.chat_id).where(OutboxMessage.state == "sent")).all()
    assert {state for _, _, state in done} == {"done"}
    for chat in ids:
        updates = [update_id for chat_id, update_id, _ in done if chat_id == chat]
        assert updates == sorted(updates), "in order"
        assert len(updates) == EACH
        assert answers.count(chat) == EACH
