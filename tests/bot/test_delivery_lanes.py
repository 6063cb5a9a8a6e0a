"""The delivery's other promises: notices wait for their hours, and nobody waits for bulk or an errand."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.outcomes import Outcome, TryLater
from bot.rate_limit import RateLimit
from models.households import Membership
from models.post import OutboxMessage
from models.session import Database, Session
from services import outbox
from services.messages import Message
from services.outbox import Parcel
from services.rules.send_windows import Speech
from tests.bot.delivering import RecordingSender, Running
from tests.bot.tasks import until
from tests.town import build_town


@pytest.fixture
def running(database: Database) -> Iterator[Running]:
    running = Running(database)
    yield running
    running.backroom.close()


async def test_a_notice_waits_for_the_morning_while_answers_leave_at_night(running: Running) -> None:
    town = await running.backroom.run(build_town)
    running.office_clock.forward(hours=13)  # 22:00
    cadre_id = town.cadre.id
    await running.queue(
        lambda session: outbox.notice(session, running.office, cadre_id, "test.notice", {}, speech=Speech.NOTICE),
        running.reply(101, "an answer"),
    )
    await running.work()
    assert running.texts() == ["an answer"]
    assert running.states() == ["waiting", "sent"]


async def test_a_notice_nobody_can_compose_harms_no_other(running: Running) -> None:
    town = await running.backroom.run(build_town)
    cadre_id = town.cadre.id
    await running.queue(
        lambda session: outbox.notice(session, running.office, cadre_id, "no.such.kind", {}),
        running.reply(101, "an answer"),
    )
    await running.work()
    assert running.texts() == ["an answer"]
    assert running.states() == ["failed", "sent"]


async def test_bulk_does_not_hold_back_a_person_of_the_same_chat(running: Running) -> None:
    release = asyncio.Event()

    async def slow_bulk(parcel: Parcel) -> Outcome:
        if parcel.lane == "bulk":
            await release.wait()
        return await RecordingSender.deliver(running.sender, parcel)

    running.sender.deliver = slow_bulk  # type: ignore[method-assign]  # the network stalls for bulk only
    running.restart()
    town = await running.backroom.run(build_town)
    resident_id = town.resident.id
    with running.database.reading() as session:
        membership_id = session.scalars(select(Membership.id).where(Membership.person_id == resident_id)).one()
    await running.queue(
        lambda session: outbox.notice(
            session, running.office, resident_id, "onboarding.linked", {"membership_id": membership_id}
        ),
        running.reply(401, "answer"),
    )
    await running.delivery.pump()
    await until(lambda: running.texts() == ["answer"])
    release.set()
    await running.tasks.done()


async def test_an_errand_that_breaks_blocks_nobody_and_the_person_is_told(running: Running) -> None:
    town = await running.backroom.run(build_town)
    supervisor_id = town.supervisor.id

    async def deliver(parcel: Parcel) -> Outcome:
        if parcel.action.startswith("errand."):
            raise RuntimeError("the printer is on fire \x00 \ud83d")
        return await RecordingSender.deliver(running.sender, parcel)

    running.sender.deliver = deliver  # type: ignore[method-assign]  # an errand with a fault of ours
    running.restart()
    await running.queue(
        lambda session: outbox.errand(session, running.office, 201, "export", {}, person_id=supervisor_id),
        running.reply(201, "next"),
    )
    await running.work()
    assert running.states() == ["failed", "sent", "sent"]
    assert running.texts()[0] == "next"
    assert "出了点问题" in running.texts()[1]


async def test_answers_do_not_wait_for_an_errand_of_the_same_chat(running: Running) -> None:
    town = await running.backroom.run(build_town)
    supervisor_id = town.supervisor.id
    is_made = asyncio.Event()

    async def deliver(parcel: Parcel) -> Outcome:
        if parcel.action.startswith("errand."):
            await is_made.wait()
        return await RecordingSender.deliver(running.sender, parcel)

    running.sender.deliver = deliver  # type: ignore[method-assign]  # a workbook that takes its time
    running.restart()
    await running.queue(
        lambda session: outbox.errand(session, running.office, 201, "export", {}, person_id=supervisor_id),
        running.reply(201, "meanwhile"),
    )
    await running.delivery.pump()
    await until(lambda: running.texts() == ["meanwhile"])
    is_made.set()
    await running.tasks.done()


async def test_an_errand_that_never_succeeds_ends_within_the_hour(running: Running) -> None:
    town = await running.backroom.run(build_town)
    supervisor_id = town.supervisor.id
    running.sender.answers[""] = [TryLater("no such file")] * 1000
    await running.queue(
        lambda session: outbox.errand(session, running.office, 201, "export", {}, person_id=supervisor_id)
    )
    await running.work()
    for _ in range(60):
        await running.later(60)
    assert running.states()[0] == "failed"
    assert "出了点问题" in running.texts()[-1]


async def test_waiting_for_the_own_turn_is_held_against_nobody(running: Running) -> None:
    seconds = 0.0
    limit = RateLimit(1, lambda: seconds)
    for chat in range(1000, 1020):  # people have all of the budget, so bulk has to wait long
        limit.sent(chat, "person")
        seconds += 1
    for _ in range(2):
        limit.sent(2000, "bulk")
        seconds += 1
    running.restart(limit=limit)
    await running.backroom.run(lambda session: [bulk(session, chat) for chat in (1, 2, 3)])
    await running.delivery.pump()
    await running.tasks.done()
    assert running.texts() == []
    assert running.states() == ["waiting"] * 3
    assert limit.may_send(3000, "person") < 2


def bulk(session: Session, chat: int) -> None:
    session.add(
        OutboxMessage(
            chat_id=chat,
            kind="send",
            body=Message("news").to_json(),
            lane="bulk",
            speech=Speech.ANSWER,
            created_at=datetime(2026, 3, 2, tzinfo=UTC),
        )
    )
    session.flush()
