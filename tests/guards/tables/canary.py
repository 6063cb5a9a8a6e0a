"""The guards of what is said: logs, tracebacks and rows name nobody."""

from tests.guards.guard import Guard

CANARY = "tests/test_canary.py -k 'not postgresql'"

GUARDS = (
    Guard(
        "tracebacks: an exception's own words are left out",
        "services/tracebacks.py",
        '    return _first_line(error) if kinds & MESSENGER else ""',
        "    return _first_line(error)",
        CANARY,
    ),
    Guard(
        "tracebacks: what PostgreSQL quotes is left out",
        "services/tracebacks.py",
        '    return next(iter(str(error).strip().splitlines()), "")[:LONGEST]',
        "    return str(error)",
        "tests/test_canary.py -k 'there and already'",
    ),
    Guard(
        "tracebacks: what Telegram quotes is left out",
        "services/tracebacks.py",
        '        return _first_line(error).partition(": ")[0]',
        "        return _first_line(error)",
        CANARY,
    ),
    Guard(
        "rows: a dead letter keeps no words of its failure",
        "bot/desk.py",
        "        words = told(error)",
        "        words = repr(error)",
        CANARY,
    ),
    Guard(
        "logs: a failure is told without its words",
        "bot/logs.py",
        "        structlog.processors.ExceptionRenderer(_told_failure),",
        "        structlog.processors.format_exc_info,",
        CANARY,
    ),
    Guard(
        "logs: an object is told by its kind",
        "bot/logs.py",
        '    return value if isinstance(value, PLAIN) else f"<{type(value).__name__}>"',
        "    return value",
        CANARY,
    ),
    Guard(
        "logs: of a library's line the template only",
        "bot/logs.py",
        "    return value if isinstance(value, int | float) else LEFT_OUT",
        "    return value",
        CANARY,
    ),
    Guard(
        "logs: threads and destructors tell nobody's words",
        "bot/logs.py",
        '    threading.excepthook = lambda end: log.error("a thread failed", exc_info=end.exc_value)\n',
        "",
        CANARY,
    ),
    Guard(
        "metrics: a letter is counted by what became of it",
        "bot/desk.py",
        "            self._took(outcome, now() - begun)",
        "            self._took(str(json.loads(letter.body)), now() - begun)",
        "tests/test_canary.py -k 'monitor and sqlite'",
    ),
    Guard(
        "health: nothing of the configuration is told",
        "bot/health.py",
        '"troubles": troubles, **signs.to_json()}',
        '"troubles": troubles, "phone": "13800000001", **signs.to_json()}',
        "tests/test_canary.py -k 'monitor and sqlite'",
    ),
    Guard(
        "canary: whatever is heard turns its test red",
        "tests/conftest.py",
        '        report.outcome = "failed"\n        report.longrepr = "the canary was heard:',
        '        report.longrepr = "the canary was heard:',
        "tests/test_canary.py -k can_be_heard",
    ),
)
