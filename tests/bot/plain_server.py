"""Whoever else may answer where Telegram should: any ASGI application on a free port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """Yields the base URL. Its answers carry no Date of their own."""
    config = uvicorn.Config(
        app, port=0, log_level="critical", lifespan="off", ws="none", date_header=False, timeout_graceful_shutdown=2
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    await server.listening.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


class _Server(uvicorn.Server):
    """Says when it listens, and leaves signals to the tests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        self.listening.set()
