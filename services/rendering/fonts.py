"""The fonts that everything printed is set in, taken from installed wheels so that no system package is needed."""

import unicodedata
from functools import cache
from importlib import metadata
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from services.i18n import clean

FAMILIES = ("Noto Sans SC", "Noto Sans JP")  # in this order; the second has rare characters such as 𠮷

# Read through importlib.metadata: importing zhplot would load matplotlib.
_FILES = (
    ("zhplot", "zhplot/fonts/NotoSansSC-Regular.ttf"),
    ("pylopdf-fonts-cjk", "pylopdf_fonts_cjk/NotoSansJP-Regular.otf"),
)
MISSING = "〓"  # the printer's mark for a character that has to be written in by hand


@cache
def fonts() -> typst.Fonts:
    """Only these files, so that a picture is the same on every machine; read once per process."""
    folders = [path.parent for path in _paths()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


def missing_glyphs(text: str) -> set[str]:
    """The characters that none of the fonts can draw; Typst doesn't warn about them."""
    return {character for character in text if ord(character) not in _coverage() and not character.isspace()}


def printable(text: str) -> str:
    """On one line, with 〓 for a letter that can't be drawn; an emoji that can't be drawn is left out."""
    missing = missing_glyphs(text)
    marked = "".join(_replacement(character) if character in missing else character for character in clean(text))
    return " ".join(marked.split())


def _replacement(character: str) -> str:
    return MISSING if unicodedata.category(character) in {"Lo", "Lu", "Ll", "Lt", "Lm", "Co", "Cn"} else ""


@cache
def _coverage() -> frozenset[int]:
    codes: set[int] = set()
    for path in _paths():
        with TTFont(path, lazy=True) as font:
            codes.update(font.getBestCmap())
    return frozenset(codes)


def _paths() -> list[Path]:
    return [Path(str(metadata.distribution(wheel).locate_file(file))) for wheel, file in _FILES]
