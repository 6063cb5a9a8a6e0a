"""The canary: names, phones and tokens come out in no log, traceback or row, whichever way a failure takes."""

import asyncio
import gc
import io
import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
import telegram
from prometheus_client.parser import text_string_to_metric_families
from pydantic import TypeAdapter
from sqlalchemy import insert, select, text
from starlette.applications import Starlette

from bot.backroom import BackRoom
from bot.desk import Desk
from bot.intake import store
from bot.logs import root_handler, tell_what_nobody_caught
from models.households import Household
from models.people import Person, Unit
from models.post import InboxLetter
from models.session import Database, Session
from services.office import Office
from tests import canary
from tests.bot.plain_server import serving
from tests.bot.tasks import Tasks, nothing, real_now
from tests.journeys.stage import opened
from tests.town import MONDAY_MORNING, NAMES, PHONES, build_town, make_office

NAME, PHONE = NAMES[0], PHONES[0]
ROOT = Path(__file__).parents[1]

Failure = Callable[[Session], object]


@pytest.fixture
def everything_is_said() -> Iterator[None]:
    """Every library at DEBUG; SQLAlchemy has to be told, and would slow the whole suite down."""
    levels = {name: logging.getLogger(name).level for name in ("sqlalchemy", "telegram", "aiohttp", "apscheduler")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_a_canary_is_known_in_every_spelling() -> None:
    looks = (
        NAME,
        NAME.encode().hex(),
        json.dumps([NAME]),
        ascii(NAME),
        repr(NAME.encode()),
        "%E7%8E%8B%E8%81%94%E7%B3%BB",
    )
    assert [canary.EAR.songs(f"so {look} so") == [] for look in looks] == [False] * len(looks)
    encoded = ("546L6IGU57O7", "AOeOi+iBlOezuw==", "AADnjovogZTns7s=")  # with no, one and two bytes before it
    assert [canary.EAR.songs(f"so {look} so") == [] for look in encoded] == [False] * len(encoded)
    assert canary.EAR.songs("王联, 联系, 1390000, 123456789") == []


def quoting() -> dict[str, Failure]:
    """Failures whose own words are somebody's."""

    def chained(_session: Session) -> None:
        try:
            {}[PHONE]
        except KeyError as error:
            raise RuntimeError(f"no such person: {NAME}") from error

    def group(_session: Session) -> None:
        raise ExceptionGroup(NAME, [KeyError(NAME), ValueError(PHONE)])

    def noted(_session: Session) -> None:
        error = ValueError("wrong")
        error.add_note(NAME)
        raise error

    return {
        "a key": lambda _: {}[NAME],
        "a number": lambda _: int(NAME),
        "a value": lambda _: [].index(PHONE),
        "an encoding": lambda _: NAME.encode("ascii"),
        "a model": lambda _: TypeAdapter(int).validate_python(NAME),
        "a cause": chained,
        "a group": group,
        "a note": noted,
        "a refused row": lambda session: session.execute(
            insert(Household).values(code="H001", head=NAME, phone=PHONE, unit_id=1, created_at=MONDAY_MORNING)
        ),
        "a row that is there already": lambda session: session.execute(
            insert(Unit), [{"code": NAME, "name": NAME, "kind": "group", "path": path} for path in ("/8/", "/9/")]
        ),
        "a refused value": lambda session: session.execute(
            insert(Person).values(name=NAME, language="zh_CN", created_at=PHONE)
        ),
        "a statement": lambda session: session.execute(
            text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": NAME}
        ),
        "Telegram's words": lambda _: (_ for _ in ()).throw(
            telegram.error.BadRequest(f'Can\'t parse entities: unsupported start tag "{NAME}" at byte offset 3')
        ),
    }


class Failing:
    """Handlers that fail in one way."""

    def __init__(self, failure: Failure) -> None:
        self._failure = failure

    def take_update(self, session: Session, _office: Office, _update: telegram.Update) -> None:
        self._failure(session)

    def take_letter(self, session: Session, _office: Office, _chat_id: int, _letter: dict[str, Any]) -> None:
        raise NotImplementedError


async def handled_by(handlers: Failing, database: Database) -> None:
    """One update on the real desk."""
    backroom, tasks = BackRoom(database), Tasks()
    desk = Desk(
        backroom,
        make_office(),
        now=real_now,
        spawn=tasks.spawn,
        handled=nothing,
        took=nothing,
        beat=nothing,
        handlers=handlers,
    )
    message = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": f"{NAME} {PHONE}"}
    await store(backroom, [{"update_id": 1, "message": message}], now=real_now())
    desk._begin(await desk._next_letters())
    await tasks.done()
    backroom.close()


@pytest.mark.parametrize("way", quoting())
@pytest.mark.usefixtures("everything_is_said")
async def test_a_failure_tells_where_and_not_whose(database: Database, way: str) -> None:
    with database.transaction() as session:
        build_town(session)
    said = io.StringIO()
    handler = root_handler([], said)
    logging.getLogger().addHandler(handler)
    await handled_by(Failing(quoting()[way]), database)
    logging.getLogger().removeHandler(handler)
    with database.reading() as session:
        told = session.scalars(select(InboxLetter.error)).one() or ""
    assert re.search(r'test_canary.py", line \d+, in take_update', told), "an operator sees the place"
    assert "letter failed" in said.getvalue()
    assert canary.EAR.songs(told) == canary.EAR.songs(said.getvalue()) == []


@pytest.mark.usefixtures("everything_is_said")
async def test_a_whole_journey_with_every_library_talking_names_nobody(database: Database) -> None:
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0.0  # every step is one that asyncio remarks on
    before = canary.EAR.lines
    async with opened(database) as stage:
        resident = await stage.phone_of(stage.town.resident)
        await resident.says("/report")
        await resident.says(f"{NAME} {PHONE}")
        cadre = await stage.phone_of(stage.town.cadre)
        await cadre.says("/households")
        shown = json.dumps(await stage.received(cadre, ""), ensure_ascii=False, default=str)
    assert canary.EAR.songs(shown), "people do see names"
    assert canary.EAR.lines - before > 1_000
    assert canary.EAR.take() == []


async def test_what_a_monitor_reads_after_a_journey_names_nobody(database: Database) -> None:
    async with opened(database) as stage:
        resident = await stage.phone_of(stage.town.resident)
        await resident.says("/report")
        await resident.says(f"{NAME} {PHONE} {canary.TOKENS[0]}")
        cadre = await stage.phone_of(stage.town.cadre)
        await cadre.says("/households")
        shown = json.dumps(await stage.received(cadre, ""), ensure_ascii=False, default=str)
        async with (
            serving(Starlette(routes=stage.post.routes())) as url,
            httpx.AsyncClient(base_url=url, trust_env=False) as client,
        ):
            health, metrics = await client.get("/healthz"), await client.get("/metrics")
    assert canary.EAR.songs(shown), "people do see names"
    families = {one.name: one for one in text_string_to_metric_families(metrics.text)}
    assert sum(one.value for one in families["lianxin_letters"].samples if one.name.endswith("_total")) >= 5
    assert health.json()["waiting"]["letters"] == 0
    assert canary.EAR.songs(f"{health.headers} {health.text} {metrics.headers} {metrics.text}") == []


def test_what_nobody_caught_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)  # so that they are put back
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    tell_what_nobody_caught()
    said = io.StringIO()
    handler = root_handler([], said)
    logging.getLogger().addHandler(handler)

    class Falling:
        def __del__(self) -> None:
            raise KeyError(NAME)

    thread = threading.Thread(target=lambda: {}[NAME])
    thread.start()
    thread.join()
    Falling()
    gc.collect()
    logging.getLogger().removeHandler(handler)
    assert len(re.findall(r"\\nKeyError\\n", said.getvalue())) == 2
    assert canary.EAR.songs(said.getvalue()) == []


