"""The process's own HTTP side: a few routes served by uvicorn as one of the nursery's loops."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from bot.config.tables import Web

HEAD_WITHIN = 10.0  # seconds from the first sign of a request to the end of its head
IDLE = 30  # seconds a connection is kept for a next request; Telegram keeps its own open
CONNECTIONS = 256  # at once; Telegram makes 40 unless told otherwise
GRACE = 1  # seconds for requests that are under way when the process ends

log = structlog.get_logger(__name__)


class CannotListen(Exception):
    """The address can't be had: somebody else listens there, or it isn't ours."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"{address}: {why}")
        self.address = address
        self.why = why


def place_to_listen(web: Web, *, is_needed: bool) -> socket.socket | None:
    """None: nowhere, or at a port that somebody else has and nobody chose or needs. Errors: CannotListen."""
    if not web.listen:
        return None
    try:
        return listen_at(web.host, web.port)
    except CannotListen as error:
        if web.is_chosen or is_needed:
            raise
        log.warning("no /healthz and /metrics: choose another [web] listen", address=error.address, why=error.why)
        return None


def listen_at(host: str, port: int) -> socket.socket:
    """Taken before anything is started, so that a second bot says so at once. Errors: CannotListen."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # With the protocol named, asyncio sets TCP_NODELAY; without it each answer takes 40 ms.
        listening = socket.socket(family, kind, protocol or socket.IPPROTO_TCP)
    except OSError as error:
        raise CannotListen(address, error.strerror or type(error).__name__) from error
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(place)
        listening.listen()
    except OSError as error:
        listening.close()
        raise CannotListen(address, error.strerror or type(error).__name__) from error
    return listening


class WebSide:
    """Serves until it is cancelled; then what is under way has a second to come to its end."""

    def __init__(self, routes: Sequence[BaseRoute], listening: socket.socket, *, beat: Callable[[], None]) -> None:
        self._listening = listening
        config = uvicorn.Config(
            Starlette(routes=routes),
            http=PunctualProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,  # ours stands already
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Server(config, beat)

    async def run(self) -> None:
        host, port = self._listening.getsockname()[:2]
        log.info("the web side listens", host=host, port=port)
        try:
            await self._server.serve(sockets=[self._listening])
        finally:
            await self._server.shutdown(sockets=[self._listening])


class _Server(uvicorn.Server):
    """Leaves signals to the process, and shows that it is alive."""

    def __init__(self, config: uvicorn.Config, beat: Callable[[], None]) -> None:
        super().__init__(config)
        self._beat = beat

    async def on_tick(self, counter: int) -> bool:
        self._beat()
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class PunctualProtocol(H11Protocol):
    """Ends a connection whose request doesn't get to the end of its head; uvicorn would wait for ever."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_waiting()

    def _await_head(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            self._stop_waiting()
        elif self._patience is None:
            self._patience = self.loop.call_later(HEAD_WITHIN, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        self._patience = None
        if self.timeout_keep_alive_task is None:  # else it is between two requests, which has a limit of its own
            self.transport.close()
