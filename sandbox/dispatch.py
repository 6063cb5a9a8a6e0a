"""One Bot API call from its name to its result."""

import inspect
import time

from sandbox import (
    methods_edit,
    methods_media,
    methods_profile,
    methods_send,
    methods_updates,
)
from sandbox.calls import Call
from sandbox.errors import ApiError
from sandbox.files import Upload
from sandbox.parameters import read
from sandbox.registry import METHODS
from sandbox.shapes import Json
from sandbox.state import Sandbox

# Importing them has filled the table.
FILLED_BY = (methods_edit, methods_media, methods_profile, methods_send, methods_updates)


async def call(box: Sandbox, name: str, raw: Json, uploads: dict[str, Upload]) -> object:
    """Carry out a method and log it; refusals are raised as ApiError and logged too."""
    known = METHODS.get(name.lower())
    shown = known.name if known else name
    try:
        if known is None:
            raise ApiError(404, "Not Found: method not found")
        result = known.handler(box, read(known.kinds, raw, uploads))
        if inspect.isawaitable(result):
            result = await result
    except ApiError as error:
        _log(box, shown, raw, error)
        raise
    _log(box, shown, raw, None)
    return result


async def call_from_webhook(box: Sandbox, answer: Json) -> None:
    """A webhook's answer may be a call; Telegram tells nobody whether it worked."""
    raw = {key: value for key, value in answer.items() if key != "method"}
    try:
        await call(box, str(answer["method"]), raw, {})
    except ApiError:
        return


def _log(box: Sandbox, name: str, raw: Json, error: ApiError | None) -> None:
    chat_id = raw.get("chat_id")
    if isinstance(chat_id, str) and chat_id.lstrip("-").isdigit():
        chat_id = int(chat_id)
    box.calls.add(
        Call(
            method=name,
            chat_id=chat_id,
            at=box.time.now().isoformat(),
            real_time=time.time(),
            error_code=error.code if error else None,
            description=error.description if error else None,
        )
    )
