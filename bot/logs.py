"""Logs: key-value lines on a terminal, JSON elsewhere, and neither a secret nor anything people wrote in either.

Secrets are struck out wherever they hid. People's words aren't let in at all: of a failure its kind and place are told,
of a value that is no plain word or number its kind, and of a library's line its template.
"""

import json
import logging
import sys
import threading
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from enum import Enum
from pathlib import PurePath
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from services.tracebacks import OURS, said, told

STRUCK = "***"
LEFT_OUT = "…"
# Libraries whose lines are about themselves: jobs, revisions, addresses to listen on. Others may say what they were
# given: PTB's name updates, SQLAlchemy's parameters.
OF_THEMSELVES = ("alembic", "apscheduler", "uvicorn.error")
PLAIN = (str, int, float, bool, date, time, timedelta, Enum, PurePath, type(None))

log = structlog.get_logger(__name__)


def configure_logs(secrets: Iterable[str], *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Once, at the start; a second call replaces the first. `stream` is standard error unless given.

    `level` is ours; libraries speak from WARNING on, since below it they say a line per request or look.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    wanted = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(handlers=[root_handler(secrets, stream or sys.stderr)], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(wanted)
    logging.getLogger().setLevel(max(wanted, logging.WARNING))
    logging.captureWarnings(True)


def root_handler(secrets: Iterable[str], stream: TextIO) -> logging.Handler:
    """The one through which every line leaves."""
    redaction = Redaction(secrets)
    handler = logging.StreamHandler(stream)
    handler.addFilter(redaction)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(stream),
                redaction.strike,  # type: ignore[list-item]  # behind the renderer, where the event is a line already
            ],
        )
    )
    return handler


def tell_what_nobody_caught() -> None:
    """A thread's end and a destructor's failure would print their words straight to standard error."""
    threading.excepthook = lambda end: log.error("a thread failed", exc_info=end.exc_value)
    sys.unraisablehook = lambda end: log.error("failed where nothing can be raised", exc_info=end.exc_value)


class Redaction(logging.Filter):
    """Strikes secrets out, also as they look in an address, in JSON and in a repr; of libraries' records keeps the rest
    that can't be anybody's."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        looks = {look for secret in secrets if secret for look in _looks(secret)}
        self._looks = sorted(looks, key=len, reverse=True)  # one may be part of another

    def filter(self, record: logging.LogRecord) -> bool:
        """Of any library's record: message, arguments and traceback."""
        if not isinstance(record.msg, dict):  # structlog's own go through `strike`
            record.msg, record.args = self.strike(None, "", _message(record)), ()
        if record.exc_info and record.exc_info[1] is not None:  # for whoever else listens
            record.exc_text = self.strike(None, "", told(record.exc_info[1]))
        return True

    def strike(self, _logger: WrappedLogger, _method: str, line: str) -> str:
        """As a structlog processor, to stand behind the renderer."""
        for look in self._looks:
            line = line.replace(look, STRUCK)
        return line


def _looks(secret: str) -> set[str]:
    in_json = {json.dumps(secret, ensure_ascii=plain)[1:-1] for plain in (True, False)}
    return {secret, quote(secret, safe=""), quote(secret), repr(secret)[1:-1]} | in_json


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.ExceptionRenderer(_told_failure),
        _plain_values,
    ]


def _told_failure(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    return told(exc_info[1])


def _plain_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: value if name.startswith("_") else _plain(value) for name, value in event.items()}


def _plain(value: Any) -> Any:
    """An exception as what may be told of it, an object as its kind: a repr may hold whatever it was made of."""
    if isinstance(value, BaseException):
        return said(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, PLAIN) else f"<{type(value).__name__}>"


def _message(record: logging.LogRecord) -> str:
    """One line of a library's: its own words, and of what it was given the numbers."""
    if record.name == "py.warnings":  # file:line: Category: words
        return ":".join(record.getMessage().split(":")[:3])
    if isinstance(record.msg, BaseException):
        return said(record.msg)
    try:
        text = record.getMessage() if record.name.startswith(OF_THEMSELVES) else _template(record)
    except (TypeError, ValueError, KeyError):  # arguments that don't fit: logging itself would print them all
        text = str(record.msg)
    return next(iter(text.splitlines()), "")  # asyncio's further lines show the task and what it failed with


def _template(record: logging.LogRecord) -> str:
    template = str(record.msg)
    if isinstance(record.args, Mapping):
        return template % {name: _number(value) for name, value in record.args.items()}
    return template % tuple(map(_number, record.args)) if record.args else template


def _number(value: object) -> object:
    return value if isinstance(value, int | float) else LEFT_OUT


def _renderer(stream: TextIO) -> Processor:
    if stream.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)
