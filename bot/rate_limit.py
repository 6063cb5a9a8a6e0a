"""Telegram's limits as accounting, without asyncio: how long must this message wait for its turn?"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Lane = Literal["person", "bulk"]

CHAT_INTERVAL = 1.0  # seconds: one message a second in a private chat …
CHAT_BURST = 3  # … after a few at once
GROUP_PER_MINUTE = 18
PEOPLE_WINDOW = 5.0  # seconds over which the rate of answers to people is measured
LEAST_BULK_SHARE = 0.1  # of the budget, so that bulk never starves
FORGET_AFTER = 120.0  # seconds without a message: the chat's account is closed


@dataclass
class _Chat:
    sent: deque[float] = field(default_factory=lambda: deque(maxlen=GROUP_PER_MINUTE))
    held_until: float = 0.0


class RateLimit:
    """`messages_per_second` overall, 0 = no limits of ours. `now` is monotonic seconds."""

    def __init__(self, messages_per_second: int, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = messages_per_second
        self._now = now
        self._all: deque[float] = deque(maxlen=max(messages_per_second, 1))
        self._people: deque[float] = deque()
        self._last_bulk = float("-inf")
        self._held_until = 0.0
        self._chats: dict[int, _Chat] = {}

    def may_send(self, chat_id: int, lane: Lane) -> float:
        """Seconds to wait, 0.0 for now."""
        now = self._now()
        chat = self._chats.get(chat_id, _Chat())
        waits = [self._held_until - now, chat.held_until - now]
        if self._rate:
            waits += [self._chat_wait(chat_id, chat, now), self._overall_wait(now)]
            if lane == "bulk":
                waits.append(self._last_bulk + self._bulk_interval(now) - now)
        return max(0.0, *waits)

    def sent(self, chat_id: int, lane: Lane) -> None:
        """Enter a message in the books, at the moment when it leaves."""
        now = self._now()
        self._all.append(now)
        self._chats.setdefault(chat_id, _Chat()).sent.append(now)
        if lane == "bulk":
            self._last_bulk = now
        else:
            self._people.append(now)
        self._forget(now)

    def hold(self, chat_id: int, seconds: float) -> None:
        """Telegram asked for a pause in this chat. A second chat held at the same time means all of them."""
        now = self._now()
        if any(other != chat_id and chat.held_until > now for other, chat in self._chats.items()):
            self.hold_all(seconds)
        self._chats.setdefault(chat_id, _Chat()).held_until = now + seconds

    def hold_all(self, seconds: float) -> None:
        self._held_until = max(self._held_until, self._now() + seconds)

    def _chat_wait(self, chat_id: int, chat: _Chat, now: float) -> float:
        if chat_id < 0:  # a group
            return chat.sent[0] + 60 - now if len(chat.sent) == GROUP_PER_MINUTE else 0.0
        if len(chat.sent) < CHAT_BURST:
            return 0.0
        return chat.sent[-CHAT_BURST] + CHAT_BURST * CHAT_INTERVAL - now

    def _overall_wait(self, now: float) -> float:
        return self._all[0] + 1 - now if len(self._all) == self._rate else 0.0

    def _bulk_interval(self, now: float) -> float:
        """Bulk is spaced evenly over what people's recent rate leaves of the budget."""
        while self._people and self._people[0] < now - PEOPLE_WINDOW:
            self._people.popleft()
        left = self._rate - len(self._people) / PEOPLE_WINDOW
        return 1 / max(left, self._rate * LEAST_BULK_SHARE)

    def _forget(self, now: float) -> None:
        if len(self._chats) < 1000:
            return
        self._chats = {
            chat_id: chat
            for chat_id, chat in self._chats.items()
            if chat.held_until > now or (chat.sent and chat.sent[-1] > now - FORGET_AFTER)
        }
