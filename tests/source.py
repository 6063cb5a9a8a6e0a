"""The project's own files, parsed, for the tests that read code."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYERS = ("bot", "handlers", "services", "models", "sandbox")
NOT_OURS = {"build", "var", "node_modules"}  # and whatever begins with a dot


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def name(self) -> str:
        """Relative to the root, with slashes: `bot/app.py`."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text("utf-8"))

    def walk(self) -> Iterator[tuple[str, ast.AST]]:
        """Every node with the name of the function or method around it; "" at the top."""
        return _walk(self.tree, "")

    def strings(self) -> Iterator[str]:
        """Every string constant except docstrings and the pieces of f-strings."""
        skipped = {id(piece) for node in ast.walk(self.tree) for piece in _skipped(node)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
                yield node.value


@cache
def modules(*folders: str) -> list[Module]:
    return [Module(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if not _made(path)]


def files() -> list[Path]:
    """Everything that a reader of the project gets to see."""
    return [path for path in sorted(ROOT.rglob("*")) if path.is_file() and not _foreign(path)]


def dotted(node: ast.expr) -> str:
    """`datetime.now` for that expression; "" where it isn't a chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def _walk(node: ast.AST, inside: str) -> Iterator[tuple[str, ast.AST]]:
    yield inside, node
    is_named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    name = ".".join(filter(None, (inside, node.name))) if is_named else inside
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, name)


def _skipped(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.JoinedStr):
        return [piece for piece in node.values if isinstance(piece, ast.Constant)]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return [node.value]
    return []


def _made(path: Path) -> bool:
    """Migrations are written by Alembic."""
    return "versions" in path.relative_to(ROOT).parts


def _foreign(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any((part.startswith(".") and part != ".ci") or part in NOT_OURS for part in parts) or "__pycache__" in parts
