"""The guards of the house, one module a subject: each has a tuple `GUARDS`, and is found by being here."""

from importlib import import_module
from pkgutil import iter_modules

from tests.guards.guard import Guard


def all_guards() -> list[Guard]:
    names = sorted(module.name for module in iter_modules(__path__))
    return [guard for name in names for guard in import_module(f"{__name__}.{name}").GUARDS]
