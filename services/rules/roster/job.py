"""What goes to the child process that checks a roster, and what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from services.rules.roster.values import File, KnownCodes, Params


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
    """Either a refusal in words (message id), or a failure of ours (kind and line), or neither: then it was checked."""

    refused: str | None = None
    params: Params = field(default_factory=dict)
    failed: str | None = None

    def to_bytes(self, checked: bytes = b"") -> bytes:
        """One line, and behind it the checked roster, as `stored` writes it: who only passes it on needn't read it."""
        return b"\n".join([_ANSWER.dump_json(self), checked])

    @classmethod
    def from_bytes(cls, answer: bytes) -> "tuple[Answer, bytes]":
        """Raises `ValueError` for half an answer."""
        line, _, checked = answer.partition(b"\n")
        return _ANSWER.validate_json(line), checked


_JOB = TypeAdapter(Job)
_ANSWER = TypeAdapter(Answer)
