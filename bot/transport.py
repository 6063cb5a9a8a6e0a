"""HTTP to Telegram on aiohttp: PTB's own transport is most of its CPU time. A failure says whether it may be repeated.

NetworkError
├── NeverConnected   nothing was sent
│   └── NotTelegram  somebody on the way answered instead
└── AnswerLost       (a TimedOut) it was sent, the outcome is unknown
"""

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.payload import Payload
from telegram._utils.defaultvalue import DefaultValue  # what BaseRequest.DEFAULT_NONE is; it has no public name
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

CONNECT = 5.0  # seconds for name, connection and TLS
POOL = 10.0  # seconds until one of the connections is free
WRITE = 15.0  # seconds between two pieces of what we send
READ = 15.0  # seconds between two pieces of the answer

FAILURES = (aiohttp.ClientError, OSError, TimeoutError, ValueError)  # ValueError: an address that is none
TOKEN = re.compile(r"/bot[^/\s'\"]+")


class NeverConnected(NetworkError):
    """Nothing was sent: it is safe to repeat."""


class NotTelegram(NeverConnected):
    """A portal, firewall or proxy answered: Telegram has not seen it."""


class AnswerLost(TimedOut):
    """It was sent and no full answer came: the outcome is unknown."""


class AiohttpRequest(BaseRequest):
    """A pool of connections; opened by `initialize`, closed by `shutdown`. Timeouts are seconds, None is for ever."""

    def __init__(
        self,
        pool_size: int = 64,
        *,
        connect_timeout: float | None = CONNECT,
        pool_timeout: float | None = POOL,
        write_timeout: float | None = WRITE,
        read_timeout: float | None = READ,
    ) -> None:
        self._free = asyncio.Semaphore(pool_size)
        self._connect = connect_timeout
        self._pool = pool_timeout
        self._write = write_timeout
        self._read = read_timeout
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[URL, str | None] = {}

    @property
    def read_timeout(self) -> float | None:
        return self._read

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),  # `_free` counts: waiting for it has a limit of its own
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trace_configs=[_stages()],
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Errors: NeverConnected, NotTelegram, AnswerLost; neither their words nor their causes hold the token."""
        read = _or(read_timeout, self._read)
        body = _body(request_data)
        stage = _Stage(body.size or 0 if body else 0, write=_or(write_timeout, self._write), read=read)
        limits = aiohttp.ClientTimeout(total=None, connect=_or(connect_timeout, self._connect), sock_read=read)
        async with _place(self._free, _or(pool_timeout, self._pool)):
            try:
                status, payload = await self._exchange(method, url, body, limits, stage)
            except FAILURES as error:
                failure = _failure(error, stage)
            else:
                _believe(status, payload)
                return status, payload
        raise failure  # out here, so that it drags no context along that names the address

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Unlike PTB's, it doesn't log what it can't read. Errors: AnswerLost."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        if isinstance(answer, dict) and ("result" if answer.get("ok") else "description") in answer:
            return answer
        raise AnswerLost(f"an answer that isn't Telegram's, {len(payload)} bytes")

    async def _exchange(
        self, method: str, url: str, body: Payload | None, limits: aiohttp.ClientTimeout, stage: "_Stage"
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("the transport is not initialized")
        request = self._session.request(
            method,
            url,
            data=body,
            timeout=limits,
            proxy=self._proxy(URL(url)),
            allow_redirects=False,  # followed, a portal's redirect would turn a message into a page that was read
            trace_request_ctx=stage,
        )
        async with stage.deadline, request as answer:
            return answer.status, await answer.read()

    def _proxy(self, url: URL) -> str | None:
        """As HTTPS_PROXY, ALL_PROXY and NO_PROXY say; aiohttp's `trust_env` reads them anew for each request."""
        origin = url.origin()
        if origin not in self._proxies:
            proxies = getproxies()
            proxy = proxies.get(url.scheme) or proxies.get("all")
            self._proxies[origin] = None if proxy_bypass(url.host or "") else proxy
        return self._proxies[origin]


class _Stage:
    """How far one request has come: it decides what a failure means, and when waiting for the next piece is over.

    aiohttp bounds connecting and reading by itself, writing not at all.
    """

    def __init__(self, unsent: int, *, write: float | None, read: float | None) -> None:
        self.is_connected = False
        self.deadline = asyncio.timeout(None)
        self._unsent = unsent
        self._while_writing = write
        self._after_writing = None if write is None or read is None else write + read  # the last piece, then silence
        self._is_answered = False

    def sends(self, size: int) -> None:
        """A piece is being sent; 0 when there is a connection to send on."""
        self.is_connected = True
        self._unsent -= size
        self._wait(self._while_writing if self._unsent > 0 else self._after_writing)

    def answered(self) -> None:
        self._wait(None)
        self._is_answered = True

    def _wait(self, seconds: float | None) -> None:
        if self._is_answered:
            return
        now = asyncio.get_running_loop().time()
        with suppress(RuntimeError):  # a late piece of a request that is over already
            self.deadline.reschedule(None if seconds is None else now + seconds)


def _stages() -> aiohttp.TraceConfig:
    """Tells each request's _Stage what aiohttp is doing."""

    async def connected(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
        context.trace_request_ctx.sends(0)

    async def sends(
        _session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestChunkSentParams
    ) -> None:
        context.trace_request_ctx.sends(len(params.chunk))

    async def answered(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
        context.trace_request_ctx.answered()

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    trace.on_request_chunk_sent.append(sends)
    trace.on_request_end.append(answered)
    return trace


@asynccontextmanager
async def _place(free: asyncio.Semaphore, seconds: float | None) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            await free.acquire()
    except TimeoutError:
        raise NeverConnected(f"no free connection within {seconds} s") from None
    try:
        yield
    finally:
        free.release()


def _or(given: ODVInput[float], default: float | None) -> float | None:
    return default if isinstance(given, DefaultValue) else given


def _body(data: RequestData | None) -> Payload | None:
    if data is None:
        return None
    form = aiohttp.FormData(quote_fields=False)  # Telegram shows file names as they come, 台账.xlsx and not %E5…
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, media_type) in data.multipart_data.items():
        stream = io.BytesIO(content) if isinstance(content, bytes) else content  # so that it leaves in pieces
        form.add_field(name, stream, filename=file_name, content_type=media_type)
    return form()


def _believe(status: int, payload: bytes) -> None:
    """Refusals count only in Telegram's own words: a portal's 401 or a firewall's 403 says nothing about us."""
    if status < 300:
        return
    try:
        AiohttpRequest.parse_json_payload(payload)
    except AnswerLost:
        words = f"HTTP {status}, not in Telegram's words"
        raise (AnswerLost(words) if status >= 500 else NotTelegram(words)) from None


def _failure(error: Exception, stage: _Stage) -> NetworkError:
    words = f"{type(error).__name__}: {TOKEN.sub('/bot***', str(error))}"
    failure = AnswerLost(words) if stage.is_connected else NeverConnected(words)
    failure.__cause__ = error if _is_clean(error) else aiohttp.ClientError(words)
    return failure


def _is_clean(error: BaseException | None) -> bool:
    """Whether neither it nor what led to it names the token."""
    if error is None:
        return True
    return not TOKEN.search(f"{error} {error!r}") and _is_clean(error.__cause__) and _is_clean(error.__context__)
