"""What the phones page is told as it happens."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from sandbox.shapes import Json

Event: TypeAlias = tuple[str, Json]
Listener: TypeAlias = "asyncio.Queue[Event | None]"


class Events:
    """Hands each event to everybody who listens at that moment; None means the server stops."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._stopped = False

    def __len__(self) -> int:
        return len(self._listeners)

    def publish(self, kind: str, **data: object) -> None:
        for listener in self._listeners:
            listener.put_nowait((kind, data))

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        listener: Listener = asyncio.Queue()
        self._listeners.add(listener)
        if self._stopped:
            listener.put_nowait(None)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def resume(self) -> None:
        self._stopped = False

    def stop(self) -> None:
        self._stopped = True
        for listener in self._listeners:
            listener.put_nowait(None)
