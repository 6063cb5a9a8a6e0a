"""How journeys are played: each in both languages, on both databases, and with restarts between what people do."""

from typing import NamedTuple

import pytest


class Play(NamedTuple):
    language: str
    restarting: bool

    def __str__(self) -> str:
        return f"{self.language}-restarting" if self.restarting else self.language


ZH_CN, EN_RESTARTING = Play("zh_CN", restarting=False), Play("en", restarting=True)

# The main way of a journey may be played in all combinations; what branches off from it in two, to save time.
side_path = pytest.mark.parametrize(
    ("database_url", "t"), [("postgresql", ZH_CN), ("sqlite", EN_RESTARTING)], indirect=True, ids=str
)
