"""After an unclean end: letters that may have caused it are handled one at a time, the likeliest culprits last."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta

from bot.apology import say_it_is_kept
from bot.backroom import BackRoom
from models.queries import inbox
from models.queries.inbox import WaitingLetter
from models.session import Session
from services.office import Office

SUSPECTED_FROM = 2  # ends of the process while a letter was in hand; once may happen to any
INTERRUPTIONS = 20  # so often may the process end while a letter is in hand; then it may be the letter's doing
SUSPICIOUS_AFTER = timedelta(minutes=15)  # and not before: in a row of quick kills it is nobody's doing

Look = Callable[[Collection[int]], list[WaitingLetter]]


class AfterACrash:
    """One per process. `until`: the newest letter of the last one, which may have been in its hands; 0: it ended well.

    `hold_chat` raises where another process handles a letter of that chat.
    """

    def __init__(
        self,
        backroom: BackRoom,
        office: Office,
        *,
        until: int,
        now: Callable[[], datetime],
        hold_chat: Callable[[Session, WaitingLetter], None],
    ) -> None:
        self._backroom = backroom
        self._office = office
        self._until = until
        self._now = now
        self._hold_chat = hold_chat
        self._one_at_a_time = asyncio.Lock()
        self._survived: Counter[int] = Counter()  # letter → tries that ended, well or not, and the process went on

    def concerns(self, letter_id: int) -> bool:
        return letter_id <= self._until

    def choose(self, look: Look, in_hand: Mapping[int, int]) -> list[WaitingLetter]:
        """What to begin beside what is in hand (chat → letter). `look`: what waits in other chats than those given.

        A suspect has its turn when nobody else needs care: should it end the process again, they are through. What was
        tried already and waits for the database keeps no suspect from it, nor one suspect another.
        """
        found, suspects = look(in_hand.keys()), list[WaitingLetter]()
        while suspected := [letter for letter in found if self._is_suspect(letter)]:
            suspects += suspected
            found = look({*in_hand, *(letter.chat_id for letter in suspects)})
        others = [*in_hand.values(), *(letter.id for letter in found)]
        if any(self.concerns(letter) and not self._survived[letter] for letter in others):
            return found
        return [*found, *sorted(suspects, key=lambda letter: (self._survived[letter.id], letter.id))[:1]]

    async def handle(self, letter: WaitingLetter, handle: Callable[[], Awaitable[None]]) -> None:
        """One at a time, so that an attempt is charged to the one letter that was in hand when the process ended."""
        async with self._one_at_a_time:
            try:
                await self._try(letter, handle)
            finally:
                self._survived[letter.id] += 1

    async def _try(self, letter: WaitingLetter, handle: Callable[[], Awaitable[None]]) -> None:
        if not await self._is_survivable(letter):
            return
        try:
            await handle()
        except Exception:  # goes on to the desk; the process hasn't ended, whatever it was
            await self._backroom.run(lambda session: inbox.take_interruption_back(session, letter.id))
            raise

    def _is_suspect(self, letter: WaitingLetter) -> bool:
        return self.concerns(letter.id) and letter.interruptions >= SUSPECTED_FROM

    async def _is_survivable(self, letter: WaitingLetter) -> bool:
        """Committed first: what kills the process again and again is found out."""

        def count(session: Session) -> int:
            self._hold_chat(session, letter)
            return inbox.count_interruption(session, letter.id) or 0  # finished elsewhere, as the handling will find

        interruptions = await self._backroom.run(count)
        if interruptions <= INTERRUPTIONS or letter.received_at > self._now() - SUSPICIOUS_AFTER:
            return True
        await self._bury(letter)
        return False

    async def _bury(self, letter: WaitingLetter) -> None:
        error = "the process ended each time this letter was handled"

        def bury(session: Session) -> None:
            inbox.bury(session, letter.id, error=error, now=self._now())
            say_it_is_kept(session, self._office, letter)

        await self._backroom.run(bury)
