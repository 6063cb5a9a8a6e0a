"""The message catalogues: `locales/<language>/LC_MESSAGES/*.po`, one file a journey, read together."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from services.i18n.language import Language

LOCALES = Path(__file__).parent / "locales"

Forms = tuple[str, ...]  # one text, or one for each plural form of the language


class CatalogueError(Exception):
    """A catalogue contradicts itself; the bot must not start with it."""


def read_catalogue(language: Language, locales: Path = LOCALES) -> dict[str, Forms]:
    """All messages of a language by id. Errors: CatalogueError for an id in two files or without text."""
    messages: dict[str, Forms] = {}
    for path in sorted((locales / language / "LC_MESSAGES").glob("*.po")):
        for message_id, forms in _entries(path, language):
            if message_id in messages:
                raise CatalogueError(f"{path.name}: {message_id} is already in another file")
            if not all(forms):
                raise CatalogueError(f"{path.name}: {message_id} has no text")
            messages[message_id] = forms
    return messages


def _entries(path: Path, language: Language) -> Iterator[tuple[str, Forms]]:
    with path.open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    return (_entry(message) for message in catalog if message.id)  # the header is the entry without an id


def _entry(message: Message) -> tuple[str, Forms]:
    if isinstance(message.id, str):
        return message.id, (str(message.string or ""),)
    return message.id[0], tuple(message.string or ("",))
