"""The one way for text to become Telegram HTML."""

import html
import re
from collections.abc import Iterable

# What Telegram refuses or what lets a name rewrite the line around it: control characters other than tab
# and newline, lone surrogates, line separators, direction overrides, noncharacters.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_TAG = re.compile("<[^>]*>")


class Html(str):
    """Text that is already Telegram HTML; joined with plain text by `join`, which escapes what isn't."""

    __slots__ = ()

    def join(self, parts: Iterable[str]) -> "Html":
        return Html(str.join(self, [escape(part) for part in parts]))

    @property
    def text(self) -> str:
        """What a reader sees: without markup and entities."""
        return html.unescape(_TAG.sub("", self))


def escape(text: str) -> Html:
    """Safe to put into a message; `Html` stays as it is."""
    if isinstance(text, Html):
        return text
    return Html(clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def clean(text: str) -> str:
    """The text without characters that no message or file may carry; emoji and rare characters stay."""
    return _UNWANTED.sub("", text)
