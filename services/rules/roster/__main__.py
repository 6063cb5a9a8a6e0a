"""The check as a child process, for files of strangers: a job on stdin, an answer on stdout, limits on itself.

The job: one line of JSON (`Job`), then the bytes of the files one after the other.
The answer: one line of JSON (`Answer`), then the checked roster.
"""

import resource
import sys
import traceback
from collections.abc import Iterator
from typing import BinaryIO

from services.rules.roster.checking import check_roster
from services.rules.roster.job import Answer, Job
from services.rules.roster.limits import MAX_CHECKED_BYTES
from services.rules.roster.stored import to_json
from services.rules.roster.values import File, Unreadable


def main() -> None:
    job = Job.from_line(sys.stdin.buffer.readline())
    _limit(job.memory_bytes, job.cpu_seconds)
    files = list(_files(job, sys.stdin.buffer))
    sys.stdout.buffer.write(_answer(job, files))


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes to pipes only
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the roster


def _files(job: Job, stream: BinaryIO) -> Iterator[File]:
    return ((name, stream.read(size)) for name, size in job.files)


def _answer(job: Job, files: list[File]) -> bytes:
    try:
        return Answer().to_bytes(_checked(job, files))
    except Unreadable as refusal:
        return Answer(refused=refusal.reason, params=refusal.params).to_bytes()
    except MemoryError:
        return Answer(refused="roster.refused.too_heavy").to_bytes()
    except Exception as error:  # the parent logs where; the message itself may hold people's data
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Answer(failed=f"{type(error).__name__} at {place.filename}:{place.lineno}").to_bytes()


def _checked(job: Job, files: list[File]) -> bytes:
    checked = to_json(check_roster(files, job.known)).encode()
    if len(checked) > MAX_CHECKED_BYTES:
        raise Unreadable("roster.refused.too_heavy")
    return checked


if __name__ == "__main__":
    main()
