"""The commands of the console, as they are registered."""

from collections.abc import Callable, Mapping
from typing import Any

import typer

from bot.cli import app


def commands(of: typer.Typer = app) -> Mapping[str, Callable[..., Any]]:
    """Each as it is typed, such as `letters list`, and the function behind it."""
    found = {one.name or one.callback.__name__: one.callback for one in of.registered_commands if one.callback}
    for group in of.registered_groups:
        assert group.typer_instance is not None
        name = group.name if isinstance(group.name, str) else ""  # those without one are no group to whoever types
        found |= {f"{name} {one}".strip(): callback for one, callback in commands(group.typer_instance).items()}
    return found
