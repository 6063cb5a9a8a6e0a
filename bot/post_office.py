"""The loops of one process around one back room: who wakes whom, and when everything is quiet."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bot.backroom import BackRoom
from bot.config import Telegram
from bot.delivery import Delivery
from bot.desk import Desk
from bot.errands import Errands
from bot.intake import Intake, store
from bot.nightly import NightlyBackup
from bot.outcomes import Outcome
from bot.rate_limit import RateLimit
from bot.scheduler import Scheduler
from bot.sender import Sender
from bot.supervision import Nursery
from bot.telegram_link import TelegramLink
from bot.webhook import Webhook
from bot.webhook_address import PollingAfterWebhook, WebhookAddress
from services.office import Office
from services.outbox import Parcel

ROLES = frozenset({"intake", "desk", "delivery", "clock"})
LOOK_AGAIN = 0.02  # seconds between two looks at whether all is quiet


def real_now() -> datetime:
    """For leases, retries and limits: they go by real time even where the office's clock is moved."""
    return datetime.now(UTC)


class PostOffice:
    """Wires intake, desk, delivery and clock to each other; lives as long as its nursery."""

    def __init__(
        self,
        office: Office,
        backroom: BackRoom,
        link: TelegramLink,
        nursery: Nursery,
        telegram: Telegram,
        *,
        careful_until: int = 0,
        nightly: NightlyBackup | None = None,
    ) -> None:
        self.office = office
        self.backroom = backroom
        self._nursery = nursery
        sender = Sender(link)
        errands = Errands(backroom, sender, office)
        self.delivery = Delivery(
            backroom,
            office,
            partial(_deliver, sender, errands),
            RateLimit(office.policy.messages_per_second),
            now=real_now,
            spawn=nursery.spawn,
            beat=partial(nursery.heartbeat, "delivery"),
        )
        self.desk = Desk(
            backroom,
            office,
            now=real_now,
            spawn=nursery.spawn,
            handled=self.delivery.wake,
            beat=partial(nursery.heartbeat, "desk"),
            careful_until=careful_until,
        )
        beat = partial(nursery.heartbeat, "intake")
        self.intake: Intake | WebhookAddress
        self.webhook: Webhook | None = None
        if telegram.mode == "webhook":
            secret = telegram.webhook_secret.get_secret_value()
            self.intake = WebhookAddress(link, backroom, telegram.webhook_url, secret, now=real_now, beat=beat)
            self.webhook = Webhook(telegram.webhook_path, secret, self._store, stored=self._stored)
        else:
            source = PollingAfterWebhook(link, backroom, now=real_now)
            self.intake = Intake(source, backroom, now=real_now, stored=self._stored, beat=beat)
        self.clock = Scheduler(
            backroom, office, queued=self.delivery.wake, beat=partial(nursery.heartbeat, "clock"), nightly=nightly
        )

    def start(self, roles: Collection[str] = ROLES) -> None:
        """Start the loops of these roles under the nursery's eyes."""
        loops = {
            "delivery": self.delivery.run,
            "desk": self.desk.run,
            "intake": self.intake.run,
            "clock": self.clock.run,
        }
        for name, loop in loops.items():
            if name in roles:
                self._nursery.start(name, loop())

    async def until_quiet(self) -> None:
        """Until every letter that can be handled is handled, and whatever may leave now has left."""
        while not (self.desk.is_idle and self.delivery.is_idle and await self._nothing_waits()):  # noqa: ASYNC110  # rows set no event
            await asyncio.sleep(LOOK_AGAIN)

    async def until_in_hand_is_done(self) -> None:
        """Until what the desk and the delivery have begun is over; nothing new is looked at."""
        while not (self.desk.is_idle and self.delivery.is_idle):  # noqa: ASYNC110  # two counts, no event
            await asyncio.sleep(LOOK_AGAIN)

    async def _store(self, update: dict[str, Any]) -> None:
        await store(self.backroom, [update], now=real_now())

    def _stored(self, count: int) -> None:
        if count:
            self.desk.wake()

    async def _nothing_waits(self) -> bool:
        return await self.desk.has_nothing() and await self.delivery.has_nothing()


async def _deliver(sender: Sender, errands: Errands, parcel: Parcel) -> Outcome:
    if parcel.is_errand:
        return await errands.run(parcel)
    return await sender.deliver(parcel)
