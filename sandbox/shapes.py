"""The JSON that crosses the wire."""

import json
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class Encoded(bytes):
    """A result that is JSON already, so that an update is encoded once and not at every poll."""


def encode(value: object) -> bytes:
    """UTF-8 JSON without spaces; lone surrogates survive as escapes."""
    if isinstance(value, Encoded):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
