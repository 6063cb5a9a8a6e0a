"""The process as a whole: how fast it starts, how it ends, and that there is only one of it."""

import asyncio
import shutil
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.deadlines import STOP_WITHIN
from models.post import InboxLetter, OutboxMessage
from models.queries import processes
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient, words
from services.messages import Message
from services.rules.policy import Policy
from services.rules.working_time import WorkCalendar
from tests.bot.commandline import PATIENCE, TOKEN, Operator, ended, operator_in
from tests.bot.plain_server import serving
from tests.bot.tasks import until
from tests.keys import KEYRING
from tests.town import ZONE, build_town

QUICKLY = 5.0  # seconds: the promise for both start and end
PEOPLE = 20  # who all write at once
LOOPS = {
    "intake": "intake.Intake",
    "desk": "desk.Desk",
    "delivery": "delivery.Delivery",
    "clock": "scheduler.Scheduler",
    "leases": "leases.Leases",
    "pulse": "vital_signs.Pulse",
}


@dataclass
class Scene:
    operator: Operator
    sandbox: Sandbox
    people: SandboxClient
    database: Database

    async def polling(self) -> None:
        await until(lambda: self.sandbox.updates.polling, seconds=90)

    def letters(self, state: str) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count(InboxLetter.id)).where(InboxLetter.state == state)) or 0

    def ended_cleanly(self) -> bool:
        with self.database.reading() as session:
            return processes.read(session) == []


@pytest.fixture
async def scene(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Scene]:
    async with staged(database, database_url, tmp_path) as scene:
        yield scene


@pytest.fixture
async def on_sqlite(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Scene]:
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    url = f"sqlite:///{tmp_path / 'lianxin.db'}"
    database = Database(url, KEYRING)
    async with staged(database, url, tmp_path) as scene:
        yield scene
    database.dispose()


@asynccontextmanager
async def staged(database: Database, url: str, folder: Path) -> AsyncIterator[Scene]:
    with database.transaction() as session:
        build_town(session)
    sandbox = Sandbox(token=TOKEN)
    async with serve(sandbox) as api_url, SandboxClient(api_url, patience=PATIENCE) as people:
        operator = operator_in(folder, telegram={"token": TOKEN, "api_url": api_url}, database={"url": url})
        yield Scene(operator, sandbox, people, database)
        await operator.clear_away()


@pytest.mark.measures
async def test_the_first_poll_comes_within_five_seconds(on_sqlite: Scene) -> None:
    begun = time.monotonic()
    bot = await on_sqlite.operator.starts("run")
    await on_sqlite.polling()
    took = time.monotonic() - begun
    bot.kill()
    await bot.communicate()
    assert took < QUICKLY


async def test_a_wrong_token_is_said_in_one_line_and_ends_the_start(on_sqlite: Scene) -> None:
    ran = await on_sqlite.operator.runs("run", LIANXIN_TELEGRAM__TOKEN="987654321:somebody-elses")
    assert ran.code == 78, "so that systemd doesn't try it again and again"
    assert "不认这个令牌" in ran.only_line


async def test_the_start_is_logged_with_the_bots_name(on_sqlite: Scene) -> None:
    bot = await on_sqlite.operator.starts("run")
    await on_sqlite.polling()
    bot.send_signal(signal.SIGTERM)
    ran = await ended(bot, seconds=QUICKLY)
    assert '"the bot is running"' in ran.err
    assert on_sqlite.sandbox.username in ran.err


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_a_long_poll_at_once(on_sqlite: Scene, name: signal.Signals) -> None:
    bot = await on_sqlite.operator.starts("run")
    await on_sqlite.polling()
    bot.send_signal(name)
    ran = await ended(bot, seconds=QUICKLY)
    assert ran.code == 0, ran.err
    assert on_sqlite.ended_cleanly()


async def test_stopped_with_work_in_hand_it_loses_and_doubles_nothing(scene: Scene) -> None:
    hands = [await scene.people.add(f"人{n}", id=9_000 + n) for n in range(PEOPLE)]
    bot = await scene.operator.starts("run")
    await scene.polling()
    for hand in hands:
        await hand.says("/help")
    await until(lambda: scene.letters("done") > 0)
    bot.send_signal(signal.SIGTERM)
    assert (await ended(bot, seconds=QUICKLY)).code == 0
    again = await scene.operator.starts("run")
    for hand in hands:
        await hand.sees("联系干部")
    again.send_signal(signal.SIGTERM)
    assert (await ended(again, seconds=QUICKLY)).code == 0
    assert (scene.letters("done"), scene.letters("waiting"), scene.letters("dead")) == (PEOPLE, 0, 0)
    answers = [len(await hand.messages()) for hand in hands]
    assert answers == [1] * PEOPLE


async def test_a_telegram_that_never_answers_does_not_hold_the_end_up(on_sqlite: Scene) -> None:
    over, calls = asyncio.Event(), Counter[str]()
    person = {"id": 9_001, "is_bot": False, "first_name": "人"}
    message = {"message_id": 1, "date": 1772413200, "chat": person | {"type": "private"}, "from": person}

    async def telegram(request: Request) -> JSONResponse:
        method = request.path_params["method"]
        calls[method] += 1
        if method == "getMe":
            return JSONResponse({"ok": True, "result": {"id": 1, "is_bot": True, "username": "slow_bot"}})
        if method == "getUpdates" and calls[method] == 1:
            update = {"update_id": 5, "message": message | {"text": "/help"}}
            return JSONResponse({"ok": True, "result": [update]})
        await over.wait()
        return JSONResponse({"ok": False, "error_code": 500, "description": "over"})

    async with serving(Starlette(routes=[Route("/bot{token}/{method}", telegram, methods=["POST"])])) as url:
        bot = await on_sqlite.operator.starts("run", LIANXIN_TELEGRAM__API_URL=url)
        await until(lambda: calls["sendMessage"] > 0, seconds=90)
        bot.send_signal(signal.SIGTERM)
        ran = await ended(bot, seconds=QUICKLY)
        over.set()
    assert ran.code == 0, ran.err


