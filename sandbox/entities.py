"""Texts as Telegram keeps them: parsed, trimmed, measured, with commands and links marked."""

import re
from dataclasses import dataclass, field

from sandbox import utf16
from sandbox.errors import bad_request
from sandbox.html_entities import parse_html
from sandbox.shapes import Json

MAX_TEXT = 4096  # UTF-16 units
MAX_CAPTION = 1024  # UTF-16 units

COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
MENTION = re.compile(r"(?<![\w@])@[A-Za-z0-9_]{3,32}(?!\w)")
URL = re.compile(
    r"(?:https?|tg)://[^\s<>\"'，。；！？、（）《》“”]+"
    r"|(?<![\w@./-])(?:[A-Za-z0-9-]+\.)+(?:com|cn|org|net|me|io|gov|edu|info)(?![\w-])(?:/[^\s<>\"'，。；！？、（）《》“”]*)?",
)
TRAILING = ".,;:!?)"
OPAQUE = frozenset({"code", "pre", "text_link", "text_mention"})  # nothing is marked inside these


@dataclass(slots=True)
class Text:
    text: str
    entities: list[Json] = field(default_factory=list)

    @property
    def length(self) -> int:
        """In UTF-16 units."""
        return utf16.length(self.text)

    def fields(self, name: str = "text", entities_name: str = "entities") -> Json:
        if not self.text:
            return {}
        return {name: self.text} | ({entities_name: self.entities} if self.entities else {})


def formatted(source: str, parse_mode: str | None = None, entities: list[Json] | None = None) -> Text:
    """Parse and trim; raises when the markup is broken."""
    source = source.replace("\r", "")
    mode = (parse_mode or "").lower()
    if mode == "html":
        source, entities = parse_html(source)
    elif mode in ("markdown", "markdownv2"):
        raise bad_request("can't parse entities: this sandbox reads HTML only")
    elif mode:
        raise bad_request("unsupported parse_mode")
    text = _trimmed(source, entities or [])
    text.entities = sorted(
        text.entities + list(_automatic(text)), key=lambda entity: (entity["offset"], -entity["length"])
    )
    return text


def message_text(source: str, parse_mode: str | None, entities: list[Json] | None) -> Text:
    text = formatted(source, parse_mode, entities)
    if not text.text:
        raise bad_request("message text is empty")
    if text.length > MAX_TEXT:
        raise bad_request("message is too long")
    return text


def caption_text(source: str | None, parse_mode: str | None, entities: list[Json] | None) -> Text:
    text = formatted(source or "", parse_mode, entities)
    if text.length > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text


def _trimmed(source: str, entities: list[Json]) -> Text:
    """Telegram drops space around a text and moves the entities accordingly."""
    kept = source.strip()
    lead = utf16.length(source[: len(source) - len(source.lstrip())])
    end = utf16.length(kept)
    result = Text(kept)
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        stop = min(entity["offset"] + entity["length"] - lead, end)
        if stop > start:
            result.entities.append({**entity, "offset": start, "length": stop - start})
    return result


def _automatic(text: Text) -> list[Json]:
    if "/" not in text.text and "." not in text.text and "@" not in text.text:
        return []
    found: list[Json] = []
    for kind, pattern in (("url", URL), ("bot_command", COMMAND), ("mention", MENTION)):
        for match in pattern.finditer(text.text):
            value = match.group().rstrip(TRAILING)
            entity = {
                "offset": utf16.length(text.text[: match.start()]),
                "length": utf16.length(value),
                "type": kind,
            }
            if not any(_overlap(entity, other) for other in found) and not _hidden(entity, text.entities):
                found.append(entity)
    return found


def _hidden(entity: Json, given: list[Json]) -> bool:
    return any(other["type"] in OPAQUE and _overlap(entity, other) for other in given)


def _overlap(one: Json, other: Json) -> bool:
    first, second = (one, other) if one["offset"] <= other["offset"] else (other, one)
    return bool(second["offset"] < first["offset"] + first["length"])
