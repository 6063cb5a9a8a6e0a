"""Logs as key-value lines on a terminal and as JSON elsewhere, from which the secrets are struck out wherever they hide."""

import json
import logging
import sys
from collections.abc import Iterable
from typing import Any, TextIO
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

STRUCK = "***"
# They say a line per request, and httpx, PTB and aiohttp's access log say the address, which holds the token.
TALKATIVE = ("httpx", "httpcore", "telegram", "apscheduler", "aiohttp", "asyncio", "uvicorn.access")


def configure_logs(secrets: Iterable[str], *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Once, at the start; a second call replaces the first. `stream` is standard error unless given."""
    stream = stream or sys.stderr
    redaction = Redaction(secrets)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,  # plain: other tracebacks print local variables, people's data among them
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(redaction)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(stream),
                redaction.strike,  # after the renderer: only now is an object's repr text
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)


class Redaction(logging.Filter):
    """Strikes secrets out, also as they look in an address, in JSON and in a repr."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        looks = {look for secret in secrets if secret for look in _looks(secret)}
        self._looks = sorted(looks, key=len, reverse=True)  # one may be part of another

    def filter(self, record: logging.LogRecord) -> bool:
        """Of any library's record: message, arguments and traceback."""
        if not isinstance(record.msg, dict):  # structlog's own go through `strike`
            record.msg, record.args = self.strike(None, "", record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self.strike(None, "", logging.Formatter().formatException(record.exc_info))
        return True

    def strike(self, _logger: WrappedLogger, _method: str, line: str) -> str:
        """As a structlog processor, to stand behind the renderer."""
        for look in self._looks:
            line = line.replace(look, STRUCK)
        return line


def _looks(secret: str) -> set[str]:
    return {secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]}


def _renderers(stream: TextIO) -> list[Any]:
    if not stream.isatty():
        return [structlog.processors.JSONRenderer(ensure_ascii=False)]
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return [_exception_last, console]


def _exception_last(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The traceback was made text already; the console renderer prints it below the line."""
    return event
