"""Only one does what only one may do: taken once, checked in each transaction, handed over when asked."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from sqlalchemy import select, update

from bot.backroom import BackRoom
from bot.delivery import Delivery
from bot.gate import Gate
from bot.intake import store
from bot.leases import FORMER_FIRST, HAND_OVER, LeaseLost, Leases
from bot.process_name import is_gone, new_name
from bot.rate_limit import RateLimit
from models.post import InboxLetter, Lease, OutboxMessage
from models.queries import inbox, leases
from models.session import Database
from services import outbox
from services.messages import Message
from services.office import Office
from tests.bot.tasks import Tasks, nothing, real_now, until

LASTS = 60.0  # seconds; nothing here waits for its end
ELSEWHERE = "other:1:00000000:1:1:1"  # a process of another machine


@pytest.fixture
async def backroom(database: Database) -> AsyncIterator[BackRoom]:
    backroom = BackRoom(database)
    yield backroom
    await asyncio.to_thread(backroom.close)


@asynccontextmanager
async def looked_after(backroom: BackRoom, name: str) -> AsyncIterator[Leases]:
    mine = Leases(backroom, name, lasts=LASTS, beat=nothing)
    task = asyncio.ensure_future(mine.run())
    yield mine
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def take_away(database: Database, name: str) -> None:
    """As another machine does when the lease has run out."""
    with database.transaction() as session:
        session.execute(update(Lease).where(Lease.name == name).values(holder=ELSEWHERE, epoch=Lease.epoch + 1))


async def forever() -> None:
    await asyncio.Event().wait()


async def test_a_second_process_stands_by_until_the_first_lets_go(backroom: BackRoom) -> None:
    async with looked_after(backroom, new_name()) as first, looked_after(backroom, new_name()) as second:
        working = asyncio.ensure_future(first.whenever_held("poll", forever, nothing))
        await until(lambda: first.held() == ["poll"])
        waiting = asyncio.ensure_future(second.whenever_held("poll", forever, nothing))
        assert await backroom.run(lambda s: leases.take(s, "poll", "c", seconds=LASTS, is_gone=is_gone)) is None
        assert second.held() == []
        working.cancel()
        await first.release()
        await until(lambda: second.held() == ["poll"])
        waiting.cancel()


async def test_a_lease_that_was_given_while_the_process_ended_is_given_back(
    backroom: BackRoom, database: Database
) -> None:
    async with looked_after(backroom, new_name()) as mine:
        working = asyncio.ensure_future(mine.whenever_held("poll", forever, nothing))
        await until(lambda: mine.held() == ["poll"])
        working.cancel()
        with database.transaction() as session:  # given anew, and nobody was there any more to hear of it
            session.execute(update(Lease).where(Lease.name == "poll").values(epoch=Lease.epoch + 1))
        await mine.release()
        assert await backroom.run(lambda s: leases.take(s, "poll", ELSEWHERE, seconds=LASTS, is_gone=is_gone))


async def test_who_has_lost_it_stops_and_stands_by(backroom: BackRoom, database: Database) -> None:
    async with looked_after(backroom, new_name()) as mine:
        mine._lasts = 0.5  # looked at again soon
        working = asyncio.ensure_future(mine.whenever_held("poll", forever, nothing))
        await until(lambda: mine.held() == ["poll"])
        epoch = mine.lease("poll").epoch
        take_away(database, "poll")
        await until(lambda: mine.held() == [])
        with pytest.raises(LeaseLost):
            await backroom.run(mine.lease("poll").require)
        await until(lambda: mine.held() == ["poll"])  # the other's has run out as well
        assert mine.lease("poll").epoch > epoch + 1
        working.cancel()


async def test_after_the_database_was_away_who_did_it_before_comes_first(
    backroom: BackRoom, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = new_name()
    async with looked_after(backroom, ours) as other:
        with database.transaction() as session:  # of a machine of which nobody knows whether it still runs
            session.add(Lease(name="deliver", holder=ELSEWHERE, epoch=1, expires_at=leases.BEFORE_ANY))
        with monkeypatch.context() as outage:
            failed = asyncio.Event()
            outage.setattr(backroom, "read", partial(fails, failed))
            waiting = asyncio.ensure_future(other.whenever_held("deliver", forever, nothing))
            await failed.wait()
        begun = asyncio.get_running_loop().time()
        await until(lambda: other.held() == ["deliver"], seconds=3 * FORMER_FIRST)
        assert asyncio.get_running_loop().time() - begun >= FORMER_FIRST - 1
        waiting.cancel()


async def fails(failed: asyncio.Event, *_: object) -> None:
    failed.set()
    raise OSError("the database is away")


async def test_a_lease_that_ran_out_is_no_right_even_where_nobody_took_it(
    backroom: BackRoom, database: Database
) -> None:
    async with looked_after(backroom, new_name()) as mine:
        working = asyncio.ensure_future(mine.whenever_held("poll", forever, nothing))
        await until(lambda: mine.held() == ["poll"])
        await backroom.run(mine.lease("poll").require)
        with database.transaction() as session:
            session.execute(update(Lease).values(expires_at=leases.BEFORE_ANY))
        with pytest.raises(LeaseLost):
            await backroom.run(mine.lease("poll").require)
        working.cancel()


async def test_without_the_right_nothing_is_stored_and_nothing_claimed(backroom: BackRoom, database: Database) -> None:
    async with looked_after(backroom, new_name()) as mine:
        working = [asyncio.ensure_future(mine.whenever_held(name, forever, nothing)) for name in ("poll", "deliver")]
        await until(lambda: mine.held() == ["deliver", "poll"])
        await backroom.run(lambda s: outbox.reply(s, Office(), 5, Message("您好"), person_id=None))
        tasks = Tasks()
        delivery = Delivery(
            backroom,
            Office(),
            lambda parcel: pytest.fail(f"{parcel} was sent"),
            RateLimit(0),
            Gate(0),
            now=real_now,
            spawn=tasks.spawn,
            beat=nothing,
            right=mine.lease("deliver"),
        )
        for name in ("poll", "deliver"):
            take_away(database, name)
        assert await delivery.pump() == 0
        with pytest.raises(LeaseLost):
            await store(backroom, [{"update_id": 7}], now=real_now(), right=mine.lease("poll"))
        for task in working:
            task.cancel()
    with database.reading() as session:
        assert session.scalars(select(OutboxMessage.state)).all() == ["waiting"]
        assert session.scalars(select(InboxLetter.id)).all() == []


async def test_who_asks_has_it_handed_over_and_gives_it_back(backroom: BackRoom) -> None:
    async with looked_after(backroom, new_name()) as bot, looked_after(backroom, new_name()) as visitor:
        working = asyncio.ensure_future(bot.whenever_held("deliver", forever, nothing))
        await until(lambda: bot.held() == ["deliver"])
        async with asyncio.timeout(HAND_OVER), visitor.borrowed("deliver"):  # long before it runs out
            assert (bot.held(), visitor.held()) == ([], ["deliver"])
        await until(lambda: bot.held() == ["deliver"])
        assert visitor.held() == []
        working.cancel()


async def test_a_row_that_another_has_claimed_since_is_not_settled(backroom: BackRoom, database: Database) -> None:
    office = Office()
    await backroom.run(lambda s: outbox.reply(s, office, 5, Message("您好"), person_id=None))

    def claim(session: outbox.Session) -> outbox.Parcel:
        outbox.release_claims(session, real_now=real_now())
        (parcel,) = outbox.claim(
            session, office, lane="person", speeches=list(outbox.Speech), real_now=real_now(), limit=1
        )
        return parcel

    before, after = await backroom.run(claim), await backroom.run(claim)
    assert not await backroom.run(lambda s: outbox.is_still_claimed(s, before))
    assert await backroom.run(lambda s: outbox.is_still_claimed(s, after))


def test_whether_a_process_of_this_machine_has_ended_is_known() -> None:
    script = "from bot.process_name import new_name; print(new_name(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        name = process.stdout.readline().decode().strip()
        assert not is_gone(name)
        process.kill()
        process.wait()
    assert is_gone(name)
    assert not is_gone(new_name())
    assert not is_gone(ELSEWHERE), "nobody knows"
    assert not is_gone("")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_chat_is_in_one_hand_at_a_time(database: Database) -> None:
    with database.transaction() as mine, database.transaction() as other:
        assert inbox.hold_chat(mine, 5)
        assert not inbox.hold_chat(other, 5)
        assert inbox.hold_chat(other, 6)
    with database.transaction() as later:
        assert inbox.hold_chat(later, 5)
