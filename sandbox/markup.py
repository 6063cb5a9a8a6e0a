"""Keyboards: what Telegram accepts under a message."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sandbox import utf16
from sandbox.errors import ApiError, bad_request
from sandbox.links import checked_link
from sandbox.shapes import Json

Kind: TypeAlias = Literal["inline", "keyboard", "remove", "force"]

INLINE_ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)
REPLY_ACTIONS = frozenset(
    {"request_users", "request_chat", "request_contact", "request_location", "request_poll", "web_app"}
)
LOOKS = frozenset({"text", "style", "icon_custom_emoji_id"})
FLAGS = frozenset({"is_persistent", "resize_keyboard", "one_time_keyboard", "selective"})
MAX_INLINE = 100  # buttons
MAX_REPLY = 300  # buttons
MAX_CALLBACK_DATA = 64  # bytes


@dataclass(slots=True, frozen=True)
class Markup:
    kind: Kind
    body: Json


def parse_markup(raw: Json | None) -> Markup | None:
    """None for no markup at all, which an empty keyboard is too."""
    if not raw:
        return None
    if "inline_keyboard" in raw:
        return _inline(raw)
    if "keyboard" in raw:
        return _reply_keyboard(raw)
    if raw.get("remove_keyboard"):
        _only(raw, {"remove_keyboard", "selective"})
        return Markup("remove", raw)
    if raw.get("force_reply"):
        _only(raw, {"force_reply", "input_field_placeholder", "selective"})
        return Markup("force", raw)
    raise bad_request("object expected as reply markup")


def parse_inline(raw: Json | None) -> Json | None:
    """For edits, which know no other keyboard."""
    markup = parse_markup(raw)
    if markup is None:
        return None
    if markup.kind != "inline":
        raise bad_request("inline keyboard expected")
    return markup.body


def _inline(raw: Json) -> Markup | None:
    _only(raw, {"inline_keyboard"})
    rows = [[_inline_button(button) for button in row] for row in _rows(raw, "inline_keyboard") if row]
    if sum(map(len, rows)) > MAX_INLINE:
        raise bad_request("reply markup is too long")
    return Markup("inline", {"inline_keyboard": rows}) if rows else None


def _reply_keyboard(raw: Json) -> Markup | None:
    _only(raw, FLAGS | {"keyboard", "input_field_placeholder"})
    for flag in FLAGS & raw.keys():
        if not isinstance(raw[flag], bool):
            raise bad_request(f'field "{flag}" must be of type Boolean')
    _check_placeholder(raw)
    rows = [[_reply_button(button) for button in row] for row in _rows(raw, "keyboard") if row]
    if sum(map(len, rows)) > MAX_REPLY:
        raise bad_request("reply markup is too long")
    return Markup("keyboard", {**raw, "keyboard": rows}) if rows else None


def _rows(raw: Json, name: str) -> list[list[Any]]:
    rows = raw[name]
    if not isinstance(rows, list):
        raise bad_request(f'field "{name}" of the ReplyMarkup must be an Array of Arrays')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name}" of the ReplyMarkup must be an Array of Arrays')
    return rows


def _inline_button(button: object) -> Json:
    if not isinstance(button, dict):
        raise _broken_inline("InlineKeyboardButton must be an Object")
    _text(button, "inline keyboard button")
    actions = INLINE_ACTIONS & button.keys()
    _only(button, LOOKS | INLINE_ACTIONS)
    if not actions:
        raise _broken_inline("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _broken_inline(f"only one action is allowed, found {', '.join(sorted(actions))}")
    if "callback_data" in button:
        _check_callback_data(button["callback_data"])
    if "url" in button:
        return {**button, "url": _button_url(button["url"])}
    return button


def _check_callback_data(data: object) -> None:
    if not isinstance(data, str):
        raise _broken_inline('Field "callback_data" must be of type String')
    if not 1 <= len(data.encode("utf-8", "surrogatepass")) <= MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")


def _button_url(url: object) -> str:
    link = checked_link(url) if isinstance(url, str) else None
    if link is None:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return link


def _reply_button(button: object) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    _text(button, "keyboard button")
    _only(button, LOOKS | REPLY_ACTIONS)
    if len(REPLY_ACTIONS & button.keys()) > 1:
        raise bad_request("can't parse keyboard button: only one request is allowed")
    return button


def _text(button: Json, what: str) -> None:
    if "text" not in button:
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    if not isinstance(button["text"], str):
        raise bad_request(f'can\'t parse {what}: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request(f"{what} text must be non-empty")


def _check_placeholder(raw: Json) -> None:
    placeholder = raw.get("input_field_placeholder", "")
    if not isinstance(placeholder, str) or utf16.length(placeholder) > 64:
        raise bad_request("input field placeholder is invalid")


def _only(raw: Json, known: "set[str] | frozenset[str]") -> None:
    """Stricter than Telegram on purpose: a misspelt field is found here and not by a user."""
    for name in raw.keys() - known:
        raise bad_request(f'unknown field "{name}" in the reply markup')


def _broken_inline(reason: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {reason}")
