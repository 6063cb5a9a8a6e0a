"""The canary: what the tests' towns hold of secrets and people must not come out in anything the product says.

`listen` puts the product's own root handler, at DEBUG and for every library's logger, behind an ear that knows every
name and phone of `tests.town` and every token, in each spelling that software gives them. `conftest` asks after each
test what was heard; commands of the command line (`tests/bot/commandline.py`) and processes give theirs to `hear`.
"""

import base64
import io
import json
import logging
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from bot.logs import configure_logs
from tests.town import NAMES, PHONES

TOKENS = (
    "123456789:a-token-for-tests-only",
    "123456789:canary-token-never-to-be-shown",
)
VILLAGERS = ("巡访员", "受灾户")  # of `tests.torture.village`: people whose bot runs as a process of its own
AROUND = 120  # characters of what was said around a canary, to show where it sang


class Ear(io.StringIO):
    """Keeps nothing but what it must not hear."""

    def __init__(self, canaries: Iterable[str]) -> None:
        super().__init__()
        looks = sorted({look for canary in canaries for look in _looks(canary)}, key=len, reverse=True)
        self._looks = re.compile("|".join(map(re.escape, looks)))
        self.heard: list[str] = []
        self.lines = 0  # so that silence can be told from deafness

    def write(self, text: str) -> int:
        self.lines += 1
        self.heard += (f"log: {song}" for song in self.songs(text))
        return len(text)

    def songs(self, text: str) -> list[str]:
        """What surrounds each canary in a text."""
        return [text[max(0, match.start() - AROUND) : match.end() + AROUND] for match in self._looks.finditer(text)]

    def take(self) -> list[str]:
        heard, self.heard = self.heard, []
        return heard


def listen() -> None:
    """From here on, with the process's whole logging."""
    configure_logs(TOKENS, level="DEBUG", stream=EAR)
    logging.getLogger().setLevel(logging.DEBUG)
    logging.captureWarnings(False)  # a warning is an error here


def hear(what: str, text: str) -> None:
    """Something said elsewhere: a command's output, a traceback kept in a row."""
    EAR.heard += (f"{what}: {song}" for song in EAR.songs(text))


def is_listening() -> bool:
    handlers = logging.getLogger().handlers
    return any(isinstance(one, logging.StreamHandler) and one.stream is EAR for one in handlers)


def _looks(canary: str) -> Iterator[str]:
    """As it is, in an address, in JSON, in a repr, as bytes shown, in hexadecimal, in base64."""
    raw = canary.encode()
    yield from (canary, quote(canary, safe=""), json.dumps(canary)[1:-1], ascii(canary)[1:-1])
    yield from (repr(raw)[2:-1], raw.hex())
    for before in range(3):  # base64 looks different at each of three places
        whole = base64.b64encode(bytes(before) + raw).decode()
        yield whole[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]


EAR = Ear([*NAMES, *VILLAGERS, *PHONES, *(token.partition(":")[2] for token in TOKENS)])
