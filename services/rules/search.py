"""Finding a household or a person by code, a part of the name, pinyin initials, or something close to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from services.rules.pinyin import folded, initials_of, pinyin_of

CLOSE_ENOUGH = 80.0  # per cent of letters in common, of the pinyin
_TOO_SHORT_TO_GUESS = 4  # letters of pinyin; below, everybody is close to everybody


@dataclass(frozen=True)
class SearchEntry:
    id: int
    name: str
    code: str
    initials: str  # search_key(name)
    pinyin: str  # pinyin_key(name)


def search_key(name: str) -> str:
    """The pinyin initials: 王小明 → wxm."""
    return initials_of(name)


def pinyin_key(name: str) -> str:
    """The full pinyin without tones: 王小明 → wangxiaoming."""
    return pinyin_of(name)


def rank(query: str, entries: Sequence[SearchEntry]) -> list[int]:
    """Ids, best first: the code, its or the name's beginning, a part of the name, the sound.

    Only if nothing of this fits, what sounds alike. Equals go by code; an empty query finds nothing.
    """
    wanted = folded(query)
    if not wanted:
        return []
    sound = pinyin_of(wanted) if len(wanted) > 1 else wanted  # one character sounds like too many others
    graded = [(grade, entry) for entry in entries if (grade := _grade(wanted, sound, entry)) is not None]
    if not graded:
        return _close_to(sound, entries)
    graded.sort(key=lambda hit: (hit[0], hit[1].code))
    return [entry.id for _, entry in graded]


def _grade(wanted: str, sound: str, entry: SearchEntry) -> int | None:
    code, name = folded(entry.code), folded(entry.name)
    grades = (
        wanted == code,
        wanted == name,
        code.startswith(wanted) or name.startswith(wanted),
        wanted in name or wanted in code,
        entry.initials.startswith(wanted),
        sound == entry.pinyin,  # the right sound in the wrong characters
        entry.pinyin.startswith(sound),
        wanted in entry.initials or sound in entry.pinyin,
    )
    return grades.index(True) if True in grades else None


def _close_to(sound: str, entries: Sequence[SearchEntry]) -> list[int]:
    if len(sound) < _TOO_SHORT_TO_GUESS:
        return []
    sounds = [entry.pinyin for entry in entries]
    hits = process.extract(sound, sounds, scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH, limit=None)
    hits.sort(key=lambda hit: (-hit[1], entries[hit[2]].code))
    return [entries[place].id for _, _, place in hits]
