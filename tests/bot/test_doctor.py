"""The doctor names what is wrong, in words, and looks at everything whatever else is wrong."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.commands.health import disk
from bot.commands.health.clock import check_clock
from bot.commands.health.verdict import Mark
from bot.config import Settings
from bot.config.tables import PolicyTable, Telegram
from bot.vital_signs import UNHEARD, VitalSigns
from models.migrating import migrate
from models.post import InboxLetter, OutboxMessage
from models.queries import processes
from models.session import Database
from sandbox import Sandbox, serve
from services.rules.working_time import last_known_year
from tests.bot.commandline import TOKEN, Operator, Ran, operator_in
from tests.bot.plain_server import serving
from tests.keys import KEYRING
from tests.town import FrozenClock

CHECKS = ("settings", "database", "token", "clock", "holidays", "disk")


@pytest.fixture
async def healthy(tmp_path: Path) -> AsyncIterator[tuple[Operator, str]]:
    """All is well: a migrated database and a sandbox that knows the token."""
    database = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", KEYRING)
    migrate(database)
    database.dispose()
    async with serve(Sandbox(token=TOKEN, username="yunxi_bot")) as url:
        yield operator_in(tmp_path, telegram={"token": TOKEN, "api_url": url}), url


def verdict(ran: Ran, check: str) -> str:
    """The lines of one check."""
    return "\n".join(line for line in ran.out.splitlines() if f"{check}:" in line)


async def call(api_url: str, method: str, **params: str) -> None:
    async with aiohttp.ClientSession() as session:
        (await session.post(f"{api_url}/bot{TOKEN}/{method}", json=params)).raise_for_status()


def looked_at(ran: Ran) -> bool:
    return all(verdict(ran, check) for check in CHECKS)


async def test_all_is_well(healthy: tuple[Operator, str]) -> None:
    ran = await healthy[0].runs("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert "✗" not in ran.out
    assert "@yunxi_bot" in verdict(ran, "token")
    assert "没有运行" in verdict(ran, "bot")
    assert looked_at(ran)


async def test_in_english_for_an_english_site(healthy: tuple[Operator, str]) -> None:
    operator, url = healthy
    operator.settings(telegram={"api_url": url}, site={"language": "en"})
    assert "✗ token: no token. Ask @BotFather" in (await operator.runs("doctor")).out


async def test_no_token(healthy: tuple[Operator, str]) -> None:
    operator, url = healthy
    operator.settings(telegram={"api_url": url})
    ran = await operator.runs("doctor")
    assert ran.code == 1
    assert "没有令牌" in verdict(ran, "token")
    assert "LIANXIN_TELEGRAM__TOKEN" in verdict(ran, "token")
    assert looked_at(ran)


async def test_wrong_token(healthy: tuple[Operator, str]) -> None:
    ran = await healthy[0].runs("doctor", LIANXIN_TELEGRAM__TOKEN="987654321:somebody-elses")
    assert ran.code == 1
    assert "令牌不对" in verdict(ran, "token")
    assert "somebody-elses" not in ran.out + ran.err
    assert looked_at(ran)


async def test_an_api_that_nobody_serves(healthy: tuple[Operator, str]) -> None:
    ran = await healthy[0].runs("doctor", LIANXIN_TELEGRAM__API_URL="http://127.0.0.1:9")
    assert ran.code == 1
    assert "连不上 http://127.0.0.1:9" in verdict(ran, "token")
    assert looked_at(ran)


async def test_an_api_that_takes_the_call_and_never_answers(healthy: tuple[Operator, str]) -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silence, "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]
        ran = await healthy[0].runs("doctor", LIANXIN_TELEGRAM__API_URL=f"http://127.0.0.1:{port}")
    assert ran.code == 1
    assert "连不上" in verdict(ran, "token")


async def test_a_login_page_in_between(healthy: tuple[Operator, str]) -> None:
    async def page(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("<html>Please log in</html>", media_type="text/html")

    async with serving(Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST"])])) as url:
        ran = await healthy[0].runs("doctor", LIANXIN_TELEGRAM__API_URL=url)
    assert ran.code == 1
    assert "不是 Telegram" in verdict(ran, "token")


async def test_the_name_of_another_bot(healthy: tuple[Operator, str]) -> None:
    ran = await healthy[0].runs("doctor", LIANXIN_TELEGRAM__BOT_USERNAME="other_bot")
    assert ran.code == 1
    assert "@other_bot" in verdict(ran, "bot_username")
    assert "@yunxi_bot" in verdict(ran, "bot_username")


async def test_a_webhook_that_takes_the_letters_away(tmp_path: Path) -> None:
    sandbox = Sandbox(token=TOKEN)
    async with serve(sandbox) as url:
        await call(url, "setWebhook", url="http://127.0.0.1:9/hidden-path")
        ran = await operator_in(tmp_path, telegram={"token": TOKEN, "api_url": url}).runs("doctor")
    assert ran.code == 1
    assert verdict(ran, "webhook").startswith("✗")
    assert "127.0.0.1" in verdict(ran, "webhook")
    assert "hidden-path" not in ran.out


async def test_a_database_that_was_never_migrated(healthy: tuple[Operator, str]) -> None:
    operator, _ = healthy
    (operator.folder / "lianxin.db").unlink()
    missing = await operator.runs("doctor")
    assert "python -m bot migrate" in verdict(missing, "database")
    assert not (operator.folder / "lianxin.db").exists(), "looking creates nothing"
    (operator.folder / "lianxin.db").touch()
    empty = await operator.runs("doctor")
    assert "还没有建表" in verdict(empty, "database")
    assert (missing.code, empty.code) == (1, 1)
    assert looked_at(empty)


async def test_a_database_server_that_is_away(healthy: tuple[Operator, str]) -> None:
    url = "postgresql+psycopg://town:sesame-open@127.0.0.1:9/lianxin"
    ran = await healthy[0].runs("doctor", LIANXIN_DATABASE__URL=url)
    assert ran.code == 1
    assert verdict(ran, "database").startswith("✗")
    assert "sesame" not in ran.out + ran.err
    assert looked_at(ran)


@pytest.mark.parametrize("folder", ["a_file", "/proc/lianxin", "nowhere"])
async def test_a_folder_that_cannot_be_written(healthy: tuple[Operator, str], folder: str) -> None:
    """Nobody writes below a file or into /proc, root included."""
    operator, _ = healthy
    (operator.folder / "a_file").touch()
    ran = await operator.runs("doctor", LIANXIN_DATABASE__URL=f"sqlite:///{operator.folder / folder}/lianxin.db")
    assert ran.code == 1
    assert "写不进文件夹" in verdict(ran, "disk")
    assert folder in verdict(ran, "disk")
    assert verdict(ran, "database").startswith("✗")
    assert looked_at(ran)


async def test_a_mistake_in_the_settings(healthy: tuple[Operator, str]) -> None:
    operator, _ = healthy
    operator.settings(telegram={"tokn": "x"}, policy={"digest_time": "noon"})
    ran = await operator.runs("doctor")
    assert ran.code == 78
    assert "✗ 设置 settings: [telegram] tokn: unknown key — did you mean token?" in ran.out
    assert "[policy] digest_time" in ran.out


async def test_letters_that_failed_are_counted(
    healthy: tuple[Operator, str], database: Database, database_url: str
) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=45)
    with database.transaction() as session:
        session.add(InboxLetter(chat_id=1, body="{}", received_at=long_ago, state="dead"))
        session.add(OutboxMessage(chat_id=1, kind="send", body={}, lane="person", speech="answer", created_at=long_ago))
    ran = await healthy[0].runs("doctor", LIANXIN_DATABASE__URL=database_url)
    assert verdict(ran, "database").startswith("✓")
    assert verdict(ran, "post").startswith("!")
    assert "失败 1" in verdict(ran, "post")
    assert "45 分钟" in verdict(ran, "post")
    assert ran.code == 0, "worth a look, and no reason not to run"


async def test_only_a_message_that_could_have_left_is_called_late(
    healthy: tuple[Operator, str], database: Database, database_url: str
) -> None:
    now = datetime.now(UTC)
    waits = {"lane": "bulk", "speech": "answer", "created_at": now - timedelta(hours=1)}
    with database.transaction() as session:
        session.add(OutboxMessage(chat_id=1, kind="send", body={}, next_attempt_at=now + timedelta(minutes=4), **waits))
        session.add(OutboxMessage(chat_id=1, kind="send", body={}, **waits))
    ran = await healthy[0].runs("doctor", LIANXIN_DATABASE__URL=database_url)
    assert verdict(ran, "post").startswith("✓")
    assert "等了 0 分钟" in verdict(ran, "post")
    with database.transaction() as session:
        session.add(OutboxMessage(chat_id=2, kind="send", body={}, **waits))
    ran = await healthy[0].runs("doctor", LIANXIN_DATABASE__URL=database_url)
    assert verdict(ran, "post").startswith("!")
    assert "等了 60 分钟" in verdict(ran, "post")


@pytest.mark.parametrize(("ahead", "says"), [(300, "fast"), (-300, "slow"), (20, "right")])
async def test_a_clock_that_is_wrong(ahead: int, says: str) -> None:
    clock = FrozenClock()

    async def told(_request: Request) -> PlainTextResponse:
        theirs = clock.now() - timedelta(seconds=ahead)
        return PlainTextResponse("", headers={"Date": format_datetime(theirs, usegmt=True)})

    async with serving(Starlette(routes=[Route("/", told, methods=["HEAD"])])) as url:
        verdicts = await asyncio.to_thread(check_clock, Settings(telegram=Telegram(api_url=url)), clock)
    assert verdicts[0].finding == says
    assert (verdicts[0].mark is Mark.WRONG) == (says != "right")


@pytest.mark.parametrize(
    ("month", "day", "years_ahead", "finding"),
    [(11, 30, 0, "known"), (12, 1, 0, "unknown"), (1, 1, 1, "unknown")],
)
async def test_holidays_that_nobody_has_published_yet(month: int, day: int, years_ahead: int, finding: str) -> None:
    moment = datetime(last_known_year() + years_ahead, month, day, 12, tzinfo=UTC)
    settings = Settings(telegram=Telegram(api_url="http://127.0.0.1:9"))
    assert (await asyncio.to_thread(check_clock, settings, FrozenClock(moment)))[1].finding == finding


async def test_the_sites_own_days_stand_in_for_the_calendar() -> None:
    year = last_known_year() + 1
    settings = Settings(
        telegram=Telegram(api_url="http://127.0.0.1:9"), policy=PolicyTable(holidays=frozenset({date(year, 2, 6)}))
    )
    clock = FrozenClock(datetime(year, 3, 1, tzinfo=UTC))
    assert (await asyncio.to_thread(check_clock, settings, clock))[1].finding == "known"


@pytest.mark.parametrize(("free_mb", "mark"), [(50, Mark.WRONG), (500, Mark.DOUBT), (5_000, Mark.FINE)])
def test_a_disk_that_fills_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_mb: int, mark: Mark) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=free_mb * disk.MB))
    settings = Settings().beside(tmp_path)
    assert disk.check_disk(settings)[1].mark is mark


async def test_an_audit_that_was_tampered_with(healthy: tuple[Operator, str], tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "lianxin.db")) as database:
        database.execute(
            "INSERT INTO audit_entries (position, at, act, about, facts, previous_hash, hash) "
            "VALUES (1, '2026-03-02 01:00:00.000000', 'backed_up', 'database', '{}', '', '')"
        )
        database.commit()
    ran = await healthy[0].runs("doctor")
    assert ran.code == 1
    assert "第 1 条" in verdict(ran, "audit")


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        (VitalSigns(polling=2 * UNHEARD), "10 分钟没能从 Telegram 取到消息"),
        (VitalSigns(untold=2 * UNHEARD), "10 分钟没能把 webhook 地址告诉 Telegram"),
    ],
    ids=["polling", "webhook"],
)
async def test_a_bot_that_telegram_has_never_answered_is_named(
    signs: VitalSigns, words: str, healthy: tuple[Operator, str]
) -> None:
    operator, _ = healthy
    database = Database(f"sqlite:///{operator.folder / 'lianxin.db'}", KEYRING)
    with database.transaction() as session:
        processes.enter(session, "host:1:boot:ns:1:abcd", ["intake"])
        processes.show_life(session, "host:1:boot:ns:1:abcd", signs.to_json())
    database.dispose()
    assert words in verdict(await operator.runs("doctor"), "bot")
    assert re.search(r"Telegram 一直没有应答（秒） +6\d\d\b", (await operator.runs("stats")).out)
