"""Telegram's limits on length, counted as Telegram counts: UTF-16 units of what the reader sees."""

from services.i18n import Html, escape

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


def visible_length(text: str) -> int:
    """UTF-16 units after the markup has been parsed away."""
    return _units(Html(text).text)


def split_message(text: str, limit: int = TEXT_LIMIT) -> list[Html]:
    """Parts within `limit`, broken between lines; a single line over the limit is cut and loses its markup.

    The catalogue opens and closes its markup within a line, so a break between lines never splits a tag.
    """
    if visible_length(text) <= limit:
        return [Html(text)]
    parts: list[str] = []
    for line in text.split("\n"):
        for piece in _pieces(line, limit):
            joined = f"{parts[-1]}\n{piece}" if parts else piece
            if parts and visible_length(joined) <= limit:
                parts[-1] = joined
            else:
                parts.append(piece)
    return [Html(part) for part in parts if Html(part).text.strip()]


def cut(text: str, limit: int) -> str:
    """As much of a plain text as fits into so many UTF-16 units."""
    return text.encode("utf-16-le", "surrogatepass")[: 2 * limit].decode("utf-16-le", "ignore")


def _pieces(line: str, limit: int) -> list[str]:
    if visible_length(line) <= limit:
        return [line]
    pieces, piece = [], ""
    for character in Html(line).text:
        if _units(piece) + _units(character) > limit:
            pieces.append(piece)
            piece = ""
        piece += character
    return [escape(piece) for piece in (*pieces, piece)]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
