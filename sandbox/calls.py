"""The log of what the bot asked for, in the order it was answered."""

from dataclasses import dataclass
from itertools import islice

from sandbox.shapes import Json


@dataclass(slots=True, frozen=True)
class Call:
    method: str
    chat_id: object
    at: str  # the sandbox's clock
    real_time: float  # seconds since the epoch, for measuring
    error_code: int | None
    description: str | None


class CallLog:
    def __init__(self) -> None:
        self._calls: list[Call] = []

    def add(self, call: Call) -> None:
        self._calls.append(call)

    def after(self, n: int) -> list[Json]:
        """Calls are numbered from 1."""
        first = max(n, 0)
        return [self._shape(first + i, c) for i, c in enumerate(islice(self._calls, first, None), 1)]

    def _shape(self, n: int, call: Call) -> Json:
        return {
            "n": n,
            "method": call.method,
            "chat_id": call.chat_id,
            "at": call.at,
            "real_time": call.real_time,
            "ok": call.error_code is None,
            "error_code": call.error_code,
            "description": call.description,
        }
