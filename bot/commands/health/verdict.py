"""One finding of the doctor."""

from dataclasses import dataclass, field
from enum import StrEnum


class Mark(StrEnum):
    FINE = "✓"
    DOUBT = "!"
    WRONG = "✗"


@dataclass(frozen=True)
class Verdict:
    """`check` names what was looked at; the words are `operator.doctor.<check>.<finding>`, or `said` as it stands."""

    check: str
    mark: Mark
    finding: str = ""
    params: dict[str, str | int] = field(default_factory=dict)
    said: str = ""


def fine(check: str, finding: str, **params: str | int) -> Verdict:
    return Verdict(check, Mark.FINE, finding, params)


def doubt(check: str, finding: str, **params: str | int) -> Verdict:
    return Verdict(check, Mark.DOUBT, finding, params)


def wrong(check: str, finding: str, **params: str | int) -> Verdict:
    return Verdict(check, Mark.WRONG, finding, params)
