"""The delivery's promises: order within a chat, no repeat but for unknown outcomes, and that only once."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.backroom import BackRoom
from bot.delivery import LONGEST_ATTEMPT, PATIENCE
from bot.gate import Gate
from bot.outcomes import Outcome, Refused, Slower, TryLater, Unknown, Unreachable
from models.people import Person
from models.session import Database, Session
from services import outbox
from services.messages import Message
from services.outbox import Parcel
from tests.bot.delivering import RecordingSender, Running
from tests.town import build_town


@pytest.fixture
def running(database: Database) -> Iterator[Running]:
    running = Running(database)
    yield running
    running.backroom.close()


async def test_a_chat_gets_its_messages_in_order_and_chats_go_side_by_side(running: Running) -> None:
    await running.queue(*(running.reply(chat, f"{chat}-{n}") for n in range(5) for chat in (1, 2)))
    await running.work()
    for chat in (1, 2):
        assert [text for to, text in running.sender.sent if to == chat] == [f"{chat}-{n}" for n in range(5)]
    assert set(running.states()) == {"sent"}


async def test_on_a_quick_line_each_message_is_recorded_before_the_next_leaves(running: Running) -> None:
    unrecorded: list[int] = []
    deliver = running.sender.deliver

    async def count(parcel: Parcel) -> Outcome:
        unrecorded.append(len(running.sender.sent) - running.states().count("sent"))
        return await deliver(parcel)

    running.sender.deliver = count  # type: ignore[method-assign]
    running.restart(gate=Gate(1))  # a message a second: any line is quick enough for that
    await running.queue(*(running.reply(chat, "hello") for chat in range(1, 11)))
    await running.work()
    assert unrecorded == [0] * 10
    assert running.states() == ["sent"] * 10


async def test_what_never_left_is_tried_again_and_holds_its_chat_back(running: Running) -> None:
    running.sender.answers["first"] = [TryLater("refused"), TryLater("refused")]
    await running.queue(running.reply(1, "first"), running.reply(1, "second"), running.reply(2, "other chat"))
    await running.work()
    assert running.texts() == ["first", "other chat"]
    await running.later(1)
    await running.later(5)
    assert running.texts() == ["first", "other chat", "first", "first", "second"]


async def test_an_unknown_outcome_is_repeated_once_and_only_once(running: Running) -> None:
    running.sender.answers["lost"] = [Unknown("answer lost"), Unknown("answer lost")]
    await running.queue(running.reply(1, "lost"), running.reply(1, "next"))
    await running.work()
    await running.later(1)
    await running.later(1000)  # given up, which makes room for the next
    await running.work()
    assert running.texts() == ["lost", "lost", "next"]
    assert running.states() == ["failed", "sent"]


async def test_a_message_that_was_in_hand_at_a_kill_is_sent_again(running: Running) -> None:
    await running.queue(running.reply(1, "killed"))
    for _ in range(5):
        await running.backroom.run(running.claim)  # and the process is killed before it records the outcome
        await running.backroom.run(lambda session: outbox.release_claims(session, real_now=running.moment))
    await running.work()
    assert running.texts() == ["killed"]
    assert running.states() == ["sent"]


async def test_after_a_kill_what_was_in_hand_leaves_one_at_a_time(running: Running) -> None:
    await running.queue(*(running.reply(chat, f"to {chat}") for chat in (1, 2, 3)))
    for _ in range(3):
        await running.backroom.run(running.claim)  # and the process is killed before it records the outcomes
    for chat in (1, 2, 3):
        assert await running.delivery.pump(free_strays=True) == 1
        await running.tasks.done()
        assert running.texts()[-1] == f"to {chat}"
    await running.queue(*(running.reply(chat, "more") for chat in (1, 2, 3)))
    assert await running.delivery.pump() == 3, "side by side again"
    await running.tasks.done()


async def test_a_row_of_quick_kills_takes_no_message(running: Running) -> None:
    await running.queue(running.reply(1, "killed"))
    for _ in range(3 * outbox.INTERRUPTIONS):
        await running.backroom.run(running.claim)
        await running.backroom.run(lambda session: outbox.release_claims(session, real_now=running.moment))
    await running.work()
    assert running.texts() == ["killed"]


async def test_a_message_that_ends_the_process_again_and_again_is_given_up(running: Running) -> None:
    await running.queue(running.reply(1, "deadly"), running.reply(1, "next"))
    running.office_clock.forward(minutes=15)
    for _ in range(outbox.INTERRUPTIONS):
        await running.backroom.run(running.claim)
        await running.backroom.run(lambda session: outbox.release_claims(session, real_now=running.moment))
    await running.work()
    await running.work()
    assert running.texts() == ["next"]
    assert running.states() == ["failed", "sent"]


async def test_a_claim_that_still_holds_is_left_alone(running: Running) -> None:
    await running.queue(running.reply(1, "in other hands"), running.reply(1, "behind it"))
    await running.backroom.run(running.claim)
    await running.work()
    assert running.texts() == []
    await running.later(61)
    assert running.texts() == ["in other hands", "behind it"]


async def test_a_flood_answer_stops_the_chat_for_as_long_as_telegram_says(running: Running) -> None:
    running.sender.answers["slow"] = [Slower(30)]
    await running.queue(running.reply(1, "slow"))
    await running.work()
    await running.later(29)
    assert running.texts() == ["slow"]
    running.restart()  # the limiter keeps real time; the row carries the moment
    await running.later(1.5)
    assert running.texts() == ["slow", "slow"]


async def test_a_block_ends_the_channel_and_cancels_what_is_queued(running: Running) -> None:
    await running.backroom.run(build_town)
    running.sender.answers["hello"] = [Unreachable("bot was blocked by the user")]
    await running.queue(running.reply(101, "hello"), running.reply(101, "more"))
    await running.work()
    assert running.states() == ["cancelled", "cancelled"]
    with running.database.reading() as session:
        cadre = session.scalars(select(Person).where(Person.telegram_user_id == 101)).one()
        assert cadre.unreachable_since is not None
        assert cadre.unreachable_reason == "bot was blocked by the user"


async def test_a_refused_message_does_not_stop_the_next(running: Running) -> None:
    running.sender.answers["bad"] = [Refused("message is too long")]
    await running.queue(running.reply(1, "bad"), running.reply(1, "good"))
    await running.work()
    assert running.states() == ["failed", "sent"]


async def test_an_edit_names_the_message_that_the_earlier_row_became(running: Running) -> None:
    row = await running.backroom.run(running.reply(1, "form"))
    await running.queue(lambda session: outbox.edit(session, running.office, 1, Message("form, filled"), edits_id=row))
    await running.work()
    assert [parcel.action for parcel in running.sender.parcels] == ["send", "edit"]
    assert running.sender.parcels[1].message_id == 1


async def test_what_is_still_in_hand_is_not_sent_a_second_time(running: Running) -> None:
    release = asyncio.Event()

    async def deliver(parcel: Parcel) -> Outcome:
        await release.wait()
        return await RecordingSender.deliver(running.sender, parcel)

    running.sender.deliver = deliver  # type: ignore[method-assign]  # a network that crawls
    running.restart()
    await running.queue(running.reply(1, "slow"))
    assert await running.delivery.pump() == 1
    running.moment += timedelta(seconds=3600)  # a clock that was set, or a claim that ran out
    assert await running.delivery.pump() == 0
    release.set()
    await running.tasks.done()
    assert running.texts() == ["slow"]


async def test_an_attempt_ends_before_its_claim_does(running: Running) -> None:
    async def deliver(_: Parcel) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError

    running.sender.deliver = deliver  # type: ignore[method-assign]  # a call that never comes back
    running.restart(longest_attempt=0.01)
    await running.queue(running.reply(1, "lost"))
    await running.delivery.pump()
    await running.tasks.done()
    assert running.states() == ["waiting"]
    assert timedelta(seconds=LONGEST_ATTEMPT + 2 * PATIENCE) < outbox.CLAIM


async def test_what_was_sent_is_not_sent_again_because_the_database_was_away(running: Running) -> None:
    away = 3

    async def flaky(act: Callable[[Session], object]) -> object:
        nonlocal away
        if running.sender.sent and away:
            away -= 1
            raise OSError("the database is away")
        return await BackRoom.run(running.backroom, act)

    running.backroom.run = flaky  # type: ignore[method-assign, assignment]  # a database that comes back
    running.restart(record_again=0.001)
    await running.queue(running.reply(1, "once"))
    await running.work()
    await running.later(3600)
    assert running.texts() == ["once"]
    assert running.states() == ["sent"]


async def test_words_no_text_column_takes_harm_nobody(running: Running) -> None:
    running.sender.answers["bad"] = [Refused("nul \x00 and half a pair \ud83d")]
    await running.queue(running.reply(1, "bad"), running.reply(1, "good"))
    await running.work()
    assert running.states() == ["failed", "sent"]


async def test_after_an_outage_nobody_waits_longer_than_half_a_minute(running: Running) -> None:
    running.sender.answers["hello"] = [TryLater("no route")] * 30
    await running.queue(running.reply(1, "hello"))
    await running.work()
    for _ in range(120):
        await running.later(5)
    running.sender.answers.clear()
    await running.later(30)
    assert running.states() == ["sent"]


async def test_a_restart_after_many_tries_loses_nothing(running: Running) -> None:
    running.sender.answers["hello"] = [TryLater("no route")] * (outbox.INTERRUPTIONS + 5)
    await running.queue(running.reply(1, "hello"))
    await running.work()
    for _ in range(outbox.INTERRUPTIONS + 4):
        await running.later(30)
    running.moment += timedelta(seconds=30)
    await running.backroom.run(running.claim)  # and the process is stopped with it in hand
    await running.backroom.run(lambda session: outbox.release_claims(session, real_now=running.moment))
    await running.work()
    assert running.states() == ["sent"]


async def test_an_edit_whose_answer_was_lost_is_repeated_until_it_is_there(running: Running) -> None:
    running.sender.answers["form, filled"] = [Unknown("502")] * 4
    row = await running.backroom.run(running.reply(1, "form"))
    await running.queue(lambda session: outbox.edit(session, running.office, 1, Message("form, filled"), edits_id=row))
    await running.work()
    for _ in range(4):
        await running.later(30)
    assert running.states() == ["sent", "sent"]


async def test_an_edit_that_went_as_a_new_message_is_repeated_once_and_only_once(running: Running) -> None:
    running.sender.answers["form, filled"] = [Unknown("502", is_new=True)] * 4
    row = await running.backroom.run(running.reply(1, "form"))
    await running.queue(lambda session: outbox.edit(session, running.office, 1, Message("form, filled"), edits_id=row))
    await running.work()
    for _ in range(4):
        await running.later(1000)
    assert running.states() == ["sent", "failed"]
    assert running.texts().count("form, filled") == 2
