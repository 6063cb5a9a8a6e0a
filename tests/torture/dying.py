"""One life of the bot that ends at a named moment."""

from datetime import UTC, datetime
from pathlib import Path

from tests.forks import Prepare
from tests.torture.crash import Crash
from tests.torture.forked_bot import KILLED, ForkedBot
from tests.torture.lives import Several, SiteClockMoved
from tests.town import MONDAY_MORNING

PATIENCE = 60.0  # seconds
IN_THE_MIDST = {
    "the desk's": 4,
    "the claim's": 3,
    "the outcome's": 3,
    "in the handler": 4,
    "offset is": 2,
}  # which pass
AT_ONCE = 1


async def die(bot: ForkedBot, point: str, witness: Path, *faults: Prepare) -> None:
    nth = next((passes for words, passes in IN_THE_MIDST.items() if words in point), AT_ONCE)
    bot.start(Several((site_clock(), *faults, Crash(point, witness, nth))))
    code = await bot.ended(seconds=PATIENCE)
    assert (code, word_of(witness)) == (KILLED, point), f"it never passed there:\n{bot.log()[-3000:]}"


def word_of(witness: Path) -> str:
    return witness.read_text("utf-8") if witness.exists() else ""


def site_clock() -> SiteClockMoved:
    """A Monday morning on which everybody's households are due: the ticks have something to say."""
    return SiteClockMoved(MONDAY_MORNING - datetime.now(UTC))
