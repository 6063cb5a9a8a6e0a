"""Telegram's limits on how fast a bot may write; off unless a test or the page switches them on."""

import math
import time
from collections.abc import Callable

from sandbox.errors import too_many_requests


class FloodLimits:
    """Two leaky buckets: one for everything, one for each chat.

    A bucket is the time at which it will be empty; a message is refused when that lies further ahead than the
    burst allows. Refused messages cost nothing.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.enabled = False
        self.overall_per_second = 30.0
        self.chat_per_second = 1.0
        self.chat_burst = 3  # messages
        self._monotonic = monotonic
        self._overall = 0.0
        self._chats: dict[int, float] = {}

    def spend(self, chat_id: int, messages: int = 1) -> None:
        if not self.enabled:
            return
        now = self._monotonic()
        overall = max(self._overall, now) + messages / self.overall_per_second
        chat = max(self._chats.get(chat_id, 0.0), now) + messages / self.chat_per_second
        overall_burst = 1.0  # seconds' worth
        # An album may be larger than the burst; it is let through once the bucket is empty.
        chat_burst = max(self.chat_burst, messages) / self.chat_per_second
        wait = max(overall - now - overall_burst, chat - now - chat_burst)
        if wait > 1e-9:
            raise too_many_requests(max(1, math.ceil(wait)))
        self._overall = overall
        self._chats[chat_id] = chat
