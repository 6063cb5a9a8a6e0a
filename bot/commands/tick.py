"""`tick --at`: all that is to be said by a moment, delivered; safe beside a running bot, and takes nothing away."""

import asyncio
from datetime import datetime
from functools import partial
from time import monotonic

import structlog

from bot import app
from bot.commands.console import Console
from bot.commands.failures import CommandFailed
from bot.leases import NotHandedOver
from bot.post_office import DELIVER, PostOffice
from services import outbox, ticks
from services.clock import ShiftedClock
from services.rules.send_windows import open_speeches
from services.rules.working_time import WorkCalendar

PATIENCE = 40.0  # seconds without a message getting on its way; longer than the third retry waits
LOOK_AGAIN = 0.05  # seconds

log = structlog.get_logger(__name__)


def tick(console: Console, at: datetime) -> None:
    """A naive `at` is the site's. Errors: CommandFailed where a tick failed or messages could not leave."""
    with console.database():
        pass
    moment = at if at.tzinfo else at.replace(tzinfo=console.office().zone)
    try:
        failed, left = asyncio.run(_do(console, moment))
    except NotHandedOver:
        raise CommandFailed("delivery_busy") from None
    if failed:
        raise CommandFailed("ticks", names=", ".join(failed))
    if left:
        raise CommandFailed("undelivered", n=left)
    console.say("operator.tick.done", at=moment.isoformat(timespec="minutes"))


async def _do(console: Console, moment: datetime) -> tuple[list[str], int]:
    """Which ticks failed, and how many messages still wait."""
    async with (
        app.opened(console.settings, clock=ShiftedClock(moment), alone=False) as (post, _),
        post.leases.borrowed(
            DELIVER
        ),  # before anything is queued: by the running bot's clock it is too early to be said
    ):
        failed = [name for name, act in ticks.TICKS if not await _done(post, name, act)]
        return failed, await _deliver(post)


async def _done(post: PostOffice, name: str, act: ticks.Tick) -> bool:
    try:
        await post.backroom.run(lambda session: act(session, post.office))
    except Exception as error:  # the others are due as well
        log.error("tick failed", tick=name, error=error)
        return False
    return True


async def _deliver(post: PostOffice) -> int:
    """Until all that may leave at this moment has left."""
    last_claim = monotonic()
    while True:
        if await post.delivery.pump():
            last_claim = monotonic()
        if post.delivery.is_idle:
            left = await _left(post)
            if left == 0 or monotonic() - last_claim > PATIENCE:
                return left
        await asyncio.sleep(LOOK_AGAIN)


async def _left(post: PostOffice) -> int:
    """Messages that may leave now, and those that wait for a retry."""
    office = post.office
    speeches = open_speeches(office.local_now(), office.policy, WorkCalendar(office.policy))
    return await post.backroom.read(partial(outbox.count_ready, speeches=speeches))
