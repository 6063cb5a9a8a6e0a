"""The house rules that import contracts can't see; the contracts themselves are in pyproject.toml."""

import ast
import re
import tomllib

from tests.source import LAYERS, ROOT, Module, dotted, files, modules

MOST_LINES = 400
MOST_FUNCTION_LINES = 50
VAGUE = {"util", "utils", "common", "helper", "helpers", "manager", "managers", "misc"}
SQL = {"select", "insert", "update", "delete", "text"}
TELLS_TIME = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today"
    r"|time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|localtime|gmtime))$"
)
STARTS_TASK = {"create_task", "ensure_future"}

# Where real or monotonic time is read, and why it isn't the office's clock.
TIME_IS_READ = {
    ("services/clock.py", "datetime.now"): "the clock itself",
    ("bot/commands/tick.py", "time.monotonic"): "how long nothing has got on its way",
    ("bot/post_office.py", "datetime.now"): "leases, retries and limits go by real time even where the clock is moved",
    ("bot/backroom.py", "time.monotonic"): "how long a writer has been at its group",
    ("bot/supervision.py", "time.monotonic"): "how long a loop has been silent",
    ("bot/stopwatch.py", "time.monotonic"): "how long nothing has been heard of Telegram",
    ("bot/rate_limit.py", "time.monotonic"): "Telegram's limits go by elapsed seconds",
    ("sandbox/clock.py", "datetime.now"): "the sandbox's own clock: it imports nothing of ours",
    ("sandbox/dispatch.py", "time.time"): "the log of calls names real moments",
    ("sandbox/limits.py", "time.monotonic"): "a chat's limits go by elapsed seconds",
    ("sandbox/messages.py", "time.monotonic"): "how long somebody is shown as typing",
    ("sandbox/chats.py", "time.monotonic"): "how long somebody is shown as typing",
    ("sandbox/webhook.py", "time.time"): "when the last delivery failed, as getWebhookInfo says it",
}
# Where a task is started without the nursery.
TASK_IS_STARTED = {
    "bot/supervision.py": "the nursery itself",
    "sandbox/server.py": "serves until its block is left, and awaits what it started",
    "sandbox/webhook.py": "keeps its tasks and gathers them when it stops",
}
# The edges where any exception is caught, and what becomes of it.
ANYTHING_IS_CAUGHT = {
    ("bot/after_a_crash.py", "AfterACrash._try"): "goes on to the desk; the process hasn't ended",
    ("bot/backroom.py", "BackRoom._commit"): "handed to every caller of the group",
    ("bot/backroom.py", "BackRoom._read"): "examined for damage and raised again",
    ("bot/backroom.py", "_do"): "handed to its caller; the others of the group go on",
    ("bot/commands/console.py", "at_the_console"): "one line and an exit code",
    ("bot/commands/doctor.py", "_looked"): "a verdict too; the other checks are made",
    ("bot/commands/health/database.py", "check_database"): "the verdict",
    ("bot/commands/health/running.py", "_processes"): "raised again unless the database is away, which is said already",
    ("bot/commands/tick.py", "_done"): "the other ticks are due as well",
    ("bot/delivery.py", "Delivery._attempt"): "a fault of ours: given up, with its traceback",
    ("bot/delivery.py", "Delivery._record"): "recorded again when the database is back",
    ("bot/delivery.py", "Delivery.pump"): "looked at again when the database is back",
    ("bot/desk.py", "Desk._failed"): "the letter still waits",
    ("bot/desk.py", "Desk.run"): "looked at again when the database is back",
    ("bot/desk.py", "Desk._take"): "kept with its traceback, retried, and told",
    ("bot/intake.py", "Intake._poll"): "polling never ends quietly",
    ("bot/nightly.py", "NightlyBackup._make"): "noted for the doctor, tried again an hour later; the bot goes on",
    ("bot/leases.py", "Leases._give_back"): "it runs out by itself",
    ("bot/leases.py", "Leases._look_after"): "it runs out by itself, and is tried again a second later",
    ("bot/scheduler.py", "Scheduler._do"): "tried again half a minute later",
    ("bot/vital_signs.py", "Pulse._post"): "that the database gives no answer is a sign too",
    ("bot/vital_signs.py", "Pulse.run"): "written again ten seconds later",
    ("bot/wakeups.py", "Wakeups.run"): "listened to again; the loops look by themselves meanwhile",
    ("bot/webhook.py", "Webhook._kept"): "503: Telegram comes again",
    ("bot/webhook_address.py", "WebhookAddress._told"): "told again until it is heard",
    ("services/outbox.py", "_try_to_claim"): "one notice must not hold up the others",
    ("services/rules/roster/__main__.py", "_answer"): "the parent logs where",
}


WORDS_OF_VALUES = {"str", "repr", "ascii", "format"}


def product() -> list[Module]:
    return modules(*LAYERS)


def test_there_is_something_to_check() -> None:
    assert len(product()) > 150


