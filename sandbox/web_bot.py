"""The Bot API over HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

import hmac
import json
import re
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sandbox.dispatch import call
from sandbox.errors import ApiError, bad_request
from sandbox.files import MAX_DOWNLOAD, MAX_UPLOAD, Upload
from sandbox.shapes import Json, encode
from sandbox.state import Sandbox

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
ENVELOPE = 1024 * 1024  # bytes of a request beside the file in it


async def answer_call(request: Request) -> Response:
    """One call; refusals come in Telegram's envelope, with the code as HTTP status too."""
    box: Sandbox = request.app.state.sandbox
    try:
        _check_token(box, request.path_params["token"])
        raw, uploads = await _arguments(request)
        result = await call(box, request.path_params["method"], raw, uploads)
    except ApiError as error:
        return refusal(error)
    return _json(b'{"ok":true,"result":' + encode(result) + b"}", 200)


async def download(request: Request) -> Response:
    box: Sandbox = request.app.state.sandbox
    try:
        _check_token(box, request.path_params["token"])
    except ApiError as error:
        return refusal(error)
    file = box.files.at(request.path_params["path"])
    if file is None or len(file.content) > MAX_DOWNLOAD:
        return refusal(ApiError(404, "Not Found"))
    return Response(file.content, media_type="application/octet-stream")


def refusal(error: ApiError) -> Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    response = _json(b"", error.code)
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
        response.headers["Retry-After"] = str(error.retry_after)
    response.body = encode(body)
    response.headers["Content-Length"] = str(len(response.body))
    return response


def _json(content: bytes, status: int) -> Response:
    return Response(content, status, media_type="application/json")


def _check_token(box: Sandbox, token: str) -> None:
    if not TOKEN.fullmatch(token):
        raise ApiError(404, "Not Found")
    if not hmac.compare_digest(token, box.token):
        raise ApiError(401, "Unauthorized")


async def _arguments(request: Request) -> tuple[Json, dict[str, Upload]]:
    """Query and body together, as Telegram takes them."""
    if int(request.headers.get("content-length", 0)) > MAX_UPLOAD + ENVELOPE:
        raise ApiError(413, "Request Entity Too Large")
    raw: Json = dict(request.query_params)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/json":
        return raw | _decoded(await request.body()), {}
    if content_type not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return raw, {}
    return await _form(request, raw)


def _decoded(body: bytes) -> Json:
    if not body:
        return {}
    try:
        decoded: Any = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(decoded, dict):
        raise bad_request("the request body must be a JSON Object")
    return decoded


async def _form(request: Request, raw: Json) -> tuple[Json, dict[str, Upload]]:
    uploads: dict[str, Upload] = {}
    try:
        async with request.form(max_part_size=ENVELOPE) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    uploads[name] = Upload(value.filename or name, await value.read(), value.content_type)
                else:
                    raw[name] = value
    except HTTPException as error:
        raise bad_request(f"can't parse the form: {error.detail}") from None
    return raw, uploads
