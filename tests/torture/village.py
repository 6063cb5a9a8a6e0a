"""Many cadres at work: the load under which the bot is killed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from models import notice
from models.households import Household, Pairing
from models.people import Person, RoleGrant, Unit
from models.session import Database
from sandbox import Sandbox
from sandbox.client import Hand, SandboxClient
from tests.bot.tasks import until
from tests.canary import VILLAGERS
from tests.torture.bookkeeping import in_flight
from tests.torture.forked_bot import ForkedBot
from tests.town import MONDAY_MORNING

HOUSEHOLDS_EACH = 3
CADRE, HEAD = VILLAGERS  # with a number behind


def build_village(database: Database, cadres: int) -> list[int]:
    """One village with so many cadres and three households each; returns the cadres' Telegram ids."""
    with database.transaction() as session:
        unit = Unit(code="V", name="东村", kind="village", path="/1/")
        session.add(unit)
        session.flush()
        unit.path = f"/{unit.id}/"
        for number in range(cadres):
            cadre = Person(
                code=f"C{number}",
                name=f"{CADRE}{number}",
                unit_id=unit.id,
                telegram_user_id=1000 + number,
                language="zh_CN",
                consented_at=MONDAY_MORNING,
                consent_version=notice.VERSION,
                created_at=MONDAY_MORNING,
            )
            session.add(cadre)
            session.flush()
            session.add(RoleGrant(person_id=cadre.id, role="cadre", unit_id=unit.id, granted_at=MONDAY_MORNING))
            for house in range(HOUSEHOLDS_EACH):
                code = f"H{number:03}{house}"
                household = Household(
                    code=code,
                    head=f"{HEAD}{number:03}{house}",
                    unit_id=unit.id,
                    tier="red",
                    card_code=code,
                    created_at=MONDAY_MORNING,
                )
                session.add(household)
                session.flush()
                session.add(
                    Pairing(household_id=household.id, cadre_id=cadre.id, kind="primary", started_on=date(2026, 1, 5))
                )
    return [1000 + number for number in range(cadres)]


class AtWork(Protocol):
    """People who begin nothing more once it is `over`; `run` ends when they have finished."""

    over: asyncio.Event

    async def run(self) -> None: ...


@dataclass
class Load:
    """Every cadre logs one visit after the other, waiting for each answer as people do."""

    client: SandboxClient
    telegram_ids: list[int]
    confirmed: dict[int, int] = field(default_factory=dict)  # telegram id → visits whose confirmation was seen
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until `over` is set; the visit that was begun is still finished."""
        hands = [
            await self.client.add(f"{CADRE}{n}", id=telegram_id) for n, telegram_id in enumerate(self.telegram_ids)
        ]
        await asyncio.gather(*(self._work(hand) for hand in hands))

    async def _work(self, hand: Hand) -> None:
        self.confirmed[hand.id] = 0
        await hand.says("/start")
        await hand.sees("点下面的按钮")
        while not self.over.is_set():
            await hand.keys("记走访")
            # A kill may have doubled an older message: a person uses the buttons of the newest.
            question = await hand.sees("去了哪一户")
            await hand.taps(HEAD, on=question)
            form = await hand.sees("记走访")
            await hand.taps("保存", on=form)
            await hand.sees("已保存")
            self.confirmed[hand.id] += 1


@asynccontextmanager
async def people_at_work(
    people: AtWork, bot: ForkedBot, sandbox: Sandbox, database: Database, *, patience: float
) -> AsyncIterator["asyncio.Future[None]"]:
    """Then they finish what they began, everything is said, and the bot ends cleanly; its log, where it doesn't."""
    working = asyncio.ensure_future(people.run())
    try:
        yield working
        people.over.set()
        await working
        await until(lambda: not in_flight(sandbox, database), seconds=patience)
        assert await bot.end() == 0
    except BaseException:
        working.cancel()
        bot.clear_away()
        print(bot.log()[-5000:])  # noqa: T201  # why it failed
        raise
