"""CheckedRoster ↔ JSON: it waits in the database until the administrator confirms."""

from pydantic import TypeAdapter

from services.rules.roster.values import CheckedRoster

_CHECKED = TypeAdapter(CheckedRoster)


def to_json(checked: CheckedRoster) -> str:
    return _CHECKED.dump_json(checked).decode()


def from_json(text: str | bytes) -> CheckedRoster:
    """Raises `ValueError` for anything that `to_json` hasn't written."""
    return _CHECKED.validate_json(text)
