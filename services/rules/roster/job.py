"""What goes to the child process that checks a roster, and what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from services.rules.roster.values import CheckedRoster, File, KnownCodes, Params


@dataclass(frozen=True)
class Job:
    """`files` are name and size in bytes, in the order in which their bytes follow."""

    known: KnownCodes
    files: tuple[tuple[str, int], ...]
    memory_bytes: int
    cpu_seconds: int

    def to_bytes(self, files: Sequence[File]) -> bytes:
        """The line and the bytes of the same `files`."""
        return b"\n".join([_JOB.dump_json(self), b"".join(data for _, data in files)])

    @classmethod
    def from_line(cls, line: bytes) -> "Job":
        return _JOB.validate_json(line)


@dataclass(frozen=True)
class Answer:
    """Exactly one of: the checked roster, a refusal in words (message id), a failure of ours (kind and line)."""

    checked: CheckedRoster | None = None
    refused: str | None = None
    params: Params = field(default_factory=dict)
    failed: str | None = None

    def to_json(self) -> bytes:
        return _ANSWER.dump_json(self)

    @classmethod
    def from_json(cls, text: bytes) -> "Answer":
        """Raises `ValueError` for half an answer."""
        return _ANSWER.validate_json(text)


_JOB = TypeAdapter(Job)
_ANSWER = TypeAdapter(Answer)
