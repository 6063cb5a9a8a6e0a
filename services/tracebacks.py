"""What is told of a failure: its kind, its place, and only such words of it as nobody outside can have written.

`KeyError: '张三'` names a person, and so does a driver that quotes the row it refused. Logs, rows and consoles
are given these instead of `str(error)` or `traceback.format_exc()`.
"""

import traceback
from collections.abc import Iterator

OURS = ("bot", "handlers", "services", "models", "sandbox")  # they name ids and rules, never what somebody wrote
# By the names of the database interface (PEP 249): in their first line both drivers name tables, columns and
# constraints. DataError isn't among them: PostgreSQL quotes the value. Behind the first line stand rows and parameters.
NAMING_NO_VALUE = {"OperationalError", "IntegrityError", "ProgrammingError", "InternalError", "InterfaceError"}
QUOTING_BEHIND_A_COLON = {"BadRequest"}  # can't parse entities: unsupported start tag "…"
MESSENGER = {"TelegramError"}
LONGEST = 300  # characters of words

_FROM_CAUSE = "\nThat was the direct cause of:\n\n"
_DURING = "\nWhile that was being dealt with:\n\n"


def said(error: BaseException) -> str:
    """On one line."""
    known = words(error)
    return f"{type(error).__name__}: {known}" if known else type(error).__name__


def words(error: BaseException) -> str:
    """Without the kind; empty where the words may be somebody's."""
    original = getattr(error, "orig", None)  # the driver's, inside SQLAlchemy's
    if isinstance(original, Exception):
        return words(original)
    if isinstance(error, OSError) and error.strerror:
        return f"[Errno {error.errno}] {error.strerror}"
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & NAMING_NO_VALUE or type(error).__module__.partition(".")[0] in OURS:
        return _first_line(error)
    if kinds & QUOTING_BEHIND_A_COLON:
        return _first_line(error).partition(": ")[0]
    return _first_line(error) if kinds & MESSENGER else ""


def told(error: BaseException) -> str:
    """The whole traceback, with causes: files, lines and source, but neither local variables nor others' words."""
    return "".join(_told(error, seen=set()))


def _told(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and id(earlier) not in seen:
        yield from _told(earlier, seen)
        yield _FROM_CAUSE if error.__cause__ else _DURING
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(error.__traceback__)
    yield f"{_module(error)}{said(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _told(inner, seen)


def _module(error: BaseException) -> str:
    module = type(error).__module__
    return "" if module == "builtins" else f"{module}."


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), "")[:LONGEST]
