"""One letter that ends the process whenever it is handled: everybody else gets through, and so does it, once mended."""

from pathlib import Path

from sqlalchemy import select

from bot.after_a_crash import SUSPECTED_FROM
from models.post import InboxLetter
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient
from tests.torture.figures import Figures
from tests.torture.forked_bot import KILLED, ForkedBot
from tests.torture.lives import HandlersKill

TOKEN = "123456789:a-token-for-tests-only"
DEADLY = "/card"
OTHERS = 6
START = 60.0  # seconds for a life that dies of its first letters


async def test_a_letter_that_kills_the_process_holds_nobody_else_up(
    database: Database, database_url: str, tmp_path: Path, figures: Figures
) -> None:
    async with serve(Sandbox(token=TOKEN)) as url, SandboxClient(url, patience=START) as client:
        bot = ForkedBot(tmp_path, token=TOKEN, api_url=url, database_url=database_url)
        unlucky = await client.add("不幸", id=9_000)
        others = [await client.add(f"人{n}", id=9_001 + n) for n in range(OTHERS)]
        await unlucky.says(DEADLY)
        for _ in range(2):
            for other in others:
                await other.says("/help")
        for _ in range(1 + SUSPECTED_FROM):  # from the second life on it is charged to the one letter in hand
            bot.start(HandlersKill(DEADLY))
            assert await bot.ended(seconds=START) == KILLED
        assert standing(database)[9_000] == ["waiting"]
        bot.start(HandlersKill(DEADLY))
        assert await bot.ended(seconds=START) == KILLED
        left = standing(database)
        assert left.pop(9_000) == ["waiting"]
        assert left == {9_001 + n: ["done", "done"] for n in range(OTHERS)}, "the third start lets all others through"
        bot.start()
        for hand in (unlucky, *others):
            await hand.sees("联系干部")
        assert await bot.end() == 0
        assert standing(database)[9_000] == ["done"]
    figures.note("deadly letter", others_through_at_start=2 + SUSPECTED_FROM)


def standing(database: Database) -> dict[int, list[str]]:
    """What has become of each chat's letters, in their order."""
    found: dict[int, list[str]] = {}
    with database.reading() as session:
        for letter in session.scalars(select(InboxLetter).order_by(InboxLetter.id)):
            found.setdefault(letter.chat_id, []).append(letter.state)
    return found
