"""How a Chinese name sounds, so that it can be found by what people type on a phone."""

import unicodedata

from pypinyin import Style, lazy_pinyin

# Surnames that sound otherwise than the same character does elsewhere; pypinyin reads names as ordinary words.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "翟": "zhai", "缪": "miao", "查": "zha", "乐": "yue",
    "朴": "piao", "盖": "ge", "区": "ou", "都": "du", "薄": "bo", "覃": "qin", "种": "chong", "员": "yun",
    "折": "she", "繁": "po", "秘": "bi", "召": "shao", "尉": "wei", "郇": "xun", "隗": "wei", "洗": "xian",
    "祭": "zhai", "句": "gou", "藏": "zang",
}  # fmt: skip
_COMPOUND_SURNAMES = frozenset({"单于", "尉迟"})  # read rightly as a whole; only those that begin as one above


def folded(text: str) -> str:
    """Letters and digits only, lower case, half width: how names, codes and queries are compared."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).lower() if letter.isalnum())


def initials_of(name: str) -> str:
    """王小明 → wxm; runs of Latin letters and digits stay whole."""
    return "".join(_syllables(folded(name), Style.FIRST_LETTER))


def pinyin_of(name: str) -> str:
    """王小明 → wangxiaoming, without tones; ü is typed v."""
    return "".join(_syllables(folded(name), Style.NORMAL))


def _syllables(name: str, style: Style) -> list[str]:
    surname = _SURNAMES.get(name[:1])
    if surname is None or name[:2] in _COMPOUND_SURNAMES:
        return list(lazy_pinyin(name, style=style))
    first = surname[0] if style is Style.FIRST_LETTER else surname
    return [first, *lazy_pinyin(name[1:], style=style)]
