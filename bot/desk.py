"""The desk: takes each chat's oldest unfinished letter, many chats side by side; the back room handles it."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog
import telegram

from bot.after_a_crash import AfterACrash
from bot.apology import say_it_is_kept
from bot.backroom import BackRoom
from bot.supervision import Spawn
from handlers import front
from models.key_file import KeyFileError
from models.queries import inbox
from models.queries.inbox import WaitingLetter
from models.session import Session
from models.trouble import is_passing
from services.office import Office
from services.tracebacks import told

RETRY_AFTER = (1, 5, 30, 300)  # seconds; after the last one it is a dead letter
SIDE_BY_SIDE = 64  # chats
LEAVE_ALONE = 0.1  # seconds: a chat that another process has in hand; there are others to look after
LOOK_AGAIN = 1.0  # seconds: for letters whose retry comes due
OWN_LETTER = "lianxin"  # the key that marks a letter of the bot to itself

log = structlog.get_logger(__name__)


class Finished(Exception):
    """Somebody else finished this letter: nothing of this turn may stand."""


class Elsewhere(Exception):
    """Another process handles a letter of this chat at the moment."""


class Handlers(Protocol):
    """What a letter is given to; `handlers.front` is it."""

    def take_update(self, session: Session, office: Office, update: telegram.Update, /) -> None: ...
    def take_letter(self, session: Session, office: Office, chat_id: int, letter: dict[str, Any], /) -> None: ...


class Desk:
    """One per process. `wake` when letters were stored; `handled` is called after each commit that may have replies.

    `took` hears of each letter: handled, failed or elsewhere, and how many seconds it took.
    """

    def __init__(
        self,
        backroom: BackRoom,
        office: Office,
        *,
        now: Callable[[], datetime],
        spawn: Spawn,
        handled: Callable[[], None],
        took: Callable[[str, float], None],
        beat: Callable[[], None],
        careful_until: int = 0,
        handlers: Handlers = front,
    ) -> None:
        self._backroom = backroom
        self._office = office
        self._now = now
        self._spawn = spawn
        self._handled = handled
        self._took = took
        self._beat = beat
        self._after_a_crash = AfterACrash(backroom, office, until=careful_until, now=now, hold_chat=self._hold_chat)
        self._handlers = handlers
        self._in_hand: dict[int, int] = {}  # chat → letter
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    @property
    def is_idle(self) -> bool:
        return not self._in_hand

    async def has_nothing(self) -> bool:
        """Whether no letter can be tried now."""
        return not await self._next_letters()

    async def run(self) -> None:
        while True:
            self._beat()
            self._woken.clear()
            try:
                self._begin(await self._next_letters())
            except Exception as error:  # the database is away: look again later
                log.error("no letters could be read", error=error)
            await self._pause()

    def _begin(self, letters: list[WaitingLetter]) -> None:
        for letter in letters:
            if letter.chat_id in self._in_hand:
                continue  # an overtaken letter and the one behind it: one after the other
            self._in_hand[letter.chat_id] = letter.id
            self._spawn("letter", self._take(letter))

    async def _next_letters(self) -> list[WaitingLetter]:
        room = SIDE_BY_SIDE - len(self._in_hand)
        if room <= 0:
            return []
        now, in_hand = self._now(), dict(self._in_hand)

        def choose(session: Session) -> list[WaitingLetter]:
            look = partial(inbox.waiting, session, now=now, limit=room)
            return self._after_a_crash.choose(lambda chats: look(skip_chats=chats), in_hand)

        return await self._backroom.read(choose)

    async def _pause(self) -> None:
        # `wait_for` would swallow a cancellation that comes together with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN):
                await self._woken.wait()

    async def _take(self, letter: WaitingLetter) -> None:
        now, outcome = asyncio.get_running_loop().time, "interrupted"
        begun = now()
        try:
            if self._after_a_crash.concerns(letter.id):
                await self._after_a_crash.handle(letter, partial(self._handle, letter, alone=True))
            else:
                await self._handle(letter, alone=False)
            outcome = "handled"
        except Finished:
            outcome = "elsewhere"
            log.info("letter was finished elsewhere", letter=letter.id)
        except Elsewhere:
            outcome = "elsewhere"
            await asyncio.sleep(LEAVE_ALONE)
        except Exception as error:  # kept with its traceback, retried, and told
            outcome = "failed"
            if is_passing(error):
                await self._wait_for_the_database(letter, error)
            else:
                await self._failed(letter, error)
        finally:
            self._took(outcome, now() - begun)
            self._in_hand.pop(letter.chat_id, None)
            self.wake()
            self._handled()

    async def _handle(self, letter: WaitingLetter, *, alone: bool) -> None:
        await self._backroom.run(lambda session: self._perform(session, letter), alone=alone)

    def _perform(self, session: Session, letter: WaitingLetter) -> None:
        """A body that doesn't open or can't be understood fails this letter alone."""
        self._hold_chat(session, letter)
        text = inbox.finish(session, letter.id, now=self._now())
        if text is None:
            raise Finished
        body = json.loads(text)
        if OWN_LETTER in body:
            self._handlers.take_letter(session, self._office, letter.chat_id, body[OWN_LETTER])
        else:
            self._handlers.take_update(session, self._office, telegram.Update.de_json(body, None))

    def _hold_chat(self, session: Session, letter: WaitingLetter) -> None:
        """One letter of a chat at a time, in whichever process."""
        if not inbox.hold_chat(session, letter.chat_id):
            raise Elsewhere

    async def _wait_for_the_database(self, letter: WaitingLetter, error: Exception) -> None:
        """Its chat waits too; the letter has no part in it, so it isn't counted."""
        log.warning("the database was in trouble, the letter waits", letter=letter.id, error=error)
        await asyncio.sleep(LOOK_AGAIN)

    async def _failed(self, letter: WaitingLetter, error: Exception) -> None:
        words = told(error)
        log.error("letter failed", letter=letter.id, error=error)

        def record(session: Session) -> None:
            attempts = inbox.count_attempt(session, letter.id)
            if attempts is None:  # another process has handled it in the meantime
                return
            if attempts >= inbox.OVERTAKEN_AFTER:
                say_it_is_kept(session, self._office, letter)  # the chat goes on without this letter
            is_for_good = not isinstance(error, KeyFileError)  # the key file can be put back, and it is tried again
            if attempts > len(RETRY_AFTER) and is_for_good:
                inbox.bury(session, letter.id, error=words, now=self._now())
                return
            until = self._now() + timedelta(seconds=RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1])
            inbox.postpone(session, letter.id, until=until, error=words)

        try:
            await self._backroom.run(record)
        except Exception as again:  # the database is away: the letter is still waiting, so nothing is lost
            log.error("failure could not be recorded", letter=letter.id, error=again)
            await asyncio.sleep(LOOK_AGAIN)
