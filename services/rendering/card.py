"""The printed love-contact card (爱心联系卡): one A5 page that a household hangs on the wall."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import segno
import typst

from services.i18n import Language, Translator, translator
from services.rendering.fonts import FAMILIES, fonts, missing_glyphs, printable

TEMPLATE = Path(__file__).parent / "templates" / "card.typ"
_LABELS = (
    *("title", "cadre", "second", "household", "hotline", "supervision"),
    *("number", "issued", "code", "scan", "how_to_use"),
)
_LONGEST = 60  # characters of one field; what is longer ends in …
_QUIET_ZONE = 4  # modules; the QR standard asks for it


@dataclass(frozen=True)
class Contact:
    """Somebody to call; an empty text isn't printed."""

    name: str
    phone: str = ""
    unit: str = ""
    post: str = ""


@dataclass(frozen=True)
class PrintedCard:
    """What stands on one card; `link` is the deep link behind the QR code, `short_code` is for reading out."""

    number: str
    issued_on: date
    household_code: str
    household_head: str
    cadre: Contact
    link: str
    short_code: str
    site: str = ""
    second: Contact | None = None
    town_hotline: str = ""
    supervision_phone: str = ""


def render_cards(cards: Sequence[PrintedCard], *, language: Language | str) -> bytes:
    """A PDF with one A5 landscape page a card, in the given order; equal cards give equal bytes."""
    t = translator(language)
    inputs = {
        "cards": json.dumps([_data(card, t) for card in cards], ensure_ascii=False),
        "labels": json.dumps({label: t.plain(f"rendering.card.{label}") for label in _LABELS}),
        "fonts": json.dumps(FAMILIES),
        "language": Language(language).partition("_")[0],
    }
    # The timestamp is fixed, so that a card printed again is the same file.
    return typst.compile(TEMPLATE, font_paths=fonts(), ignore_system_fonts=True, sys_inputs=inputs, timestamp=0)


def unprintable(card: PrintedCard) -> set[str]:
    """The characters of a card that no font has: they are printed as 〓 or left out, and want a person's eye."""
    people = [card.cadre, *([card.second] if card.second else [])]
    texts = [text for person in people for text in (person.name, person.unit, person.post)]
    return missing_glyphs("".join([card.household_head, card.site, *texts]))


def _data(card: PrintedCard, t: Translator) -> dict[str, object]:
    return {
        "number": _field(card.number),
        "issued_on": t.full_date(card.issued_on),
        "household": _field(card.household_head),
        "household_code": _field(card.household_code),
        "site": _field(card.site),
        "cadre": _person(card.cadre),
        "second": _person(card.second) if card.second else None,
        "hotline": _phone(card.town_hotline),
        "supervision": _phone(card.supervision_phone),
        "link": card.link,
        "code": _spaced(_field(card.short_code)),
        "qr": qr_svg(card.link),
    }


def qr_svg(link: str) -> str:
    """The link as a QR code; from correction level M on it reads with a seventh soiled or worn."""
    return segno.make_qr(link, error="m").svg_inline(border=_QUIET_ZONE)


def _person(contact: Contact) -> dict[str, str]:
    return {
        "name": _field(contact.name),
        "place": " · ".join(text for text in (_field(contact.unit), _field(contact.post)) if text),
        "phone": _phone(contact.phone),
    }


def _field(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _phone(number: str) -> str:
    """A mobile number the way people read it out: 139 0000 0000."""
    shown = _field(number)
    is_mobile = len(shown) == 11 and shown.isdecimal()
    return f"{shown[:3]} {shown[3:7]} {shown[7:]}" if is_mobile else shown


def _spaced(code: str) -> str:
    """In groups of four, the way people read out."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
