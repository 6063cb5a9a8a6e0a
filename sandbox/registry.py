"""The table of methods; the modules named methods_* fill it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from sandbox.parameters import Kind, Parameters
from sandbox.state import Sandbox

Handler: TypeAlias = Callable[[Sandbox, Parameters], Any | Awaitable[Any]]
H = TypeVar("H", bound=Handler)


@dataclass(slots=True, frozen=True)
class Method:
    name: str
    handler: Handler
    kinds: dict[str, Kind]


METHODS: dict[str, Method] = {}


def method(name: str, /, **kinds: Kind) -> Callable[[H], H]:
    """Register a Bot API method with its parameters; names are found in any case, as in Telegram."""

    def register(handler: H) -> H:
        METHODS[name.lower()] = Method(name, handler, kinds)
        return handler

    return register
