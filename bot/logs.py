"""Logs: key-value lines on a terminal, JSON elsewhere, and no secret in either wherever it hid."""

import json
import logging
import sys
from collections.abc import Iterable
from typing import TextIO
from urllib.parse import quote

import structlog
from structlog.typing import Processor, WrappedLogger

STRUCK = "***"
# They say a line per request or look, and httpx, PTB and aiohttp's access log say the address, which holds the token.
TALKATIVE = ("httpx", "httpcore", "telegram", "apscheduler", "alembic", "aiohttp", "asyncio", "uvicorn.access")


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
                _renderer(stream),
                redaction.strike,  # type: ignore[list-item]  # behind the renderer, where the event is a line already
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
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
            record.msg, record.args = self.strike(None, "", _message(record)), ()
        if record.exc_info:
            trace = record.exc_text or logging.Formatter().formatException(record.exc_info)
            record.exc_text = self.strike(None, "", trace)
        return True

    def strike(self, _logger: WrappedLogger, _method: str, line: str) -> str:
        """As a structlog processor, to stand behind the renderer."""
        for look in self._looks:
            line = line.replace(look, STRUCK)
        return line


def _looks(secret: str) -> set[str]:
    in_json = {json.dumps(secret, ensure_ascii=plain)[1:-1] for plain in (True, False)}
    return {secret, quote(secret, safe=""), quote(secret), repr(secret)[1:-1]} | in_json


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # arguments that don't fit: logging itself would print them unstruck
        return f"{record.msg} {record.args}"


def _renderer(stream: TextIO) -> Processor:
    if stream.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)
