"""What is wrong with the settings, as one line for each problem: `[table] key: what is wrong`."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from bot.config.settings import Settings
from bot.config.tables import Table


def line(error: Mapping[str, Any]) -> str:
    """pydantic's finding as `[table] key: what is wrong`."""
    table, *keys = (part for part in error["loc"] if part != "[key]")
    where = f"[{table}] " + ".".join(str(key + 1 if isinstance(key, int) else key) for key in keys)
    if error["type"] == "extra_forbidden" or error["loc"][-1] == "[key]":
        return unknown(str(keys[-1]), "key", _keys_beside(table, keys), where)
    if error["type"] == "model_type":
        return f"[{table}]: a table is needed"
    wrong = error["msg"].removeprefix("Value error, ")
    shown = f" (not {error['input']!r})" if error["input"] != "" and Settings.SECRET.isdisjoint(keys) else ""
    return f"{where.rstrip()}: {wrong[0].lower()}{wrong[1:]}{shown}"


def unknown(name: str, kind: str, known: Iterable[str], where: str) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"{where}: unknown {kind}" + (f" — did you mean {close[0]}?" if close else "")


def _keys_beside(table: str, keys: list[str]) -> list[str]:
    model = Settings.model_fields[table].annotation
    assert isinstance(model, type) and issubclass(model, Table)
    if len(keys) == 1:
        return list(model.model_fields)
    return [str(key) for key in get_args(model.model_fields[keys[0]].annotation)[0]]