def test_only_the_session_module_commits() -> None:
    committing = {
        module.name
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }
    assert committing == {"models/session.py"}


def test_sqlalchemy_is_known_to_models_only() -> None:
    above = [module for module in product() if not module.name.startswith("models/")]
    assert [(module.name, name) for module in above for name in _imported(module) if name == "sqlalchemy"] == []


def test_sql_is_written_in_models_only() -> None:
    above = [module for module in product() if not module.name.startswith("models/")]
    assert [(module.name, call) for module in above for call in _foreign_calls(module) & SQL] == []


def test_time_is_read_where_it_is_said_and_nowhere_else() -> None:
    read = {(module.name, name) for module in product() for name in _times_read(module)}
    assert read == TIME_IS_READ.keys()


def test_every_task_is_watched() -> None:
    starting = {
        module.name
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in STARTS_TASK
    }
    assert starting == TASK_IS_STARTED.keys()


def test_any_exception_is_caught_at_the_named_edges_only() -> None:
    catching = {
        (module.name, inside)
        for module in product()
        for inside, node in module.walk()
        if (isinstance(node, ast.ExceptHandler) and _is_broad(node.type)) or _suppresses_all(node)
    }
    assert catching == ANYTHING_IS_CAUGHT.keys()


def test_logs_are_given_values_and_no_words_made_of_them() -> None:
    """An exception or object as it is: `bot.logs` knows what may be told of it. A repr is words already."""
    made = {
        f"{module.name}:{node.lineno}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and re.fullmatch(r"log\.\w+", dotted(node.func))
        for inner in ast.walk(node)
        if isinstance(inner, ast.JoinedStr) or (isinstance(inner, ast.Call) and dotted(inner.func) in WORDS_OF_VALUES)
    }
    assert made == set()


def test_files_are_short() -> None:
    looked_at = [
        path
        for path in files()
        if path.suffix in {".py", ".js", ".css"} and "versions" not in path.parts and "tests" not in path.parts
    ]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in looked_at}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_functions_are_short() -> None:
    lengths = {
        f"{module.name}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for module in modules(*LAYERS, "docs")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_FUNCTION_LINES} == {}


def test_modules_are_named_after_what_they_are_about() -> None:
    named = [path for path in files() if path.suffix in {".py", ".js"}]
    assert [path.name for path in named if VAGUE & set(path.stem.lower().split("_"))] == []
    assert [path.name for path in named if VAGUE & {part.lower() for part in path.parent.parts}] == []


def test_a_step_of_a_journey_belongs_to_one_journey() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    inside = next(contract for contract in contracts if contract["id"] == "handlers-inside")
    steps = {name.strip() for layer in inside["layers"] if "\n" in layer for name in layer.split(":")}
    owned = [name for one in contracts if one["type"] == "protected" for name in one["protected_modules"]]
    assert sorted(owned) == sorted(f"handlers.{step}" for step in steps)


def test_the_files_speak_of_the_project_alone() -> None:
    texts = {path: path.read_text("utf-8", errors="replace") for path in files() if path.suffix not in BINARY}
    assert len(texts) > 300
    named = [
        (path.relative_to(ROOT).as_posix(), word)
        for path, text in texts.items()
        for word in (*REGISTRIES, *MACHINE_PATHS, *EMAIL.findall(text))
        if word in text and not word.endswith(EXAMPLES)
    ]
    assert named == []


def joined(*parts: str) -> str:
    """Written apart, so that this file doesn't name it."""
    return "".join(parts)


BINARY = {".png", ".ogg", ".pdf", ".ttf", ".xlsx", ".db"}
REGISTRIES = (
    joined("pypi", ".org"),
    joined("python", "hosted.org"),
    joined("registry.", "npmjs"),
    joined("crates", ".io"),
    joined("proxy.", "golang"),
)
MACHINE_PATHS = (joined("/wo", "rk/"), joined("/ro", "ot/"), joined("/tm", "p/"))
# A mailbox; not the password and host of a database address, not a decorator.
EMAIL = re.compile(r"(?<![/:@\w.+-])[A-Za-z][\w.+-]*@[A-Za-z][\w-]*(?:\.[A-Za-z]{2,})+")
EXAMPLES = ("example.org", "example.com", ".service")


def _imported(module: Module) -> set[str]:
    """The top-level packages that a module imports."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def _times_read(module: Module) -> set[str]:
    """`datetime.now`, `time.monotonic` and so on, however they were imported."""
    read: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and (match := TELLS_TIME.search(dotted(node))):
            read.add(match[2])
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            read |= {f"time.{alias.name}" for alias in node.names}
    return read


def _foreign_calls(module: Module) -> set[str]:
    """The plain names that a module calls and doesn't define."""
    nodes = list(ast.walk(module.tree))
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return called - {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def _is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(_is_broad(one) for one in caught.elts)
    return caught is None or dotted(caught) in {"Exception", "BaseException"}


def _suppresses_all(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func).endswith("suppress") and any(map(_is_broad, node.args))
