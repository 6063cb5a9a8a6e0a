"""A course that failed fails again: how quick threads are, and who of them is first, changes nothing in it."""

import random
import threading
from pathlib import Path
from typing import Any

import pytest

from bot import backroom
from bot.backroom import BackRoom
from tests.properties.course import CADRES, MEMBERS, SUPERVISORS, Course
from tests.properties.machine import machine_in
from tests.properties.world import NewPlace

KILLED_AFTER = (None, 4, 17)  # points of the process: while letters are handled, and while answers leave
WRITING = (*CADRES, *SUPERVISORS, *MEMBERS)


def test_a_course_is_the_same_however_quick_the_writers_are(
    new_place: NewPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = everything_shown(new_place, tmp_path)
    assert len(first) >= len(KILLED_AFTER) * len(WRITING)
    commit, idle = BackRoom._commit, threading.Event()

    def uneven(*work: Any) -> None:
        idle.wait(random.random() / 100)
        commit(*work)

    monkeypatch.setattr(BackRoom, "_commit", uneven)
    monkeypatch.setattr(backroom, "GROUP", 1)  # each writer takes what it finds, and is done with it when it likes
    assert everything_shown(new_place, tmp_path) == first


def everything_shown(new_place: NewPlace, folder: Path) -> list[tuple[int, str]]:
    """Chat and words of each message, as they reach the phones while many write at once and the process is killed."""
    course = machine_in(new_place, folder)()
    shown: list[tuple[int, str]] = []
    course._seen = lambda chat, message: shown.append((chat, message.text))  # type: ignore[method-assign]
    Course.begin(course)
    for killed_after in KILLED_AFTER:
        course._arrives(*(course.world.says(chat, "/today") for chat in WRITING), killed_after=killed_after)
    course.world.close()
    return shown
