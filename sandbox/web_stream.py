"""What isn't JSON on the people side: the event stream and files."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sandbox.shapes import encode
from sandbox.state import Sandbox

HEARTBEAT = 15.0  # seconds


async def events(request: Request) -> Response:
    box: Sandbox = request.app.state.sandbox
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(box), media_type="text/event-stream", headers=headers)


async def _stream(box: Sandbox) -> AsyncIterator[bytes]:
    with box.events.listen() as listener:
        yield b"retry: 1000\n\n"  # milliseconds until the page connects again
        while True:
            try:
                event = await asyncio.wait_for(listener.get(), HEARTBEAT)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if event is None:
                return
            kind, data = event
            yield b"event: " + kind.encode() + b"\ndata: " + encode(data) + b"\n\n"


async def file(request: Request) -> Response:
    box: Sandbox = request.app.state.sandbox
    found = box.files.get(request.path_params["file_id"])
    if found is None:
        return PlainTextResponse("there is no such file", 404)
    # A document may be a page with scripts: it must not run as ours.
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    return Response(found.content, media_type=found.mime_type, headers=headers)


ROUTES: list[BaseRoute] = [
    Route("/sandbox/events", events),
    Route("/sandbox/files/{file_id}", file),
]
