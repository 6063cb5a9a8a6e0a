"""Telegram's HTML, read the way Telegram's own parser reads it, refusals included."""

from dataclasses import dataclass

from sandbox.errors import ApiError, bad_request
from sandbox.links import checked_link, mentioned_user
from sandbox.shapes import Json

SPACE = frozenset(" \t\r\n\v\f\0")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "blockquote": "blockquote",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
}


@dataclass(slots=True)
class Open:
    tag: str
    argument: str
    offset: int  # UTF-16 units
    start: int  # characters


class HtmlReader:
    """Reads one text; `at` answers NUL beyond the end, as the C string behind Telegram's parser does."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.place = 0
        self.text: list[str] = []
        self.offset = 0
        self.open: list[Open] = []
        self.entities: list[Json] = []

    def read(self) -> tuple[str, list[Json]]:
        while self.place < len(self.source):
            char = self.source[self.place]
            if char == "<":
                self._tag()
            elif char == "&":
                self._append(self._reference())
            else:
                self.place += 1
                self._append(char)
        if self.open:
            raise _refused(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.text), sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))

    def _at(self, place: int) -> str:
        return self.source[place] if place < len(self.source) else "\0"

    def _append(self, char: str) -> None:
        self.text.append(char)
        self.offset += 2 if char > "\uffff" else 1

    def _skip_space(self) -> None:
        while self.place < len(self.source) and self._at(self.place) in SPACE:
            self.place += 1

    def _token(self, stops: str) -> str:
        start = self.place
        while self._at(self.place) not in SPACE and self._at(self.place) not in stops:
            self.place += 1
        return self.source[start : self.place]

    def _bytes_before(self, place: int) -> int:
        return len(self.source[:place].encode("utf-8", "surrogatepass"))

    def _reference(self) -> str:
        """The character behind `&...;`, or the ampersand itself; the semicolon may be missing."""
        start = self.place + 1
        end = start
        if self._at(start) == "#":
            end += 2 if self._at(start + 1) == "x" else 1
            digits = "0123456789abcdefABCDEF" if self._at(start + 1) == "x" else "0123456789"
            first = end
            while self._at(end) in digits:
                end += 1
            code = int(self.source[first:end] or "0", 16 if len(digits) > 10 else 10)
            char = chr(code) if 0 < code < 0x10FFFF and end - first <= 8 else None
        else:
            while self._at(end).isascii() and self._at(end).isalpha():
                end += 1
            char = NAMED.get(self.source[start:end])
        if char is None:
            self.place += 1
            return "&"
        if "\ud800" <= char <= "\udfff":
            raise _refused(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        self.place = end + (self._at(end) == ";")
        return char

    def _tag(self) -> None:
        begin = self.place
        self.place += 1
        if self._at(self.place) == "/":
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _start_tag(self, begin: int) -> None:
        tag = self._token(">").lower()
        where = f"at byte offset {self._bytes_before(begin)}"
        if self.place >= len(self.source):
            raise _refused(f"Unclosed start tag {where}")
        if tag not in KINDS:
            raise _refused(f'Unsupported start tag "{tag}" {where}')
        argument = ""
        while True:
            self._skip_space()
            if self._at(self.place) == ">":
                break
            argument = self._attribute(tag, where) or argument
        self.place += 1
        if tag == "span" and argument != "spoiler":
            raise _refused(f'Tag "span" must have class "tg-spoiler" {where}')
        self.open.append(Open(tag, argument, self.offset, len(self.text)))

    def _attribute(self, tag: str, where: str) -> str:
        """Read one attribute; answers what the tag needs of it, or nothing."""
        name = self._token("=>/\"'")
        if not name:
            raise _refused(f'Empty attribute name in the tag "{tag}" {where}')
        self._skip_space()
        if self.place >= len(self.source):
            raise _refused(f'Unclosed start tag "{tag}" {where}')
        if self._at(self.place) != "=":
            return "1" if (tag, name) == ("blockquote", "expandable") else ""
        self.place += 1
        self._skip_space()
        if self.place >= len(self.source):
            raise _refused(f'Unclosed start tag "{tag}" {where}')
        value = self._value()
        if self.place >= len(self.source):
            raise _refused(f"Unclosed start tag {where}")
        return _argument(tag, name, value)

    def _value(self) -> str:
        quote = self._at(self.place)
        if quote not in "'\"":
            return self._bare_value()
        self.place += 1
        value: list[str] = []
        while self.place < len(self.source) and self.source[self.place] != quote:
            if self.source[self.place] == "&":
                value.append(self._reference())
            else:
                value.append(self.source[self.place])
                self.place += 1
        self.place += 1
        return "".join(value)

    def _bare_value(self) -> str:
        start = self.place
        while self._at(self.place).isascii() and (self._at(self.place).isalnum() or self._at(self.place) in ".-"):
            self.place += 1
        if self._at(self.place) not in SPACE and self._at(self.place) != ">":
            raise _refused(f"Unexpected end of name token at byte offset {self._bytes_before(start)}")
        return self.source[start : self.place].lower()

    def _end_tag(self, begin: int) -> None:
        where = f"at byte offset {self._bytes_before(begin)}"
        if not self.open:
            raise _refused(f"Unexpected end tag {where}")
        self.place += 1
        found = self._token(">")
        self._skip_space()
        if self._at(self.place) != ">":
            raise _refused(f"Unclosed end tag {where}")
        opened = self.open.pop()
        if found and found != opened.tag:
            raise _refused(f'Unmatched end tag {where}, expected "</{opened.tag}>", found "</{found}>"')
        self.place += 1
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: Open) -> None:
        span = {"offset": opened.offset, "length": self.offset - opened.offset}
        content = "".join(self.text[opened.start :])
        inner = self.entities[-1] if self.entities else {}
        same_place = inner.get("offset") == span["offset"] and inner.get("length") == span["length"]
        if opened.tag == "pre" and same_place and inner["type"] == "code" and "language" in inner:
            inner["type"] = "pre"  # <pre><code class="language-x">
            return
        extra = _extra(opened, content)
        if extra is not None:
            self.entities.append({**span, "type": KINDS[opened.tag], **extra})


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The text without tags, and its entities by offset; a broken text is refused as Telegram does."""
    text, entities = HtmlReader(source).read()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)  # only code within pre has one
    return text, entities


def _argument(tag: str, name: str, value: str) -> str:
    match tag, name:
        case "a", "href":
            return value
        case "code", "class" if value.startswith("language-"):
            return value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case "tg-emoji", "emoji-id":
            return value
        case "blockquote", "expandable":
            return "1"
    return ""


def _extra(opened: Open, content: str) -> Json | None:
    """What an entity says beyond its kind; None when Telegram would drop it."""
    match opened.tag:
        case "a":
            url = opened.argument or content
            if user_id := mentioned_user(url):
                return {"type": "text_mention", "user": {"id": user_id, "is_bot": False, "first_name": content}}
            link = checked_link(url)
            return {"url": link} if link else None
        case "code" if opened.argument:
            return {"language": opened.argument}
        case "blockquote" if opened.argument:
            return {"type": "expandable_blockquote"}
        case "tg-emoji":
            return {"custom_emoji_id": opened.argument}
    return {}


def _refused(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")
