"""Telling Telegram where to push updates, and taking that back; what waits there is kept in either case."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog

from bot.backroom import BackRoom
from bot.intake import ALLOWED_UPDATES, back_off
from bot.stopwatch import Stopwatch
from bot.telegram_link import TelegramLink
from models.queries import inbox
from models.session import Session

NOTE = "webhook_url"  # the addresses that Telegram may have from us, one a line, until they are taken back
SHOW_LIFE = 5.0  # seconds

log = structlog.get_logger(__name__)


class WebhookAddress:
    """Tells Telegram until it has heard, while `untold` runs; after that there is nothing to do but to show life."""

    def __init__(
        self,
        link: TelegramLink,
        backroom: BackRoom,
        url: str,
        secret: str,
        *,
        now: Callable[[], datetime],
        beat: Callable[[], None],
        untold: Stopwatch,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._link = link
        self._backroom = backroom
        self._url = url
        self._secret = secret
        self._now = now
        self._beat = beat
        self._untold = untold
        self._pause = pause

    async def run(self) -> None:
        with self._untold.running():
            await self._until_told()
        while True:
            self._beat()
            await self._pause(SHOW_LIFE)

    async def _until_told(self) -> None:
        failures = 0
        while not await self._told():
            failures += 1
            self._beat()
            await self._pause(back_off(failures))

    async def _told(self) -> bool:
        try:
            await self.tell()
        except Exception as error:  # whatever it was, without this nothing would come in
            log.warning("the webhook could not be set", error=error)
            return False
        return True

    async def tell(self) -> None:
        """Noted first: whatever Telegram has heard can be taken back. An earlier one holds until this one does."""
        await self._note(keeping_earlier=True)
        await self._link.call(
            "setWebhook", {"url": self._url, "secret_token": self._secret, "allowed_updates": ALLOWED_UPDATES}
        )
        await self._note(keeping_earlier=False)
        log.info("the webhook is set")

    async def _note(self, *, keeping_earlier: bool) -> None:
        def write(session: Session) -> None:
            earlier = _ours(session) if keeping_earlier else []
            addresses = dict.fromkeys([*earlier, self._url])
            inbox.write_note(session, NOTE, "\n".join(addresses), now=self._now())

        await self._backroom.run(write)


class PollingAfterWebhook:
    """Polls; before the first poll our own webhook of earlier days is taken back, and nobody else's."""

    def __init__(self, link: TelegramLink, backroom: BackRoom, *, now: Callable[[], datetime]) -> None:
        self._link = link
        self._backroom = backroom
        self._now = now
        self._is_free = False

    async def get_updates_raw(
        self, *, offset: int | None, limit: int, hold: int, allowed_updates: list[str]
    ) -> list[Any]:
        if not self._is_free:
            await self._free()
            self._is_free = True
        return await self._link.get_updates_raw(offset=offset, limit=limit, hold=hold, allowed_updates=allowed_updates)

    async def _free(self) -> None:
        ours = await self._backroom.read(_ours)
        if not ours:
            return
        present = dict(await self._link.call("getWebhookInfo", {})).get("url")
        if present in ours:
            await self._link.call("deleteWebhook", {})
            log.info("the webhook of earlier is taken back")
        await self._backroom.run(lambda session: inbox.write_note(session, NOTE, "", now=self._now()))


def _ours(session: Session) -> list[str]:
    return (inbox.read_note(session, NOTE) or "").split()
