"""Intake by webhook: an update is answered with 200 once it is committed, and Telegram repeats whatever wasn't."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name
LARGEST = 1_000_000  # bytes; Telegram's updates are a few thousand
BODY_WITHIN = 10.0  # seconds for the whole body
STORED_WITHIN = 10.0  # seconds until the commit; Telegram waits for about a minute
LARGEST_ID = 2**63 - 1

log = structlog.get_logger(__name__)

Update = dict[str, Any]


class Webhook:
    """`store` keeps an update and returns once it is committed; `stored` is told of each one."""

    def __init__(
        self,
        path: str,
        secret: str,
        store: Callable[[Update], Awaitable[None]],
        *,
        stored: Callable[[int], None],
        body_within: float = BODY_WITHIN,
        stored_within: float = STORED_WITHIN,
    ) -> None:
        self.route = Route(path, self._take, methods=["POST"])
        self._secret = secret.encode()
        self._store = store
        self._stored = stored
        self._body_within = body_within
        self._stored_within = stored_within

    async def _take(self, request: Request) -> Response:
        """Nothing of the body is read before the sender has shown the secret."""
        if not hmac.compare_digest(request.headers.get(SECRET, "").encode(), self._secret):
            return _refused(403)
        if int(request.headers.get("Content-Length", 0)) > LARGEST:  # h11 lets nothing but digits through
            return _refused(413)
        try:
            async with asyncio.timeout(self._body_within):
                body = await _read(request)
        except TimeoutError:
            return _refused(408)
        except ClientDisconnect:
            return _refused(400)  # nobody hears it
        if body is None:
            return _refused(413)
        update = _update(body)
        if update is None:
            log.warning("not an update", bytes=len(body))
            return _refused(400)
        return await self._kept(update)

    async def _kept(self, update: Update) -> Response:
        try:
            async with asyncio.timeout(self._stored_within):
                await self._store(update)
        except Exception as error:  # the database is away: Telegram comes again
            log.warning("an update could not be stored", error=error)
            return Response(status_code=503)
        self._stored(1)
        return Response()


async def _read(request: Request) -> bytes | None:
    """The whole body; None where it is larger than it said, or said nothing and is too large."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _update(body: bytes) -> Update | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    return update if type(number) is int and 0 <= number <= LARGEST_ID else None


def _refused(status: int) -> Response:
    """Whatever is left of the body isn't listened to."""
    return Response(status_code=status, headers={"Connection": "close"})
