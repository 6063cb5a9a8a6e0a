"""The demonstration: a sandbox with phones, a bot on a fresh database, a sample town, and a clock to move forward.

stage   sandbox and bot side by side       town   who lives there and what they hold in their hands
week    a scripted week, played over HTTP   proof  what the rows must say afterwards
"""

import asyncio
import signal

from bot.demo.stage import opened
from bot.demo.town import furnish
from bot.demo.week import play_week


def main(*, port: int, play: bool) -> int:
    """Serve until interrupted, or play the week and return; the exit code."""
    return asyncio.run(play_week() if play else _serve(port))


async def _serve(port: int) -> int:
    over = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, over.set)
    async with opened(port) as stage:
        await furnish(stage)
        print(f"连心演示 Lianxin demo: {stage.url}\n按 Ctrl+C 结束 Ctrl+C ends it", flush=True)  # noqa: T201  # its one line
        await stage.nursery.run_until(over)
    return 0
