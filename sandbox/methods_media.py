"""Methods that send files, and the one that fetches them."""

from typing import Any

from sandbox import parameters as kind
from sandbox.entities import caption_text
from sandbox.errors import bad_request
from sandbox.files import MAX_DOWNLOAD, StoredFile, Upload
from sandbox.files import Kind as FileKind
from sandbox.markup import parse_markup
from sandbox.messages import SENDING, place, replied_to, writable_chat
from sandbox.parameters import Kind, Parameters, read
from sandbox.registry import method
from sandbox.shapes import Json
from sandbox.state import Sandbox

CAPTION: dict[str, Kind] = {
    "caption": kind.string,
    "parse_mode": kind.string,
    "caption_entities": kind.entities,
}
ALBUM_ITEM: dict[str, Kind] = CAPTION | {
    "type": kind.string,
    "media": kind.string,
    "thumbnail": kind.file,
    "show_caption_above_media": kind.boolean,
    "has_spoiler": kind.boolean,
    "disable_content_type_detection": kind.boolean,
}
ALBUM = {name: reader for name, reader in SENDING.items() if name != "reply_markup"}


@method(
    "sendPhoto",
    **SENDING,
    **CAPTION,
    photo=kind.file,
    show_caption_above_media=kind.boolean,
    has_spoiler=kind.boolean,
)
def send_photo(box: Sandbox, params: Parameters) -> Json:
    return _send_file(box, params, "photo")


@method(
    "sendDocument",
    **SENDING,
    **CAPTION,
    document=kind.file,
    thumbnail=kind.file,
    disable_content_type_detection=kind.boolean,
)
def send_document(box: Sandbox, params: Parameters) -> Json:
    return _send_file(box, params, "document")


@method("sendVoice", **SENDING, **CAPTION, voice=kind.file, duration=kind.integer)
def send_voice(box: Sandbox, params: Parameters) -> Json:
    return _send_file(box, params, "voice")


@method("sendMediaGroup", **ALBUM, media=kind.array)
def send_media_group(box: Sandbox, params: Parameters) -> list[Json]:
    """All or nothing: every item is checked before the first is sent."""
    items = params.get("media", [])
    if not 2 <= len(items) <= 10:
        raise bad_request("an album must include 2-10 items")
    contents = [_album_item(box, params, item) for item in items]
    if len({"photo" in content for content in contents}) > 1:
        raise bad_request("documents can't be mixed with other media types")
    chat = writable_chat(box, params)
    replied = replied_to(chat, params)
    box.limits.spend(chat.id, len(contents))
    group = {"media_group_id": str(box.next_album_id())}
    return [place(box, chat, params, group | content, None, replied).body for content in contents]


@method("getFile", file_id=kind.string)
def get_file(box: Sandbox, params: Parameters) -> Json:
    file_id = params.get("file_id", "")
    if not file_id:
        raise bad_request("file_id not specified")
    file = box.files.get(file_id)
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    sizes = file.shape if isinstance(file.shape, list) else [file.shape]
    unique = next(size["file_unique_id"] for size in sizes if size["file_id"] == file_id)
    return {
        "file_id": file_id,
        "file_unique_id": unique,
        "file_size": len(file.content),
        "file_path": file.path,
    }


def _send_file(box: Sandbox, params: Parameters, what: FileKind) -> Json:
    """Checked in full before the file is kept: a refused call leaves nothing behind."""
    caption = caption_text(params.get("caption"), params.get("parse_mode"), params.get("caption_entities"))
    markup = parse_markup(params.get("reply_markup"))
    chat = writable_chat(box, params)
    replied = replied_to(chat, params)
    file = _file(box, params, what, params.get(what), params.get("duration", 0))
    box.limits.spend(chat.id)
    content = {what: file.shape} | caption.fields("caption", "caption_entities")
    return place(box, chat, params, content, markup, replied).body


def _album_item(box: Sandbox, params: Parameters, item: Any) -> Json:
    if not isinstance(item, dict) or item.get("type") not in ("photo", "document"):
        raise bad_request("can't parse InputMedia: type must be photo or document")
    what: FileKind = item["type"]
    fields = read(ALBUM_ITEM, item, {})
    caption = caption_text(fields.get("caption"), fields.get("parse_mode"), fields.get("caption_entities"))
    file = _file(box, params, what, fields.get("media"), 0)
    return {what: file.shape} | caption.fields("caption", "caption_entities")


def _file(box: Sandbox, params: Parameters, what: FileKind, value: Any, duration: int) -> StoredFile:
    """The file of an upload, of attach://NAME or of a file_id."""
    if isinstance(value, str) and value.startswith("attach://"):
        value = params.uploads.get(value.removeprefix("attach://"))
    if isinstance(value, Upload):
        return _stored(box, what, value, duration)
    if not value or not isinstance(value, str):
        raise bad_request(f"there is no {what} in the request")
    if "://" in value:
        raise bad_request("failed to get HTTP URL content")
    file = box.files.get(value)
    if file is None:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    if file.kind != what:
        raise bad_request(f"can't use file of type {file.kind.title()} as {what.title()}")
    return file


def _stored(box: Sandbox, what: FileKind, upload: Upload, duration: int) -> StoredFile:
    match what:
        case "photo":
            return box.files.add_photo(upload)
        case "voice":
            return box.files.add_voice(upload, duration)
        case "document":
            return box.files.add_document(upload)
