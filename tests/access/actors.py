"""Who presses: the eight kinds of people that there are to the bot, and one whose card isn't confirmed yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tests.access.places import ADMIN, CADRE, MEMBER, PENDING, STRANGER, SUPERVISOR, Place, World

HERE, BESIDE, ACROSS, FAR = 1, 2, 3, 4
NOTED = ("所说", "同行", "照片", "备注", "困难", "待认")  # what officials keep about a household
KNOWN_WHILE_PENDING = ("待认", "户主")  # their own name; the head's once the phone number says that they belong there
CONFIDENTIAL = tuple(f"{kind}confidential" for kind in ("问题", "经过", "照片"))


@dataclass(frozen=True)
class Someone:
    """`own` and `foreign` name places; `reads` those whose words they may hear, of them `sealed` not, or `only` these."""

    account: int
    own: str | None
    foreign: str
    reads: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    def secrets(self, world: World) -> list[str]:
        """Words that must never reach this person."""
        return [
            word
            for place in world.places.values()
            for kind, word in place.words.items()
            if self._is_sealed(place, kind)
        ]

    def _is_sealed(self, place: Place, kind: str) -> bool:
        if place.name not in self.reads or kind in self.sealed:
            return True
        return self.only is not None and kind not in self.only


def _someone(account: int, own: str | None, foreign: str, *reads: str, sealed: tuple[str, ...] = ()) -> Someone:
    return Someone(account, own, foreign, frozenset(reads), frozenset(sealed))


TOWN = ("here", "beside", "across")
ACTORS: Mapping[str, Someone] = MappingProxyType(
    {
        "stranger": _someone(STRANGER + HERE, None, "here"),
        "pending": Someone(PENDING + HERE, "here", "beside", frozenset({"here"}), only=frozenset(KNOWN_WHILE_PENDING)),
        "household": _someone(MEMBER + HERE, "here", "beside", "here", sealed=NOTED),
        "other household": _someone(MEMBER + BESIDE, "beside", "here", "beside", sealed=NOTED),
        "cadre": _someone(CADRE + HERE, "here", "beside", "here", sealed=CONFIDENTIAL),
        "other cadre": _someone(CADRE + BESIDE, "beside", "here", "beside", sealed=CONFIDENTIAL),
        "supervisor elsewhere": _someone(SUPERVISOR + ACROSS, "across", "here", "across"),
        "supervisor": _someone(SUPERVISOR + HERE, "here", "far", *TOWN),
        "administrator": _someone(ADMIN + HERE, "here", "far", *TOWN),
    }
)
