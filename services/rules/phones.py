"""Phone numbers as people write them: brought to one form, compared, and masked on screen."""

import re
import unicodedata

# What stands between digits: spaces, dashes of every length, dots, brackets, slashes of no meaning.
_BETWEEN_DIGITS = re.compile(r"[\s\-‐‑‒–—―−.·()]+")
_SPREADSHEET_NUMBER = re.compile(r"(?P<digits>[0-9]{7,})\.0")  # a number where text was meant
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(?:10|2[0-9])[0-9]{8}|0[3-9][0-9]{2}[0-9]{7,8}")  # area code and number
_SERVICE = re.compile(r"[48]00[0-9]{7}")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164
_CHINA = re.compile(r"^(?:\+86|0086|86(?=1[3-9][0-9]{9}$))(?=[0-9])")


def normalise_phone(raw: str) -> str | None:
    """A Chinese number as it is dialled at home (13912340000, 08161234567), any other as +…; None if it is neither.

    Telegram's contacts carry the country code, often without the plus: 8613912340000 is understood, a foreign
    number without it isn't (`same_phone` still recognises it).
    """
    dialled = _dialled(raw)
    national, from_china = _CHINA.subn("", dialled)
    if national.startswith("01") and _MOBILE.fullmatch(national[1:]):  # a mobile dialled as a trunk call
        national = national[1:]
    if _is_chinese(national):
        return national
    if from_china and _LANDLINE.fullmatch("0" + national):
        return "0" + national
    abroad = re.sub(r"^00", "+", dialled)
    return abroad if _INTERNATIONAL.fullmatch(abroad) and not from_china else None


def same_phone(a: str, b: str) -> bool:
    """Whether both ways of writing reach the same telephone; nothing equals an empty or unreadable number."""
    one, other = normalise_phone(a), normalise_phone(b)
    if one is None and other is not None:
        one = normalise_phone("+" + _dialled(a))
    elif other is None and one is not None:
        other = normalise_phone("+" + _dialled(b))
    return one is not None and one == other


def mask_phone(phone: str) -> str:
    """139****0000; of all other numbers only the last two digits, since a village knows its area code."""
    number = normalise_phone(phone) or ""
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[-4:]}"
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", phone))
    return "****" + (digits[-2:] if len(digits) > len("****") + 2 else "")


def _dialled(raw: str) -> str:
    text = unicodedata.normalize("NFKC", raw).strip()
    if number := _SPREADSHEET_NUMBER.fullmatch(text):
        return number["digits"]
    return _BETWEEN_DIGITS.sub("", text)


def _is_chinese(number: str) -> bool:
    return any(form.fullmatch(number) for form in (_MOBILE, _LANDLINE, _SERVICE))
