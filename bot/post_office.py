"""The loops of one process around one back room: who wakes whom, and when everything is quiet."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.routing import BaseRoute

from bot.backroom import BackRoom
from bot.config.tables import Telegram
from bot.delivery import Delivery
from bot.desk import Desk
from bot.errands import Errands
from bot.gate import Gate
from bot.health import health_routes
from bot.intake import Intake, store
from bot.leases import Leases
from bot.metrics import Metrics
from bot.nightly import NightlyBackup
from bot.outcomes import Outcome
from bot.rate_limit import RateLimit
from bot.scheduler import Scheduler
from bot.sender import Sender
from bot.stopwatch import Stopwatch
from bot.supervision import Nursery
from bot.telegram_link import TelegramLink
from bot.vital_signs import Pulse
from bot.webhook import Webhook
from bot.webhook_address import PollingAfterWebhook, WebhookAddress
from services.office import Office
from services.outbox import Parcel

ROLES = frozenset({"intake", "desk", "delivery", "clock"})
POLL, DELIVER, CLOCK = "poll", "deliver", "clock"  # leases
LOOK_AGAIN = 0.02  # seconds between two looks at whether all is quiet

Loop = Callable[[], Coroutine[Any, Any, None]]


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
        leases: Leases,
        telegram: Telegram,
        *,
        careful_until: int = 0,
        nightly: NightlyBackup | None = None,
    ) -> None:
        self.office = office
        self.backroom = backroom
        self.leases = leases
        self._nursery = nursery
        self.metrics = Metrics()
        self._fetched, self._polling, self._untold = Stopwatch(), Stopwatch(), Stopwatch()
        self.pulse = self._pulse()
        sender = Sender(link)
        errands = Errands(backroom, sender, office)
        self.delivery = Delivery(
            backroom,
            office,
            partial(_deliver, sender, errands, self.metrics),
            RateLimit(office.policy.messages_per_second),
            Gate(office.policy.messages_per_second),
            now=real_now,
            spawn=nursery.spawn,
            beat=partial(nursery.heartbeat, "delivery"),
            right=leases.lease(DELIVER),
        )
        self.desk = Desk(
            backroom,
            office,
            now=real_now,
            spawn=nursery.spawn,
            handled=self.delivery.wake,
            took=self.metrics.took,
            beat=partial(nursery.heartbeat, "desk"),
            careful_until=careful_until,
        )
        self.webhook: Webhook | None = None
        self.intake = self._intake(link, telegram)
        self.clock = Scheduler(
            backroom, office, queued=self.delivery.wake, beat=partial(nursery.heartbeat, "clock"), nightly=nightly
        )

    def _pulse(self) -> Pulse:
        return Pulse(
            self.backroom,
            self.office,
            self.leases.holder,
            ages=self._nursery.ages,
            leases=self.leases.state,
            fetched=self._fetched,
            polling=self._polling,
            untold=self._untold,
            now=real_now,
            beat=partial(self._nursery.heartbeat, "pulse"),
        )

    def _intake(self, link: TelegramLink, telegram: Telegram) -> Intake | WebhookAddress:
        """Polls, or tells Telegram where our webhook is."""
        beat = partial(self._nursery.heartbeat, "intake")
        if telegram.mode == "polling":
            source = PollingAfterWebhook(link, self.backroom, now=real_now)
            right = self.leases.lease(POLL)
            return Intake(
                source,
                self.backroom,
                now=real_now,
                stored=self._stored,
                beat=beat,
                right=right,
                polling=self._polling,
            )
        secret = telegram.webhook_secret.get_secret_value()
        self.webhook = Webhook(telegram.webhook_path, secret, self._store, stored=self._stored)
        url = telegram.webhook_url
        return WebhookAddress(link, self.backroom, url, secret, now=real_now, beat=beat, untold=self._untold)

    def start(self, roles: Collection[str] = ROLES) -> None:
        """Start the loops of these roles under the nursery's eyes."""
        loops = {
            "delivery": self._alone(DELIVER, "delivery", self.delivery.run),
            "desk": self.desk.run,
            "intake": self.intake.run if self.webhook else self._alone(POLL, "intake", self.intake.run),
            "clock": self._alone(CLOCK, "clock", self.clock.run),
        }
        for name, loop in loops.items():
            if name in roles:
                self._nursery.start(name, loop())
        self._nursery.start("pulse", self.pulse.run())

    def _alone(self, right: str, name: str, loop: Loop) -> Loop:
        """A loop that runs in one process of all: the others stand by."""
        return partial(self.leases.whenever_held, right, loop, partial(self._nursery.heartbeat, name))

    def routes(self, roles: Collection[str] = ROLES) -> list[BaseRoute]:
        """What the web side serves."""
        webhook = [self.webhook.route] if self.webhook and "intake" in roles else []
        return [*webhook, *health_routes(self.pulse, self.metrics)]

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
        self._fetched.start()
        self.metrics.stored(count)
        if count:
            self.desk.wake()

    async def _nothing_waits(self) -> bool:
        return await self.desk.has_nothing() and await self.delivery.has_nothing()


async def _deliver(sender: Sender, errands: Errands, metrics: Metrics, parcel: Parcel) -> Outcome:
    outcome = await (errands.run(parcel) if parcel.is_errand else sender.deliver(parcel))
    metrics.attempted(outcome)
    return outcome