async def test_a_thread_at_work_does_not_hold_the_end_up(on_sqlite: Scene) -> None:
    script = """
import asyncio, time, bot.delivery
deliver = bot.delivery.Delivery.run
async def checks_a_file_meanwhile(self):
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)
    await deliver(self)
bot.delivery.Delivery.run = checks_a_file_meanwhile
from bot.__main__ import main
main()
"""
    bot = await on_sqlite.operator.starts("run", script=script)
    await on_sqlite.polling()
    bot.send_signal(signal.SIGTERM)
    ran = await ended(bot, seconds=QUICKLY)
    assert ran.code == 0, ran.err
    assert on_sqlite.ended_cleanly()


async def test_a_second_bot_on_the_same_file_is_refused(on_sqlite: Scene) -> None:
    first = await on_sqlite.operator.starts("run")
    await on_sqlite.polling()
    second = await on_sqlite.operator.runs("run")
    assert second.code == 1
    assert "已经有一个机器人" in second.err.splitlines()[-1]
    assert "机器人 bot: 正在运行" in (await on_sqlite.operator.runs("doctor")).out
    visitor = await on_sqlite.people.add("来客")
    await visitor.says("/help")
    await visitor.sees("联系干部")
    first.send_signal(signal.SIGTERM)
    assert (await ended(first, seconds=QUICKLY)).code == 0
    third = await on_sqlite.operator.starts("run")
    await on_sqlite.polling()
    third.kill()
    await third.communicate()


HOLDS_A_READER = """
import asyncio, time, bot.desk
async def works(self):
    asyncio.ensure_future(self._backroom.read(lambda session: time.sleep(60)))
    {then}
bot.desk.Desk.run = works
from bot.__main__ import main
main()
"""


async def test_a_query_that_hangs_does_not_keep_a_dead_loop_from_ending_the_process(on_sqlite: Scene) -> None:
    script = HOLDS_A_READER.format(then="await asyncio.sleep(0.5); raise RuntimeError('the cable was cut')")
    bot = await on_sqlite.operator.starts("run", script=script)
    await on_sqlite.polling()
    ran = await ended(bot, seconds=STOP_WITHIN + 3)
    assert ran.code == 1, "so that whoever supervises it starts it again"
    assert "desk ended" in ran.err, "said before the end is forced"


async def test_a_stop_that_had_to_be_forced_while_work_was_in_hand_is_no_success(on_sqlite: Scene) -> None:
    bot = await on_sqlite.operator.starts("run", script=HOLDS_A_READER.format(then="await asyncio.Event().wait()"))
    await on_sqlite.polling()
    bot.send_signal(signal.SIGTERM)
    ran = await ended(bot, seconds=QUICKLY)
    assert ran.code == 1


@pytest.mark.parametrize("loop", LOOPS)
async def test_a_dead_loop_ends_the_process_and_is_named(on_sqlite: Scene, loop: str) -> None:
    module, _, name = LOOPS[loop].partition(".")
    script = f"""
import bot.{module}
async def dies(self):
    raise RuntimeError("the cable was cut")
bot.{module}.{name}.run = dies
from bot.__main__ import main
main()
"""
    ran = await on_sqlite.operator.runs("run", script=script)
    assert ran.code == 1
    assert loop in ran.err.splitlines()[-1]
    assert "RuntimeError" in ran.err.splitlines()[-1], "its kind; its words may hold what people wrote"


async def test_only_the_roles_asked_for_are_played(on_sqlite: Scene) -> None:
    cadre = await on_sqlite.people.add("王联系", id=101)
    await cadre.says("/start")
    with on_sqlite.database.transaction() as session:
        session.add(
            OutboxMessage(
                chat_id=101,
                kind="send",
                body=Message("您好").to_json(),
                lane="person",
                speech="answer",
                created_at=datetime.now(UTC),
            )
        )
    bot = await on_sqlite.operator.starts("run", "--roles", "delivery")
    await cadre.sees("您好")
    bot.send_signal(signal.SIGTERM)
    assert (await ended(bot, seconds=QUICKLY)).code == 0
    assert not [call for call in on_sqlite.sandbox.calls.after(0) if call["method"] == "getUpdates"]


async def test_a_tick_beside_a_running_bot_says_everything_once(scene: Scene) -> None:
    cadre = await scene.people.add("王联系", id=101)
    await cadre.says("/start")
    bot = await scene.operator.starts("run", "--roles", "intake,desk,delivery")  # its clock would remind of today
    await until(lambda: scene.letters("done") == 1, seconds=30)
    morning = WorkCalendar(Policy()).next_working_day(datetime.now(ZONE).date())  # what has passed is too late for it
    tick = await scene.operator.runs("tick", "--at", f"{morning}T08:30")
    assert tick.code == 0, tick.err
    reminders = [message for message in await cadre.messages() if "张大山" in words(message)]
    assert len(reminders) == 1
    await cadre.says("/help")
    await cadre.sees("/cancel")
    bot.send_signal(signal.SIGTERM)
    assert (await ended(bot, seconds=QUICKLY)).code == 0
