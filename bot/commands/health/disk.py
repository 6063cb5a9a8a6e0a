"""Is there room, and may we write where we must?"""

import os
import shutil
import tempfile
from pathlib import Path

from bot.commands.health.verdict import Verdict, doubt, fine, wrong
from bot.commands.places import sqlite_file
from bot.config import Settings

FULL = 100  # MB free
TIGHT = 1_000  # MB free
MB = 1_000_000


def check_disk(settings: Settings) -> list[Verdict]:
    verdicts = []
    if file := sqlite_file(settings.database.url):
        verdicts += [_database_file(file), *_room(file.parent)]
    key_folder = settings.security.key_file.parent
    if trouble := _cannot_write(key_folder):
        verdicts.append(doubt("disk", "key_folder", folder=str(key_folder), why=trouble))
    return verdicts or [fine("disk", "not_needed")]


def _database_file(file: Path) -> Verdict:
    """SQLite writes beside the database too: its log, and our lock."""
    if trouble := _cannot_write(file.parent):
        return wrong("disk", "folder", folder=str(file.parent), why=trouble)
    if file.exists() and (trouble := _cannot_open(file)):
        return wrong("disk", "file", file=str(file), why=trouble)
    return fine("disk", "writable", folder=str(file.parent))


def _room(folder: Path) -> list[Verdict]:
    try:
        free = shutil.disk_usage(folder).free // MB
    except OSError:
        return []  # said already: the folder isn't there
    make = wrong if free < FULL else doubt if free < TIGHT else fine
    return [make("disk", "room" if free >= TIGHT else "little_room", free=free, folder=str(folder))]


def _cannot_write(folder: Path) -> str:
    """Why, or "": tried for real, since root passes every question about permissions."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"?")
            probe.flush()
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def _cannot_open(file: Path) -> str:
    try:
        os.close(os.open(file, os.O_RDWR))
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""
