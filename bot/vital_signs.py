"""How this process is: its loops, its leases, what waits in the database. Numbers and names, nothing of people."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Self

import structlog

from bot.backroom import BackRoom
from bot.deadlines import STALLED
from bot.stopwatch import Stopwatch
from models.queries import processes, waiting
from models.session import Session
from services.office import Office
from services.rules.send_windows import open_since
from services.rules.working_time import WorkCalendar

WRITE_EVERY = 10.0  # seconds; `doctor` and `stats` read it from another process
DATABASE_WITHIN = 2.0  # seconds for the questions of one look
UNHEARD = 300.0  # seconds without an answer from Telegram, for whoever polls or sets the webhook
LETTER_WAITS = 120.0  # seconds that nobody has even tried a letter
MESSAGE_WAITS = 600.0  # seconds that a message could have left; a thousand at 28 a second take less than one minute

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class VitalSigns:
    """Ages are seconds.

    `fetched`: since Telegram last gave an answer or an update here; None: not yet. `polling`: since this process began
    to poll; None: it doesn't. `untold`: since it began to tell Telegram its webhook; None: it has heard, or needn't.
    """

    loops: dict[str, float] = field(default_factory=dict)
    leases: dict[str, bool] = field(default_factory=dict)
    fetched: float | None = None
    polling: float | None = None
    untold: float | None = None
    is_database_reachable: bool = False
    waiting: dict[str, int] = field(default_factory=dict)
    oldest: dict[str, float] = field(default_factory=dict)

    def troubles(self) -> list[str]:
        """What is wrong, as codes; empty where all is well."""
        found = [f"loop:{name}" for name, age in self.loops.items() if age > STALLED]
        if not self.is_database_reachable:
            found.append("database")
        found += self.troubles_with_telegram()
        if self.oldest.get("letter", 0.0) > LETTER_WAITS:
            found.append("letters")
        if self.oldest.get("message", 0.0) > MESSAGE_WAITS:
            found.append("messages")
        return found

    def troubles_with_telegram(self) -> dict[str, float]:
        """Those of `troubles` that say that nothing comes in, with how long that has been so."""
        found = {}
        if (silence := self._silence()) > UNHEARD:
            found["telegram"] = silence
        if self.untold is not None and self.untold > UNHEARD:
            found["webhook"] = self.untold
        return found

    def _silence(self) -> float:
        """For whoever polls: since the last answer, or, where there was none, since it began."""
        if self.polling is None:
            return 0.0
        return self.polling if self.fetched is None else min(self.polling, self.fetched)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """As a process wrote it, which may be one of another version."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in told.items() if name in known})


class Pulse:
    """Takes the signs of one process, and writes them down for others to read."""

    def __init__(
        self,
        backroom: BackRoom,
        office: Office,
        name: str,
        *,
        ages: Callable[[], dict[str, float]],
        leases: Callable[[], dict[str, bool]],
        fetched: Stopwatch,
        polling: Stopwatch,
        untold: Stopwatch,
        now: Callable[[], datetime],
        beat: Callable[[], None],
    ) -> None:
        self._backroom = backroom
        self._office = office
        self._name = name
        self._ages = ages
        self._leases = leases
        self._fetched = fetched
        self._polling = polling
        self._untold = untold
        self._now = now
        self._beat = beat
        self._calendar = WorkCalendar(office.policy)

    async def run(self) -> None:
        while True:
            self._beat()
            try:
                signs = (await self.signs()).to_json()
                await self._backroom.run(lambda session: processes.show_life(session, self._name, signs))  # noqa: B023  # awaited in this round
            except Exception as error:  # the database is away
                log.warning("no sign of life could be written", error=error)
            await asyncio.sleep(WRITE_EVERY)

    async def signs(self) -> VitalSigns:
        """Never raises for want of the database."""
        post = await self._post()
        return VitalSigns(
            loops=_rounded(self._ages()),
            leases=self._leases(),
            fetched=_rounded_age(self._fetched),
            polling=_rounded_age(self._polling),
            untold=_rounded_age(self._untold),
            is_database_reachable=post is not None,
            waiting=post.counts if post else {},
            oldest=_rounded(post.oldest) if post else {},
        )

    async def _post(self) -> waiting.Waiting | None:
        try:
            async with asyncio.timeout(DATABASE_WITHIN):
                return await self._backroom.read(self._read)
        except Exception as error:  # which is a sign too
            log.warning("the database gives no answer", error=error)
            return None

    def _read(self, session: Session) -> waiting.Waiting:
        hours = open_since(self._office.local_now(), self._office.policy, self._calendar)
        return waiting.look(session, open_since=hours, now=self._office.now(), real_now=self._now())


def _rounded(ages: dict[str, float]) -> dict[str, float]:
    return {name: round(age, 1) for name, age in ages.items()}


def _rounded_age(watch: Stopwatch) -> float | None:
    return None if watch.seconds is None else round(watch.seconds, 1)
