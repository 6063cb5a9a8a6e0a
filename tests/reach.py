"""What a function of the project can come to: a graph of who names whom, read from the source.

It follows names, so it errs on the side of too much: a function that is handed on counts as called.
"""

import ast
from collections.abc import Iterator
from functools import cache

from tests.source import LAYERS, Module, dotted, modules

Name = str  # module and name with dots: services.cards.card_of; classes are left out of the name


@cache
def reachable(start: Name) -> frozenset[Name]:
    """Every function, and every constant of a module, that `start` may come to, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        new = _edges().get(waiting.pop(), frozenset()) - found
        found |= new
        waiting += new
    return frozenset(found)


@cache
def strings(name: Name) -> frozenset[str]:
    """The string constants that stand in it."""
    return frozenset(
        part.value
        for node in _nodes().get(name, ())
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


@cache
def _sources() -> dict[str, Module]:
    return {
        module.name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): module
        for module in modules(*LAYERS)
    }


@cache
def _nodes() -> dict[Name, list[ast.AST]]:
    found: dict[Name, list[ast.AST]] = {}
    for module_name, module in _sources().items():
        for name, node in _defined(module.tree):
            found.setdefault(f"{module_name}.{name}", []).append(node)
    return found


def _defined(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _defined(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.id, node.value) for target in targets if isinstance(target, ast.Name))


@cache
def _imported(module_name: str) -> dict[str, Name]:
    found: dict[str, Name] = {}
    for node in ast.walk(_sources()[module_name].tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
    return found


@cache
def _edges() -> dict[Name, frozenset[Name]]:
    return {
        name: frozenset(target for node in nodes for target in _named(name.rpartition(".")[0], node))
        for name, nodes in _nodes().items()
    }


def _named(module_name: str, node: ast.AST) -> Iterator[Name]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name | ast.Attribute) and (target := _resolved(module_name, dotted(part))):
            yield target
        if (
            isinstance(part, ast.Call)
            and dotted(part.func).endswith(".errand")
            and isinstance(part.args[0], ast.Constant)
        ):
            yield from _errand(part.args[0].value)


def _errand(name: str) -> Iterator[Name]:
    """`turn.errand("export")` is done by the method that `bot.errands` knows it by."""
    for node in ast.walk(_sources()["bot.errands"].tree):
        for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and key.value == f"errand.{name}":
                yield f"bot.errands.{dotted(value).rpartition('.')[2]}"


def _resolved(module_name: str, words: str) -> Name | None:
    """The function or constant that these dotted words mean in that module; None: nothing of ours."""
    first, _, rest = words.partition(".")
    if first == "self" and rest:
        return _known(f"{module_name}.{rest}")
    if not rest and f"{module_name}.{first}" in _nodes():
        return f"{module_name}.{first}"
    target = _imported(module_name).get(first)
    return _known(f"{target}.{rest}" if rest else target) if target else None


def _known(name: Name) -> Name | None:
    """Through the packages that hand it on."""
    if name in _nodes():
        return name
    module_name, _, last = name.rpartition(".")
    handed_on = _imported(module_name).get(last) if module_name in _sources() else None
    return _known(handed_on) if handed_on and handed_on != name else None
