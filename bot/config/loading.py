"""Reads the settings; whatever is wrong is said in one line per problem."""

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from bot.config.settings import PREFIX, ConfigError, Settings
from bot.config.wording import line, unknown

DEFAULT_FILE = Path("config.toml")  # read when no other is named, and then it may be missing


def load_settings(path: Path | None = None) -> "Settings":
    """The environment over the file over the defaults. A file that is named must be there.

    Raises ConfigError.
    """
    file = path or DEFAULT_FILE
    tables = _read(file) if path or file.is_file() else {}
    problems = [unknown(table, "table", Settings.model_fields, f"[{table}]") for table in _unknown_tables(tables)]
    try:
        settings = Settings(**{table: keys for table, keys in tables.items() if table in Settings.model_fields})
    except ValidationError as error:
        raise ConfigError("\n".join([*problems, *map(line, error.errors())])) from None  # its text holds the values
    except SettingsError as error:
        raise ConfigError("\n".join([*problems, f"environment: {error}"])) from None
    if settings.telegram.mode == "webhook" and not settings.web.listen:
        problems.append('[web] listen: needed when mode is "webhook"')
    if problems:
        raise ConfigError("\n".join(problems))
    return settings.beside(file.resolve().parent)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"{file}: no such file; copy config.example.toml to it and fill in the token") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"{file}: {reason}") from error


def _unknown_tables(tables: Iterable[str]) -> list[str]:
    """Those of the file and those that variables such as LIANXIN_TELEGRM__TOKEN mean."""
    variables = [name.upper().removeprefix(PREFIX) for name in os.environ if name.upper().startswith(PREFIX)]
    meant = {name.partition("__")[0].lower() for name in variables if "__" in name}
    return sorted({*tables, *meant} - set(Settings.model_fields))
