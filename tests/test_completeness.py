"""Whatever is named somewhere exists, and whatever exists is named: words, notices, routes, commands, tables."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec

from handlers import ROUTES
from models.schema import Base
from services.i18n import Language
from services.i18n.catalogue import read_catalogue
from services.notices import NOTICES
from tests.access.matrix import MATRIX
from tests.access.test_at_delivery import EXPECTED
from tests.console import commands
from tests.source import ROOT, Module, dotted, modules

IDS = frozenset(read_catalogue(Language.ZH_CN))
ACTIONS = {name for kind, name in (route.key for route in ROUTES) if kind == "button"}
KEYS = {name for _, name in (route.key for route in ROUTES)}
NAMED = re.compile(r"[a-z_]+(\.[A-Za-z0-9_]+)+")
FILES = (".pdf", ".xlsx")
HOLE = "([A-Za-z0-9_.]+?)"  # where an f-string puts a value in


def test_every_route_has_a_key_of_its_own() -> None:
    keys = [route.key for route in ROUTES]
    assert len(keys) == len(set(keys))


def test_every_word_that_code_names_exists() -> None:
    """A message id, a route, a kind of notice or letter: nothing else looks like one."""
    beginnings = {one.partition(".")[0] for one in IDS | ACTIONS | NOTICES.keys()} - {"cancel"}
    said = {text for module in modules("bot", "handlers", "services") for text in module.strings()}
    named = {text for text in said if NAMED.fullmatch(text) and text.partition(".")[0] in beginnings}
    assert len(named) > 300
    assert sorted(one for one in named - IDS - KEYS - NOTICES.keys() if not one.endswith(FILES)) == []


def test_every_f_string_that_names_words_finds_some() -> None:
    beginnings = {one.partition(".")[0] for one in IDS}
    patterns = [one for one in _patterns() if ":" not in one and one.partition("\\.")[0] in beginnings]
    assert len(patterns) > 50
    assert [one for one in patterns if not any(re.fullmatch(one, known) for known in IDS | KEYS)] == []


def test_every_message_is_said_somewhere() -> None:
    assert sorted(one for one in IDS - set(_constants()) if not _is_built(one)) == []


def test_every_kind_of_notice_that_is_queued_has_words_and_the_other_way_round() -> None:
    queued = {text for module in _queueing() for text in module.strings()}
    assert sorted(NOTICES.keys() - queued) == []
    assert sorted(_queued_by_name() - NOTICES.keys()) == []


def test_every_button_that_code_makes_has_a_route() -> None:
    made = set(_actions_made())
    assert len(made) > 50
    assert sorted(made - ACTIONS) == []


def test_every_route_of_a_button_is_on_some_button() -> None:
    assert sorted(ACTIONS - set(_constants(but_not_in=("ROUTES",)))) == []


def test_every_route_has_an_entry_in_the_access_matrix_and_every_entry_a_route() -> None:
    assert sorted(entry.key for entry in MATRIX) == sorted(route.key for route in ROUTES)


def test_every_kind_of_notice_says_when_it_no_longer_leaves() -> None:
    assert sorted(EXPECTED) == sorted(NOTICES)


def test_the_readme_names_every_command_of_the_command_line() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    typed = {name.partition(" ")[0] for name in commands()}
    assert len(typed) > 10
    assert sorted(name for name in typed if not re.search(rf"^\| `{name}[ `].+\|$", readme, re.M)) == []


def test_the_readme_names_every_command_that_people_type() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    commands = {name for kind, name in (route.key for route in ROUTES) if kind == "command"}
    assert len(commands) > 10
    assert sorted(name for name in commands if f"`/{name}`" not in readme) == []


def test_every_target_of_make_finds_what_it_runs() -> None:
    run = re.findall(r"-m (tests\.\w+)", (ROOT / "Makefile").read_text("utf-8"))
    assert len(run) >= 3
    assert [name for name in run if find_spec(f"{name}.__main__") is None] == []


def test_every_table_has_a_sentence_in_the_documentation() -> None:
    lines = (ROOT / "docs/data.md").read_text("utf-8").splitlines()
    told = {match[1]: match[2] for line in lines if (match := re.fullmatch(r"\| `(\w+)` \| (.+?) \|.*", line))}
    assert told.keys() == Base.metadata.tables.keys()
    assert [name for name, sentence in told.items() if len(sentence) < 20] == []


@cache
def _constants(but_not_in: tuple[str, ...] = ()) -> frozenset[str]:
    """The string constants of the code above models; `but_not_in` names assignments that don't count."""
    found: set[str] = set()
    for module in modules("bot", "handlers", "services"):
        excluded = {
            id(inner)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Assign | ast.AnnAssign) and _assigned(node) in but_not_in
            for inner in ast.walk(node)
        }
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in excluded:
                found.add(node.value)
    return frozenset(found)


def _assigned(node: ast.Assign | ast.AnnAssign) -> str:
    return dotted(node.target if isinstance(node, ast.AnnAssign) else node.targets[0])


@cache
def _patterns() -> tuple[str, ...]:
    """The f-strings as regular expressions, each value in them a group."""
    found: list[str] = []
    for module in modules("bot", "handlers", "services"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.JoinedStr):
                found.append("".join(_piece(piece) for piece in node.values))
    return tuple(found)


def _piece(piece: ast.expr) -> str:
    if isinstance(piece, ast.Constant):
        return re.escape(str(piece.value))
    value = piece.value if isinstance(piece, ast.FormattedValue) else piece
    if isinstance(value, ast.IfExp) and isinstance(value.body, ast.Constant) and isinstance(value.orelse, ast.Constant):
        return f"({re.escape(value.body.value)}|{re.escape(value.orelse.value)})"
    return HOLE


def _is_built(message_id: str) -> bool:
    """Whether some f-string makes it from values that code names."""
    return any(all(_is_sayable(value) for value in match.groups()) for match in _matches(message_id))


@cache
def _is_sayable(value: str) -> bool:
    if value in _constants() or value in _names_of_enums():
        return True
    return any(all(part in _constants() for part in match.groups()) for match in _matches(value))


def _matches(text: str) -> Iterator[re.Match[str]]:
    """The f-strings with a dot in them that could have made this."""
    return (match for pattern in _patterns() if "\\." in pattern and (match := re.fullmatch(pattern, text)))


@cache
def _names_of_enums() -> frozenset[str]:
    """Values in models, fields of dataclasses: what an f-string may be given besides constants of the upper layers."""
    found = {text for module in modules("models") for text in module.strings()}
    for module in modules("bot", "handlers", "services", "models"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
    return frozenset(found)


def _queueing() -> Iterator[Module]:
    """The modules that queue notices, or say what others are to queue."""
    for module in modules("services"):
        if not module.name.startswith("services/notices/"):
            yield module


def _queued_by_name() -> set[str]:
    """The kinds given to `outbox.notice` as constants."""
    found: set[str] = set()
    for module in modules("services", "handlers"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and dotted(node.func) == "outbox.notice":
                found |= {one.value for one in node.args[3:4] if isinstance(one, ast.Constant)}
    return found


def _actions_made() -> Iterator[str]:
    for module in modules("services", "handlers"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "button":
                yield from (one.value for one in node.args[1:2] if isinstance(one, ast.Constant))
