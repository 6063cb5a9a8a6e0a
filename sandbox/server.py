"""The sandbox on a socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import web_page, web_people, web_stream
from sandbox.dispatch import call_from_webhook
from sandbox.errors import ApiError
from sandbox.state import Sandbox
from sandbox.web_bot import answer_call, download, refusal

GRACE = 2.0  # seconds for calls that are under way when serving ends


def create_app(sandbox: Sandbox) -> Starlette:
    """Bot API and people side in one application."""
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", answer_call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", download),
            *web_people.ROUTES,
            *web_stream.ROUTES,
            *web_page.ROUTES,
        ],
        exception_handlers={404: _not_found},
    )
    app.state.sandbox = sandbox
    sandbox.webhook.on_answer = partial(call_from_webhook, sandbox)
    return app


@asynccontextmanager
async def serve(sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve until the block is left, and yield the base URL; port 0 takes a free one.

    Leaving answers waiting polls and ends event streams, so that it takes a fraction of a second. The same sandbox
    can be served again: nothing in it is lost.
    """
    listening = _bound(host, port)
    config = uvicorn.Config(
        create_app(sandbox),
        lifespan="off",
        ws="none",
        access_log=False,
        log_level="warning",
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await _started(server, running)
    sandbox.resume()
    try:
        yield f"http://{host}:{listening.getsockname()[1]}"
    finally:
        await sandbox.stop()
        server.leave()
        await running


class _Server(uvicorn.Server):
    """Leaves signals to whoever serves, says when it listens, and goes at once: uvicorn's own takes 0.2 s."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self.leaving = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    def leave(self) -> None:
        self.should_exit = True
        self.leaving.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self.leaving.wait(), 1.0)  # seconds; a tick renews the Date header

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in self.servers:
            listener.close()
        for listening in sockets or []:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 (nothing signals it)
                    await asyncio.sleep(0.002)
        for task in self.server_state.tasks:
            task.cancel()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _started(server: _Server, running: "asyncio.Task[None]") -> None:
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        ready.cancel()
        await running


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sets TCP_NODELAY; without it each answer takes 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


async def _not_found(request: Request, error: Exception) -> Response:
    return refusal(ApiError(404, "Not Found"))
