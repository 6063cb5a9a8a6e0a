"""The intake's promises: stored before confirmed, and never quiet."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.backroom import BackRoom
from bot.deadlines import STALLED
from bot.intake import BACK_OFF, POLL, Intake, back_off, chat_of, store
from bot.stopwatch import Stopwatch
from bot.telegram_link import POLL_MARGIN
from models.post import InboxLetter
from models.session import Database
from tests.bot.tasks import Alone, nothing, real_now


class End(BaseException):
    """The script is over."""


class Scripted:
    """Answers polls from a script; an exception in it is raised. Remembers what it was asked."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.offsets: list[int | None] = []
        self.stored_when_asked: list[int] = []
        self.count = lambda: 0

    async def get_updates_raw(self, *, offset: int | None, **_: Any) -> list[Any]:
        self.offsets.append(offset)
        self.stored_when_asked.append(self.count())
        if not self.script:
            raise End
        answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def message(update_id: int, chat: int = 5) -> dict[str, Any]:
    return {"update_id": update_id, "message": {"chat": {"id": chat}, "text": "x"}}


@pytest.fixture
def backroom(database: Database) -> Iterator[BackRoom]:
    backroom = BackRoom(database)
    yield backroom
    backroom.close()


async def poll(source: Scripted, backroom: BackRoom, database: Database) -> list[float]:
    """Run the intake to the end of the script; returns the pauses it made."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    def count() -> int:
        with database.reading() as session:
            return len(session.scalars(select(InboxLetter.id)).all())

    source.count = count
    with pytest.raises(End):
        await Intake(
            source,
            backroom,
            now=real_now,
            stored=nothing,
            beat=nothing,
            right=Alone(),
            polling=Stopwatch(),
            pause=pause,
        ).run()
    return pauses


async def test_updates_are_committed_before_they_are_confirmed(backroom: BackRoom, database: Database) -> None:
    source = Scripted([message(10), message(11)], [message(12)])
    await poll(source, backroom, database)
    assert source.offsets == [None, 12, 13]
    assert source.stored_when_asked == [0, 2, 3]


async def test_the_offset_follows_the_last_batch_and_not_the_highest_id(backroom: BackRoom, database: Database) -> None:
    source = Scripted([message(900_000)], [message(17)])
    await poll(source, backroom, database)
    assert source.offsets == [None, 900_001, 18]


async def test_no_failure_ends_polling(backroom: BackRoom, database: Database) -> None:
    source = Scripted(ConnectionError(), ValueError("401"), [message(1)])
    pauses = await poll(source, backroom, database)
    assert source.offsets == [None, None, None, 2]
    assert len(pauses) == 2


async def test_the_offset_stands_still_while_the_database_is_away(database: Database) -> None:
    class Away:
        async def run(self, _act: Any) -> None:
            raise OSError("disk full")

    source = Scripted([message(1)])
    await poll(source, Away(), database)  # type: ignore[arg-type]  # only `run` is asked for
    assert source.offsets == [None, None]


async def test_rubbish_in_a_batch_does_not_block_it(backroom: BackRoom, database: Database) -> None:
    await poll(Scripted(["rubbish", {"no": "id"}, message(3)]), backroom, database)
    with database.reading() as session:
        assert [letter.update_id for letter in session.scalars(select(InboxLetter))] == [3]


async def test_an_update_is_kept_as_it_came(backroom: BackRoom, database: Database) -> None:
    strange = message(4) | {"new_kind": {"深": ["\ud83d", "\x00"]}}
    await poll(Scripted([strange]), backroom, database)
    with database.reading() as session:
        assert json.loads(session.scalars(select(InboxLetter.body)).one()) == strange


@pytest.mark.parametrize(
    ("raw", "chat"),
    [
        ({"update_id": 1, "message": {"chat": {"id": 5}, "from": {"id": 6}}}, 5),
        ({"update_id": 1, "callback_query": {"from": {"id": 6}, "message": {"chat": {"id": 5}}}}, 5),
        ({"update_id": 1, "callback_query": {"from": {"id": 6}}}, 6),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": 7}}}, 7),
        ({"update_id": 1, "poll": {"id": "x"}}, 0),
        ({"update_id": 1, "message": {"chat": {"id": "seven"}}}, 0),
        ({"update_id": 1, "message": "not an object"}, 0),
    ],
)
def test_the_chat_is_found_in_whatever_comes(raw: dict[str, Any], chat: int) -> None:
    assert chat_of(raw) == chat


@pytest.mark.parametrize(("failures", "least", "most"), [(1, 0.7, 1), (3, 2.8, 4), (50, 21, 30)])
def test_the_pause_doubles_up_to_half_a_minute(failures: int, least: float, most: float) -> None:
    assert least <= back_off(failures) <= most


async def test_a_batch_of_nothing_but_rubbish_does_not_spin(backroom: BackRoom, database: Database) -> None:
    pauses = await poll(Scripted(["rubbish"], [{"no": "id"}]), backroom, database)
    assert len(pauses) == 2


async def test_a_stalled_network_is_no_reason_to_end_the_process(backroom: BackRoom) -> None:
    """A poll that stalls and the pause behind it are each shorter than the watch's patience; together they aren't."""
    beats: list[str] = []

    class Stalled:
        async def get_updates_raw(self, **_: Any) -> list[Any]:
            beats.append("poll")
            raise TimeoutError

    async def pause(_seconds: float) -> None:
        beats.append("pause")
        if len(beats) > 8:
            raise End

    with pytest.raises(End):
        await Intake(
            Stalled(),
            backroom,
            now=real_now,
            stored=nothing,
            beat=lambda: beats.append("beat"),
            right=Alone(),
            polling=Stopwatch(),
            pause=pause,
        ).run()
    assert beats[:4] == ["beat", "poll", "beat", "pause"]
    assert POLL + POLL_MARGIN + 20 < STALLED
    assert BACK_OFF[1] < STALLED


async def test_an_id_that_telegram_gives_again_after_idle_weeks_is_a_new_update(
    backroom: BackRoom, database: Database
) -> None:
    long_ago = real_now() - timedelta(days=8)
    await store(backroom, [message(10), message(11)], now=long_ago)
    await poll(Scripted([message(11, chat=6)], [message(11, chat=6)]), backroom, database)
    with database.reading() as session:
        letters = session.execute(select(InboxLetter.update_id, InboxLetter.chat_id).order_by(InboxLetter.id)).all()
    assert [tuple(letter) for letter in letters] == [(10, 5), (None, 5), (11, 6)]
