"""People who do other things than log visits: one is gone, one takes a file, one a picture, and one finds a fault."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from models.session import Database
from sandbox import Sandbox
from sandbox.client import Hand, SandboxClient, words
from services import outbox
from services.i18n import translator
from services.messages import Message
from services.office import Office
from tests.bot.tasks import until
from tests.journeys.evidence import PHOTO
from tests.torture.bookkeeping import in_flight
from tests.torture.dying import PATIENCE
from tests.torture.village import CADRE, HEAD

T = translator("zh_CN")
FAULTY = "井水浑了怎么办"  # what the one who finds a fault says
STILL_TO_SAY = 3  # messages to the one who is gone
KEPT = T.plain("errors.kept")


@dataclass
class OtherPeople:
    """Each begins when told to, as soon as everybody else is through: so it is known whom a kill can hit."""

    sandbox: Sandbox
    database: Database
    gone: Hand
    reader: Hand
    photographer: Hand
    unlucky: Hand
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _doing: list["asyncio.Future[None]"] = field(default_factory=list)

    @classmethod
    async def arrive(
        cls, sandbox: Sandbox, database: Database, client: SandboxClient, telegram_ids: Sequence[int]
    ) -> Self:
        hands = [await client.add(f"{CADRE}{n}", id=given) for n, given in enumerate(telegram_ids)]
        for hand in hands:
            sandbox.chats[hand.id].opened = True  # they have written to the bot before
        return cls(sandbox, database, *hands)

    def begin(self, course: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._doing.append(asyncio.ensure_future(self._when_all_is_quiet(course)))

    async def run(self) -> None:
        try:
            await self.over.wait()
            await asyncio.gather(*self._doing)
        finally:
            for course in self._doing:
                course.cancel()

    async def _when_all_is_quiet(self, course: Callable[[], Coroutine[Any, Any, None]]) -> None:
        await until(lambda: not in_flight(self.sandbox, self.database), seconds=PATIENCE)
        await course()

    def block_unnoticed(self) -> None:
        """So long ago that Telegram has forgotten to say so: only its 403 does."""
        self.sandbox.persons[self.gone.id].blocked = True
        with self.database.transaction() as session:
            for number in range(STILL_TO_SAY):
                outbox.reply(session, Office(), self.gone.id, Message(f"第{number}条"), person_id=None)

    async def take_the_file(self) -> None:
        await self.reader.says("/mydata")
        await self.reader.sees(T.plain("onboarding.mydata.title"))
        await self.reader.taps(T.plain("rights.button.download"))
        await self.reader.sees(".xlsx")

    async def look_at_the_picture(self) -> None:
        await self.photographer.says("/start")
        await self.photographer.sees("点下面的按钮")
        await self.photographer.keys("记走访")
        await self.photographer.taps(HEAD, on=await self.photographer.sees("去了哪一户"))
        await self.photographer.sees("记走访")
        await self.photographer.sends_photo(PHOTO)
        form = await self.photographer.sees("照片")
        await self.photographer.taps("保存", on=form)
        await self.photographer.sees("已保存")
        await self.photographer.says("/card H0020")
        await self.photographer.taps("查看照片")

    async def find_the_fault(self) -> None:
        await self.unlucky.says(FAULTY)
        await self.unlucky.sees(KEPT)
        await self.unlucky.says("/help")  # their chat goes on
        await self.unlucky.sees("联系干部")

    def calls_to_the_gone(self) -> int:
        return sum(call["chat_id"] == self.gone.id for call in self.sandbox.calls.after(0))


async def files(hand: Hand) -> int:
    return len([message for message in await hand.messages() if "document" in message])


async def pictures(hand: Hand) -> int:
    return len([message for message in await hand.messages() if "photo" in message])


async def told(hand: Hand, fragment: str) -> int:
    return len([message for message in await hand.messages() if fragment in words(message)])
