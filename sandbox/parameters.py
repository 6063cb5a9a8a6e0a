"""The parameters of a call: declared for each method, anything else is refused."""

import json
import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from sandbox.errors import ApiError, bad_request
from sandbox.files import Upload
from sandbox.shapes import Json

Kind: TypeAlias = Callable[[str, Any], Any]

INTEGER = re.compile(r"[+-]?\d{1,19}")
TRUE = frozenset({"true", "yes", "1"})
FALSE = frozenset({"false", "no", "0"})


class Parameters(dict[str, Any]):
    """The values by name; `uploads` are the file parts that values refer to by attach://."""

    uploads: dict[str, Upload]


def read(kinds: Mapping[str, Kind], raw: Json, uploads: dict[str, Upload]) -> Parameters:
    """Check and convert. Absent, null and (except for strings) empty values are left out."""
    params = Parameters()
    params.uploads = uploads
    for name, value in (raw | {n: u for n, u in uploads.items() if not _attached(n, raw)}).items():
        kind = kinds.get(name)
        if kind is None:
            raise bad_request(f'unknown parameter "{name}"')
        if value is None or (value == "" and kind is not string):
            continue
        params[name] = kind(name, value)
    return params


def _attached(upload: str, raw: Json) -> bool:
    reference = f"attach://{upload}"
    return any(reference in (v if isinstance(v, str) else json.dumps(v)) for v in raw.values())


def string(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise wrong(name, "String")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return value


def integer(name: str, value: object) -> int:
    """Numbers may come as decimal strings, since a form knows nothing else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and INTEGER.fullmatch(value.strip()):
        return int(value)
    raise wrong(name, "Integer")


def number(name: str, value: object) -> float:
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        with suppress(ValueError):
            if math.isfinite(converted := float(value)):
                return converted
    raise wrong(name, "Float")


def boolean(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else ""
    if word not in TRUE | FALSE:
        raise wrong(name, "Boolean")
    return word in TRUE


def chat(name: str, value: object) -> int | str:
    if isinstance(value, str) and value.startswith("@"):
        return value
    return integer(name, value)


def json_object(name: str, value: object) -> Json:
    decoded = _decoded(name, value)
    if not isinstance(decoded, dict):
        raise wrong(name, "Object")
    return decoded


def array(name: str, value: object) -> list[Any]:
    decoded = _decoded(name, value)
    if not isinstance(decoded, list):
        raise wrong(name, "Array")
    return decoded


def strings(name: str, value: object) -> list[str]:
    items = array(name, value)
    if not all(isinstance(item, str) for item in items):
        raise wrong(name, "Array of String")
    return items


def entities(name: str, value: object) -> list[Json]:
    """Message entities; each needs its kind and its place."""
    items = array(name, value)
    if not all(isinstance(item, dict) and isinstance(item.get("type"), str) for item in items):
        raise wrong(name, "Array of MessageEntity")
    places = ("offset", "length")
    return [item | {place: integer(f"{name}.{place}", item.get(place)) for place in places} for item in items]


def markup(name: str, value: object) -> Json:
    try:
        decoded = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(decoded, dict):
        raise bad_request("object expected as reply markup")
    return decoded


def file(name: str, value: object) -> str | Upload:
    if not isinstance(value, (str, Upload)):
        raise wrong(name, "InputFile or String")
    return value


def wrong(name: str, expected: str) -> ApiError:
    return bad_request(f'can\'t parse parameter "{name}": {expected} expected')


def _decoded(name: str, value: object) -> object:
    """JSON within a form field, or the value itself in a JSON body."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f'can\'t parse parameter "{name}": JSON expected') from None
