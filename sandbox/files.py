"""What has been uploaded, by the bot or by people, and how it is downloaded again."""

import mimetypes
import re
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from sandbox.errors import bad_request
from sandbox.images import size_of
from sandbox.shapes import Json

Kind: TypeAlias = Literal["photo", "voice", "document"]

MAX_DOWNLOAD = 20 * 1024 * 1024  # bytes
MAX_UPLOAD = 50 * 1024 * 1024  # bytes
MAX_PHOTO = 10 * 1024 * 1024  # bytes
MIME = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
PHOTO_SIDES = (90, 320, 800, 1280)  # pixels; Telegram's s, m, x, y
FOLDERS = {"photo": "photos", "voice": "voice", "document": "documents"}
PREFIXES = {"photo": "AgACAgUAAxkB", "voice": "AwACAgUAAxkB", "document": "BQACAgUAAxkB"}


@dataclass(slots=True, frozen=True)
class Upload:
    """A file part of a request."""

    name: str
    content: bytes
    mime_type: str | None = None


@dataclass(slots=True)
class StoredFile:
    kind: Kind
    content: bytes
    mime_type: str
    path: str
    shape: Any  # what a message carries: a list of sizes for a photo, else one object


@dataclass(slots=True)
class Files:
    _by_id: dict[str, StoredFile] = field(default_factory=dict)
    _by_path: dict[str, StoredFile] = field(default_factory=dict)

    def get(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)

    def add_photo(self, upload: Upload) -> StoredFile:
        """Several sizes, as Telegram makes them, each with an id of its own; the bytes behind them are the same."""
        content = upload.content
        if len(content) > MAX_PHOTO:
            raise bad_request(
                f"file of size {len(content)} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes"
            )
        width, height = _checked_size(content)
        jpeg = content.startswith(b"\xff\xd8")
        file = self._store("photo", content, "image/jpeg" if jpeg else "image/png", ".jpg" if jpeg else ".png")
        longest = max(width, height)
        sides = [side for side in PHOTO_SIDES if side < longest] + [min(longest, 2560)]
        file.shape = [
            {
                **self._ids(file),
                "file_size": len(content),
                "width": max(1, width * side // longest),
                "height": max(1, height * side // longest),
            }
            for side in sides
        ]
        return file

    def add_document(self, upload: Upload) -> StoredFile:
        mime = upload.mime_type if MIME.fullmatch(upload.mime_type or "") else mimetypes.guess_type(upload.name)[0]
        mime = mime or "application/octet-stream"
        suffix = f".{upload.name.rpartition('.')[2]}" if "." in upload.name else ""
        file = self._store("document", upload.content, mime, suffix)
        file.shape = {
            "file_name": upload.name,
            "mime_type": mime,
            **self._ids(file),
            "file_size": len(upload.content),
        }
        return file

    def add_voice(self, upload: Upload, duration: int) -> StoredFile:
        mime = upload.mime_type or "audio/ogg"
        file = self._store("voice", upload.content, mime, ".oga")
        file.shape = {
            "duration": duration,
            "mime_type": mime,
            **self._ids(file),
            "file_size": len(upload.content),
        }
        return file

    def _store(self, kind: Kind, content: bytes, mime: str, suffix: str) -> StoredFile:
        if not content:
            raise bad_request("file must be non-empty")
        if len(content) > MAX_UPLOAD:
            raise bad_request(f"file of size {len(content)} bytes is too big; the maximum size is {MAX_UPLOAD} bytes")
        path = f"{FOLDERS[kind]}/file_{len(self._by_path)}{suffix}"
        file = StoredFile(kind, content, mime, path, None)
        self._by_path[path] = file
        return file

    def _ids(self, file: StoredFile) -> Json:
        file_id = PREFIXES[file.kind] + secrets.token_urlsafe(30)
        self._by_id[file_id] = file
        return {"file_id": file_id, "file_unique_id": f"AQAD{secrets.token_urlsafe(8)}"}


def _checked_size(content: bytes) -> tuple[int, int]:
    size = size_of(content)
    if size is None or min(size) < 1:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(size) > 10_000 or max(size) > 20 * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size
