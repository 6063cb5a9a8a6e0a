"""How a Chinese name sounds, so that it can be found by what people type on a phone."""

import unicodedata

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
    return "".join(_syllables(folded(name), only_initials=True))


def pinyin_of(name: str) -> str:
    """王小明 → wangxiaoming, without tones; ü is typed v."""
    return "".join(_syllables(folded(name), only_initials=False))


def _syllables(name: str, *, only_initials: bool) -> list[str]:
    surname = _SURNAMES.get(name[:1])
    if surname is None or name[:2] in _COMPOUND_SURNAMES:
        return _read(name, only_initials)
    return [surname[0] if only_initials else surname, *_read(name[1:], only_initials)]


def _read(name: str, only_initials: bool) -> list[str]:
    # Its dictionary takes a quarter of a second to load, which no command and no start should wait for.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    return list(lazy_pinyin(name, style=Style.FIRST_LETTER if only_initials else Style.NORMAL))
