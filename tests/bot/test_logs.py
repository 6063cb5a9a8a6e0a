"""The canary: a token goes into the logs in every way there is, and comes out in none."""

import io
import json
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from urllib.parse import quote

import httpx
import pytest
import structlog
from telegram import Bot

from bot.logs import STRUCK, configure_logs
from services.tracebacks import OURS

TOKEN = "123456789:the-canary-token_of-the-logs"
PASSWORD = 'pass"wörd\\7'
URL = f"https://api.telegram.org/bot{TOKEN}/sendMessage"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Logging belongs to the whole process: afterwards it is as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in OURS}
    settings = structlog.get_config()
    root.handlers.clear()  # so that pytest's aren't closed
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)
    structlog.configure(**settings)


@pytest.fixture(params=[Terminal, io.StringIO], ids=["terminal", "file"])
def written(request: pytest.FixtureRequest) -> io.StringIO:
    """The logs at DEBUG, of a process that knows its secrets."""
    return logs_on(request.param())


def logs_on(stream: io.StringIO) -> io.StringIO:
    configure_logs(["", TOKEN, PASSWORD], level="debug", stream=stream)
    return stream


class Holder:
    def __repr__(self) -> str:
        return f"<Holder of {TOKEN}>"


def fail() -> None:
    try:
        raise OSError(113, "no route to host", URL)
    except OSError as error:
        raise ValueError("could not send") from error


def in_a_traceback() -> None:
    try:
        fail()
    except ValueError:
        logging.getLogger("some.library").exception("call failed")


def in_a_traceback_of_ours() -> None:
    try:
        fail()
    except ValueError:
        structlog.get_logger("bot").exception("call failed")


def given_as_exception() -> None:
    try:
        fail()
    except ValueError as error:
        structlog.get_logger("bot").error("call failed", exc_info=error, error=error.__cause__)


@pytest.mark.parametrize(
    "speak",
    [
        pytest.param(lambda: logging.warning(f"calling {URL}"), id="message"),
        pytest.param(lambda: logging.getLogger("a").warning("calling %s", URL), id="argument"),
        pytest.param(lambda: logging.getLogger("a").warning("calling %(url)s", {"url": URL}), id="named argument"),
        pytest.param(lambda: logging.getLogger("a").warning("holding %r", Holder()), id="repr of an argument"),
        pytest.param(
            lambda: logging.getLogger("a").warning("%d too few", URL, 7),  # noqa: PLE1205  # the mistake is the point
            id="arguments that don't fit",
        ),
        pytest.param(lambda: logging.getLogger("a").warning(ValueError(URL)), id="exception as message"),
        pytest.param(lambda: logging.getLogger("a").warning("at", extra={"url": URL}), id="extra"),
        pytest.param(lambda: logging.getLogger("a").warning("at %s", quote(URL, safe="")), id="quoted address"),
        pytest.param(lambda: logging.getLogger("a").warning("stack", stack_info=True), id="stack"),
        pytest.param(lambda: logging.getLogger(f"bot.{TOKEN}").warning("hello"), id="name of the logger"),
        pytest.param(lambda: structlog.get_logger("bot").info(f"calling {URL}"), id="event"),
        pytest.param(lambda: structlog.get_logger("bot").info("calling %s", URL), id="positional"),
        pytest.param(lambda: structlog.get_logger("bot").info("calling", url=URL), id="value"),
        pytest.param(lambda: structlog.get_logger("bot").info("calling", url={"a": [URL]}), id="nested value"),
        pytest.param(lambda: structlog.get_logger("bot").info("calling", by=Holder()), id="repr of a value"),
        pytest.param(lambda: structlog.get_logger("bot").bind(url=URL).info("calling"), id="bound value"),
        pytest.param(lambda: structlog.get_logger("bot").info("calling", bot=Bot(TOKEN)), id="repr of the Bot"),
        pytest.param(in_a_traceback, id="traceback"),
        pytest.param(in_a_traceback_of_ours, id="traceback of ours"),
        pytest.param(given_as_exception, id="exception as value"),
    ],
)
def test_the_token_is_struck_out(written: io.StringIO, speak: Callable[[], None]) -> None:
    speak()
    assert written.getvalue().strip()
    assert "canary" not in written.getvalue()


def test_what_surrounds_the_token_stays_readable(written: io.StringIO) -> None:
    structlog.get_logger("bot").info("calling", url=URL)
    in_a_traceback()
    assert f"https://api.telegram.org/bot{STRUCK}/sendMessage" in written.getvalue()
    assert "OSError: [Errno 113] no route to host" in written.getvalue()
    assert "in fail" in written.getvalue()


def test_a_secret_is_found_in_every_spelling(written: io.StringIO) -> None:
    logging.getLogger("a").warning(f"plain {PASSWORD}, quoted {quote(PASSWORD, safe='')}, shown {PASSWORD!r}")
    structlog.get_logger("bot").info(f"plain {PASSWORD}", value=PASSWORD, nested=[PASSWORD])
    assert written.getvalue().count(STRUCK) == 6
    assert not re.search(r"w(ö|%C3%B6|\\u00f6)rd", written.getvalue())


def test_a_warning_goes_into_the_logs() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        written = logs_on(io.StringIO())
        warnings.warn(f"unclosed {URL}", ResourceWarning, stacklevel=1)
    assert "ResourceWarning" in written.getvalue()
    assert "canary" not in written.getvalue()


def test_another_handler_gets_its_traceback_struck_too(written: io.StringIO) -> None:
    second = io.StringIO()
    logging.getLogger().addHandler(logging.StreamHandler(second))
    in_a_traceback()
    assert "[Errno 113] no route to host" in second.getvalue()
    assert "canary" not in second.getvalue()


async def test_libraries_are_quiet_until_something_is_wrong(written: io.StringIO) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(URL)
    for name in ("httpx", "telegram.Bot", "apscheduler.scheduler", "aiohttp.access"):
        logging.getLogger(name).info("one more request")
    assert written.getvalue() == ""
    logging.getLogger("telegram.Bot").warning("something is wrong")
    assert "something is wrong" in written.getvalue()


def test_local_variables_are_not_in_a_traceback(written: io.StringIO) -> None:
    phone = "13900000000"
    try:
        raise ValueError("wrong")
    except ValueError:
        structlog.get_logger("bot").exception("failed")
    assert phone not in written.getvalue()
    assert "in test_local_variables_are_not_in_a_traceback" in written.getvalue()
    assert "ValueError" in written.getvalue()


def test_a_file_gets_one_json_object_a_line() -> None:
    written = logs_on(io.StringIO())
    structlog.get_logger("bot.desk").info("handled", update=7, name="张三")
    in_a_traceback()
    ours, theirs = map(json.loads, written.getvalue().splitlines())
    assert {
        "event": "handled",
        "update": 7,
        "name": "张三",
        "level": "info",
        "logger": "bot.desk",
    }.items() <= ours.items()
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("call failed", "some.library", "error")
    assert "ValueError\n" in theirs["exception"]


def test_a_terminal_gets_key_value_lines() -> None:
    written = logs_on(Terminal())
    structlog.get_logger("bot.desk").info("handled", update=7)
    assert "handled" in written.getvalue()
    assert not written.getvalue().startswith("{")


def test_configured_twice_a_line_is_written_once(written: io.StringIO) -> None:
    configure_logs([TOKEN], level="INFO", stream=written)
    structlog.get_logger("bot").debug("too quiet")
    structlog.get_logger("bot").info("once")
    assert written.getvalue().count("once") == 1
    assert "too quiet" not in written.getvalue()