async def test_a_task_that_nobody_asked_about_names_nobody() -> None:
    said = io.StringIO()
    handler = root_handler([], said)
    logging.getLogger().addHandler(handler)
    task = asyncio.ensure_future(asyncio.to_thread({}.__getitem__, NAME))
    await asyncio.wait([task])
    del task
    gc.collect()
    logging.getLogger().removeHandler(handler)
    assert "Task exception was never retrieved" in said.getvalue()
    assert canary.EAR.songs(said.getvalue()) == []


def test_an_object_in_a_line_is_told_by_its_kind() -> None:
    said = io.StringIO()
    handler = root_handler([], said)
    logging.getLogger().addHandler(handler)
    user = telegram.User(7, NAME, is_bot=False)
    structlog.get_logger("bot").info("heard", user=user, all=[user], by={"a": user}, failed=KeyError(NAME))
    logging.getLogger().removeHandler(handler)
    line = json.loads(said.getvalue())
    assert (line["user"], line["all"], line["by"], line["failed"]) == (
        "<User>",
        ["<User>"],
        {"a": "<User>"},
        "KeyError",
    )


SINGING = f"""
import base64, logging, sys, threading
import structlog
from tests.conftest import *

def test_silent(): structlog.get_logger("bot").info("handled", letter=7)
def test_a_name_in_our_log(): structlog.get_logger("bot").debug("handled", name={NAME!r})
def test_a_phone_in_a_librarys_log(): logging.getLogger("a.library").debug("asked for " + {PHONE!r})
def test_a_token_shown_in_base64(): print(base64.b64encode({canary.TOKENS[0].partition(":")[2]!r}.encode()))
def test_a_name_on_standard_error(): sys.stderr.write(ascii({NAME!r}))
def test_nobody_listens(): logging.getLogger().handlers.clear()
"""


def test_the_canary_can_be_heard(tmp_path: Path) -> None:
    """In a suite of its own, whose tests do what must not be done."""
    (tmp_path / "conftest.py").write_text("from tests.conftest import *\n", "utf-8")
    (tmp_path / "test_singing.py").write_text(SINGING.replace("from tests.conftest import *\n", ""), "utf-8")
    options = ["-q", "-rE", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "-c", str(tmp_path / "pytest.ini")]
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\naddopts = --import-mode=importlib\n", "utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    red = re.findall(r"^ERROR \S+::(\w+)", ran.stdout, re.M)
    assert sorted(red) == [
        "test_a_name_in_our_log",
        "test_a_name_on_standard_error",
        "test_a_phone_in_a_librarys_log",
        "test_a_token_shown_in_base64",
        "test_nobody_listens",
    ], ran.stdout[-3000:] + ran.stderr[-1000:]
    assert "test_silent" not in red
