"""The line to Telegram: PTB's Bot on our own transport, with raw calls for what needs no types."""

import os
from typing import Any

# PTB gives `retry_after` as a number with a warning, or as a timedelta without one.
os.environ.setdefault("PTB_TIMEDELTA", "1")

from telegram import Bot  # after the switch above

from bot.transport import AiohttpRequest

POLL_MARGIN = 10  # seconds on top of what Telegram may hold back


class TelegramLink(Bot):
    """PTB's Bot without its start-up call to Telegram: a bot must be able to start while Telegram is away.

    `api_url` is the root under which `/bot<token>/<method>` and `/file/bot<token>/<path>` are served.
    """

    def __init__(self, token: str, api_url: str) -> None:
        root = api_url.rstrip("/")
        calls, polls = AiohttpRequest(pool_size=64), AiohttpRequest(pool_size=1)
        super().__init__(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=calls,
            get_updates_request=polls,
        )
        with self._unfrozen():
            self._lines = (calls, polls)

    async def open(self) -> None:
        for line in self._lines:
            await line.initialize()

    async def close_line(self) -> None:
        for line in self._lines:
            await line.shutdown()

    async def call(self, method: str, params: dict[str, Any], *, read_timeout: float | None = None) -> Any:
        """One raw call. Errors: TelegramError, as PTB classifies it."""
        if read_timeout is None:
            return await self._post(method, params)
        return await self._post(method, params, read_timeout=read_timeout)

    async def get_updates_raw(
        self, *, offset: int | None, limit: int, hold: int, allowed_updates: list[str]
    ) -> list[Any]:
        """Unparsed updates; Telegram holds an empty answer back for `hold` seconds."""
        params: dict[str, Any] = {"limit": limit, "timeout": hold, "allowed_updates": allowed_updates}
        if offset is not None:
            params["offset"] = offset
        answer = await self.call("getUpdates", params, read_timeout=hold + POLL_MARGIN)
        return answer if isinstance(answer, list) else []

    async def ask_name(self) -> str:
        """Without @. Errors: TelegramError."""
        return str((await self.call("getMe", {}))["username"])
