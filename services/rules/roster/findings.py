"""Collects what is to be remarked on one sheet, with row and column in the file's own words."""

from services.rules.roster.headers import Sheet
from services.rules.roster.values import Finding, Level, Param


class Findings:
    """Of the whole check, in the order in which they were made."""

    def __init__(self) -> None:
        self.made: list[Finding] = []

    def error(self, sheet: Sheet, row: int | None, field: str | None, problem: str, **params: Param) -> None:
        self._add(Level.ERROR, sheet, row, field, problem, params)

    def doubt(self, sheet: Sheet, row: int | None, field: str | None, problem: str, **params: Param) -> None:
        self._add(Level.DOUBT, sheet, row, field, problem, params)

    def _add(
        self, level: Level, sheet: Sheet, row: int | None, field: str | None, problem: str, params: dict[str, Param]
    ) -> None:
        column = sheet.header(field) if field else None
        self.made.append(Finding(level, sheet.name, row, column, f"roster.{level}.{problem}", params))
