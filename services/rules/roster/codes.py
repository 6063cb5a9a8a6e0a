"""Codes as people type them against codes as they are known; a spreadsheet drops leading zeros."""

from collections import defaultdict
from collections.abc import Iterable


class CodeBook:
    """All codes of one sheet that may be referred to; lives as long as one check."""

    def __init__(self, codes: Iterable[str]) -> None:
        self._codes = frozenset(codes)
        self._by_digits: dict[str, list[str]] = defaultdict(list)
        for code in sorted(self._codes):
            self._by_digits[_without_zeros(code)].append(code)

    def fitting(self, written: str) -> list[str]:
        """The code itself if it is known, else every code that it may be with its leading zeros lost."""
        if written in self._codes:
            return [written]
        if not _is_number(written) or written != _without_zeros(written):
            return []
        return self._by_digits.get(written, [])


def _is_number(code: str) -> bool:
    return code.isascii() and code.isdigit()


def _without_zeros(code: str) -> str:
    return code.lstrip("0") or "0"
