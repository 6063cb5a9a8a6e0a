"""Bodies of the people side: each field checked, with a reason a person can act on."""

import base64
import json
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.errors import PeopleError
from sandbox.files import Upload
from sandbox.shapes import Json


class Body:
    """The fields of one request, from JSON or a form."""

    def __init__(self, fields: Json) -> None:
        self.fields = {name: value for name, value in fields.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def only(self, *known: str) -> None:
        for name in self.fields.keys() - set(known):
            raise PeopleError(f"unknown field {name!r}; known: {', '.join(sorted(known))}")

    def text(self, name: str) -> str:
        value = self.optional_text(name)
        if value is None:
            raise PeopleError(f"{name!r} is missing")
        return value

    def optional_text(self, name: str) -> str | None:
        value = self.fields.get(name)
        if value is not None and not isinstance(value, str):
            raise PeopleError(f"{name!r} must be a string")
        return value

    def integer(self, name: str) -> int:
        value = self.optional_integer(name)
        if value is None:
            raise PeopleError(f"{name!r} is missing")
        return value

    def optional_integer(self, name: str) -> int | None:
        value = self.fields.get(name)
        if isinstance(value, str) and value.lstrip("-").isdigit():
            return int(value)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise PeopleError(f"{name!r} must be an integer")
        return value

    def positive(self, name: str, otherwise: float) -> float:
        value = self.fields.get(name, otherwise)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or value <= 0:
            raise PeopleError(f"{name!r} must be a number above 0")
        return float(value)

    def flag(self, name: str) -> bool:
        value = self.fields.get(name, False)
        if value in ("true", "false"):
            return bool(value == "true")
        if not isinstance(value, bool):
            raise PeopleError(f"{name!r} must be true or false")
        return value

    def object(self, name: str) -> Json:
        value = self.fields.get(name, {})
        if isinstance(value, str):
            value = _parsed(value, name)
        if not isinstance(value, dict):
            raise PeopleError(f"{name!r} must be an object")
        return value

    def content(self, name: str, file_name: str) -> Upload:
        """A file part, or base64 (a data: URL too) with `file_name` and `mime_type` beside it."""
        value = self.fields.get(name)
        if isinstance(value, Upload):
            mime = self.optional_text("mime_type") or value.mime_type
            return Upload(self.optional_text("file_name") or value.name, value.content, mime)
        if not isinstance(value, str):
            raise PeopleError(f"{name!r} must be base64 or a file part")
        head, _, encoded = value.rpartition(",")
        try:
            content = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise PeopleError(f"{name!r} is not base64") from None
        mime = head.removeprefix("data:").partition(";")[0] or None
        return Upload(self.optional_text("file_name") or file_name, content, self.optional_text("mime_type") or mime)


async def read_json(request: Request) -> Any:
    try:
        return await request.json()
    except (ValueError, UnicodeDecodeError):
        raise PeopleError("the body is not JSON") from None


async def read_body(request: Request) -> Body:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        fields = await read_json(request)
        if not isinstance(fields, dict):
            raise PeopleError("the body must be a JSON object")
        return Body(fields)
    form_fields: Json = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                form_fields[name] = Upload(value.filename or name, await value.read(), value.content_type)
            else:
                form_fields[name] = value
    return Body(form_fields)


def _parsed(value: str, name: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        raise PeopleError(f"{name!r} is not JSON") from None
