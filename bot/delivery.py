"""Delivery: claims outbox rows in a short transaction, sends outside any, records the outcome in another."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext, suppress
from datetime import datetime
from functools import partial

import structlog

from bot.backroom import BackRoom
from bot.gate import Gate, Shut
from bot.leases import Right
from bot.outcomes import NoTurn, Outcome, Refused, Slower, Unknown
from bot.rate_limit import Lane, RateLimit
from bot.settlement import settle
from bot.supervision import Spawn
from models.session import Session
from services import outbox
from services.office import Office
from services.outbox import BULK, INSTANT, PERSON, Parcel
from services.rules.send_windows import Speech, open_speeches
from services.rules.working_time import WorkCalendar
from services.tracebacks import told

# How many may be on their way at once. Bulk has few places, so that it can't stand in people's way.
PLACES = {INSTANT: 16, PERSON: 32, BULK: 8}
STRAYS_EVERY = 5.0  # seconds
# After a kill, while what was in hand is sent again: a next kill soon after doubles no more than these.
ONE_AT_A_TIME = {INSTANT: 16, PERSON: 1, BULK: 1}
LOOK_AGAIN = 0.5  # seconds: for retries that come due and windows that open
PATIENCE = 5.0  # seconds a claimed row may wait for its turn, and again at the gate; longer, and it goes back
LONGEST_ATTEMPT = 45.0  # seconds; with both waits less than a claim holds, so that nobody else takes it meanwhile
RECORD_AGAIN = 1.0  # seconds, while the database is away
RECORD_TRIES = 300  # then it is forgotten, and may be sent a second time

log = structlog.get_logger(__name__)

Deliver = Callable[[Parcel], Awaitable[Outcome]]


class Delivery:
    """One per town, whoever has the `right`: there is one budget. `wake` when something may have been queued."""

    def __init__(
        self,
        backroom: BackRoom,
        office: Office,
        deliver: Deliver,
        limit: RateLimit,
        gate: Gate,
        *,
        now: Callable[[], datetime],
        spawn: Spawn,
        beat: Callable[[], None],
        right: Right,
        longest_attempt: float = LONGEST_ATTEMPT,
        record_again: float = RECORD_AGAIN,
    ) -> None:
        self._backroom = backroom
        self._office = office
        self._deliver = deliver
        self._limit = limit
        self._gate = gate
        self._now = now  # real time: only the office's clock can be moved
        self._spawn = spawn
        self._beat = beat
        self._right = right
        self._longest_attempt = longest_attempt
        self._record_again = record_again
        self._calendar = WorkCalendar(office.policy)
        self._in_hand: dict[int, str] = {}  # rows on their way, and their lanes
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    @property
    def is_idle(self) -> bool:
        return not self._in_hand

    async def has_nothing(self) -> bool:
        """Whether no row may leave now, sent ones aside."""
        return await self._backroom.read(self._count_ready) == 0

    async def run(self) -> None:
        loop, free_strays_at = asyncio.get_running_loop(), 0.0
        while True:
            self._beat()
            self._woken.clear()
            is_time = loop.time() >= free_strays_at
            await self.pump(free_strays=is_time)
            if is_time:
                free_strays_at = loop.time() + STRAYS_EVERY
            # `wait_for` would swallow a cancellation that comes together with the event.
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._woken.wait()

    async def pump(self, *, free_strays: bool = False) -> int:
        """Start sending whatever may leave now; returns how many rows were claimed.

        `free_strays`: also what is claimed and in nobody's hand, since its delivery ended, or claimed it too late.
        """
        try:
            claim = partial(self._claim, in_hand=self._in_hand.copy(), free_strays=free_strays)
            parcels = await self._backroom.run(claim)
        except Exception as error:  # the database is away: look again later
            log.error("nothing could be claimed", error=error)
            return 0
        for parcel in parcels:
            self._in_hand[parcel.id] = parcel.lane
            self._spawn("parcel", self._send(parcel))
        return len(parcels)

    def _speeches(self) -> frozenset[Speech]:
        return open_speeches(self._office.local_now(), self._office.policy, self._calendar)

    def _count_ready(self, session: Session) -> int:
        return outbox.count_ready(session, speeches=self._speeches())

    def _claim(self, session: Session, in_hand: Mapping[int, str], *, free_strays: bool) -> list[Parcel]:
        self._right.require(session)
        if free_strays:
            outbox.release_claims(session, real_now=self._now(), but_not=in_hand.keys())
        speeches, taken = self._speeches(), Counter(in_hand.values())
        is_careful = outbox.has_strays(session, speeches=speeches, real_now=self._now(), but_not=in_hand.keys())
        parcels: list[Parcel] = []
        for lane, places in (ONE_AT_A_TIME if is_careful else PLACES).items():
            if (room := places - taken[lane]) > 0:
                parcels += outbox.claim(
                    session,
                    self._office,
                    lane=lane,
                    speeches=speeches,
                    real_now=self._now(),
                    limit=room,
                    in_hand=in_hand.keys(),
                )
        return parcels

    async def _send(self, parcel: Parcel) -> None:
        try:
            if wait := await self._wait_for_turn(parcel):
                await self._record(parcel, NoTurn(wait))
                return
            async with self._gate.passed(patience=PATIENCE) if parcel.can_be_doubled else nullcontext():
                await self._record(parcel, await self._in_turn(parcel))
        except Shut:
            await self._record(parcel, NoTurn(0.0))
        finally:
            del self._in_hand[parcel.id]
            self.wake()

    async def _in_turn(self, parcel: Parcel) -> Outcome:
        if not self._right.is_held:  # whoever has it now sends it
            return NoTurn(0.0)
        outcome = await self._attempt(parcel)
        if isinstance(outcome, Slower):
            self._limit.hold(parcel.chat_id, outcome.seconds)
        return outcome

    async def _wait_for_turn(self, parcel: Parcel) -> float:
        """0.0 when the turn has come and is booked; else how many seconds are still missing."""
        if parcel.lane == INSTANT:  # Telegram counts no button answers
            return 0.0
        lane: Lane = "person" if parcel.lane == PERSON else "bulk"
        patience = PATIENCE
        while wait := self._limit.may_send(parcel.chat_id, lane):
            if wait > patience:
                return wait
            await asyncio.sleep(wait)
            patience -= wait
        self._limit.sent(parcel.chat_id, lane)
        return 0.0

    async def _attempt(self, parcel: Parcel) -> Outcome:
        try:
            async with asyncio.timeout(self._longest_attempt):
                return await self._deliver(parcel)
        except TimeoutError:
            words = f"no end after {self._longest_attempt:.0f} s"
            return Refused(words) if parcel.is_errand else Unknown(words, is_new=True)
        except Exception as error:  # a fault of ours: tried again it would be the same
            log.error("attempt failed", outbox=parcel.id, action=parcel.action, error=error)
            return Refused(told(error))

    async def _record(self, parcel: Parcel, outcome: Outcome) -> None:
        """Until it is recorded: an outcome that is forgotten means a message sent twice."""
        for _ in range(RECORD_TRIES):
            try:
                await self._backroom.run(lambda s: settle(s, self._office, parcel, outcome, now=self._now()))
            except Exception as error:  # the database is away
                log.error("outcome could not be recorded", outbox=parcel.id, error=error)
                await asyncio.sleep(self._record_again)
            else:
                return
