"""Telegram's limits as accounting, without asyncio: how long must this message wait for its turn?"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Lane = Literal["person", "bulk"]


@dataclass(frozen=True)
class Pace:
    """One message per `interval` seconds, up to `burst` of them at once after a pause.

    The whole account is one number, `due`: when the next would leave if all had kept the interval.
    """

    interval: float
    burst: int

    def wait(self, due: float, now: float) -> float:
        return max(0.0, due - (self.burst - 1) * self.interval - now)

    def booked(self, due: float, now: float) -> float:
        """`due` after one more has left now."""
        return max(due, now) + self.interval

    def held(self, due: float, until: float) -> float:
        """`due` such that nothing leaves before `until`."""
        return max(due, until + (self.burst - 1) * self.interval)


PRIVATE = Pace(1.0, burst=3)  # Telegram: about one a second in a chat, short bursts are suffered
GROUP = Pace(60 / 18, burst=2)  # Telegram: 20 a minute; these are 19 at most
UNLIMITED = Pace(0.0, burst=1)
OVERALL_BURST = 2  # so that a timer that wakes late costs no throughput
HEADROOM = 1.5  # people's recent rate, times this, is kept free of bulk
LEAST_BULK_SHARE = 0.1  # of the budget, so that bulk never starves
PEOPLE_MEMORY = 5.0  # seconds over which people's rate is averaged
BULK_PRESENT = 1.0  # seconds after its last question that bulk counts as waiting
KEPT_CHATS = 1024  # accounts before the idle ones are closed
NEVER = -math.inf


class RateLimit:
    """`messages_per_second` overall, 0 = no limits of ours. What Telegram asks for is kept in any case.

    `now` is monotonic seconds. Book with `sent` as soon as `may_send` says 0, without awaiting in between.
    """

    def __init__(self, messages_per_second: int, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = messages_per_second
        self._now = now
        interval = 1 / messages_per_second if messages_per_second else 0.0
        self._overall = Pace(interval, OVERALL_BURST)
        self._overall_for_bulk = Pace(interval, burst=1)  # waiting together with a person, bulk comes second
        self._people_beside_bulk = Pace(interval / (1 - LEAST_BULK_SHARE), OVERALL_BURST)
        self._due = self._bulk_due = self._people_due = NEVER
        self._bulk_asked_at = NEVER
        self._people_rate, self._people_rate_at = 0.0, NEVER
        self._chats: dict[int, float] = {}
        self._held: dict[int, float] = {}
        self._close_idle_at = KEPT_CHATS

    def may_send(self, chat_id: int, lane: Lane) -> float:
        """Seconds to wait, 0.0 for now."""
        now = self._now()
        for_chat = self._pace(chat_id).wait(self._chats.get(chat_id, NEVER), now)
        if lane == "bulk":
            self._bulk_asked_at = now
            return max(for_chat, self._overall_for_bulk.wait(self._due, now), self._bulk_due - now)
        for_people = self._people_beside_bulk.wait(self._people_due, now) if self._bulk_is_waiting(now) else 0.0
        return max(for_chat, for_people, self._overall.wait(self._due, now))

    def sent(self, chat_id: int, lane: Lane) -> None:
        """Book a message, at the moment when it leaves."""
        now = self._now()
        self._due = self._overall.booked(self._due, now)
        self._chats[chat_id] = self._pace(chat_id).booked(self._chats.get(chat_id, NEVER), now)
        if lane == "bulk":
            interval = self._bulk_interval(now)
            self._bulk_due = max(self._bulk_due, now - interval) + interval  # one that left late makes up for it
        else:
            self._people_due = self._people_beside_bulk.booked(self._people_due, now)
            self._people_rate, self._people_rate_at = self._recent_people(now) + 1 / PEOPLE_MEMORY, now
        if len(self._chats) > self._close_idle_at:
            self._close_idle(now)

    def hold(self, chat_id: int, seconds: float) -> None:
        """Telegram asked for a pause and doesn't say for whom: a second private chat at the time means everybody."""
        now = self._now()
        others = [until - now for chat, until in self._held.items() if chat != chat_id and until > now]
        if others and chat_id > 0:
            self.hold_all(min(seconds, max(others)))
        self._chats[chat_id] = self._pace(chat_id).held(self._chats.get(chat_id, NEVER), now + seconds)
        if chat_id > 0:  # groups have a limit of their own
            self._held = {chat: until for chat, until in self._held.items() if until > now} | {chat_id: now + seconds}

    def hold_all(self, seconds: float) -> None:
        self._due = self._overall.held(self._due, self._now() + seconds)

    def _pace(self, chat_id: int) -> Pace:
        if not self._rate:
            return UNLIMITED
        return PRIVATE if chat_id > 0 else GROUP

    def _bulk_is_waiting(self, now: float) -> bool:
        return now - self._bulk_asked_at < BULK_PRESENT

    def _bulk_interval(self, now: float) -> float:
        """Bulk is spaced evenly over what people leave of the budget."""
        if not self._rate:
            return 0.0
        return 1 / max(self._rate - HEADROOM * self._recent_people(now), LEAST_BULK_SHARE * self._rate)

    def _recent_people(self, now: float) -> float:
        """Answers to people a second; the older, the less they count."""
        return self._people_rate * math.exp((self._people_rate_at - now) / PEOPLE_MEMORY)

    def _close_idle(self, now: float) -> None:
        self._chats = {chat: due for chat, due in self._chats.items() if due > now}
        self._close_idle_at = max(KEPT_CHATS, 2 * len(self._chats))
