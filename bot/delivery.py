"""Delivery: claims outbox rows in a short transaction, sends outside any, records the outcome in another."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.backroom import BackRoom
from bot.outcomes import Outcome, Refused, Sent, Slower, TryLater, Unknown, Unreachable
from bot.rate_limit import RateLimit
from models.session import Session
from services import outbox, reach
from services.office import Office
from services.outbox import BULK, INSTANT, PERSON, Parcel
from services.rules.send_windows import Speech, open_speeches
from services.rules.working_time import WorkCalendar

# How many may be on their way at once. Bulk has few places, so that it can't stand in people's way.
PLACES = {INSTANT: 16, PERSON: 32, BULK: 8}
LOOK_AGAIN = 0.5  # seconds: for retries that come due and windows that open
RETRY_AFTER = (1, 5, 30, 300)  # seconds, then every five minutes
GIVE_UP_AFTER = 290  # attempts: about a day
PATIENCE = 5.0  # seconds a claimed row may wait for its turn; longer, and it goes back

log = structlog.get_logger(__name__)

Deliver = Callable[[Parcel], Awaitable[Outcome]]


class Spawn(Protocol):
    """A supervised task, as `bot.supervision.Nursery.spawn` starts it."""

    def __call__(self, name: str, coroutine: Any, /) -> object: ...


class Delivery:
    """One per town: there is one budget. `wake` when something may have been queued."""

    def __init__(
        self,
        backroom: BackRoom,
        office: Office,
        deliver: Deliver,
        limit: RateLimit,
        *,
        now: Callable[[], datetime],
        spawn: Spawn,
        beat: Callable[[], None],
    ) -> None:
        self._backroom = backroom
        self._office = office
        self._deliver = deliver
        self._limit = limit
        self._now = now  # real time: only the office's clock can be moved
        self._spawn = spawn
        self._beat = beat
        self._calendar = WorkCalendar(office.policy)
        self._on_the_way = dict.fromkeys(PLACES, 0)
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    @property
    def is_idle(self) -> bool:
        return not any(self._on_the_way.values())

    async def has_nothing(self) -> bool:
        """Whether no row may leave now, sent ones aside."""
        return await self._backroom.read(self._count_ready) == 0

    async def run(self) -> None:
        await self._backroom.run(lambda session: outbox.release_claims(session, real_now=self._now()))
        while True:
            self._beat()
            self._woken.clear()
            await self.pump()
            try:
                await asyncio.wait_for(self._woken.wait(), LOOK_AGAIN)
            except TimeoutError:
                continue

    async def pump(self) -> int:
        """Start sending whatever may leave now; returns how many rows were claimed."""
        try:
            parcels = await self._backroom.run(self._claim)
        except Exception as error:  # the database is away: look again later
            log.error("nothing could be claimed", error=repr(error))
            return 0
        for parcel in parcels:
            self._on_the_way[parcel.lane] += 1
            self._spawn("parcel", self._send(parcel))
        return len(parcels)

    def _speeches(self) -> frozenset[Speech]:
        return open_speeches(self._office.local_now(), self._office.policy, self._calendar)

    def _count_ready(self, session: Session) -> int:
        return outbox.count_ready(session, speeches=self._speeches())

    def _claim(self, session: Session) -> list[Parcel]:
        speeches = self._speeches()
        parcels: list[Parcel] = []
        for lane, places in PLACES.items():
            if room := places - self._on_the_way[lane]:
                parcels += outbox.claim(
                    session, self._office, lane=lane, speeches=speeches, real_now=self._now(), limit=room
                )
        return parcels

    async def _send(self, parcel: Parcel) -> None:
        try:
            outcome = await self._in_turn(parcel)
            await self._backroom.run(lambda session: self._record(session, parcel, outcome))
        except Exception as error:  # not recorded: the claim runs out and the outcome counts as unknown
            log.error("outcome could not be recorded", outbox=parcel.id, error=repr(error))
        finally:
            self._on_the_way[parcel.lane] -= 1
            self.wake()

    async def _in_turn(self, parcel: Parcel) -> Outcome:
        if parcel.lane == INSTANT:
            return await self._deliver(parcel)  # Telegram counts no button answers
        while wait := self._limit.may_send(parcel.chat_id, "person" if parcel.lane == PERSON else "bulk"):
            if wait > PATIENCE:
                return Slower(wait)
            await asyncio.sleep(wait)
        self._limit.sent(parcel.chat_id, "person" if parcel.lane == PERSON else "bulk")
        return await self._deliver(parcel)

    def _record(self, session: Session, parcel: Parcel, outcome: Outcome) -> None:
        now = self._now()
        match outcome:
            case Sent(message_id):
                outbox.sent(session, parcel.id, real_now=now, message_id=message_id)
            case Slower(seconds):
                self._limit.hold(parcel.chat_id, seconds)
                outbox.retry_later(
                    session, parcel.id, at=now + timedelta(seconds=seconds), error="too many requests", unknown=False
                )
            case TryLater(error) | Unknown(error):
                self._again(session, parcel, error, now, unknown=isinstance(outcome, Unknown))
            case Unreachable(reason):
                reach.mark_unreachable(session, self._office, parcel.chat_id, reason)
            case Refused(error):
                log.error("message refused", outbox=parcel.id, action=parcel.action, error=error)
                outbox.gave_up(session, parcel.id, real_now=now, error=error)

    def _again(self, session: Session, parcel: Parcel, error: str, now: datetime, *, unknown: bool) -> None:
        if parcel.attempts >= GIVE_UP_AFTER:
            outbox.gave_up(session, parcel.id, real_now=now, error=error)
            return
        delay = RETRY_AFTER[min(parcel.attempts, len(RETRY_AFTER)) - 1]
        outbox.retry_later(session, parcel.id, at=now + timedelta(seconds=delay), error=error, unknown=unknown)
