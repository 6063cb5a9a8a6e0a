"""What people tell goes through the whole bot and is read by whoever may; on the disk nobody finds it."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from models.households import Household
from models.post import InboxLetter, OutboxMessage
from models.schema import Base
from models.session import Database
from models.snapshots import write_snapshot
from models.visits import Visit
from services.i18n import Translator
from tests.journeys.plays import side_path
from tests.journeys.stage import Stage
from tests.town import MONDAY_MORNING

PHONE, ADDRESS, SAID = "13955512345", "云溪镇竹影巷一百零七号", "屋后的柿子树压在电线上了"
TOLD = (PHONE, ADDRESS, SAID)


def looks(told: str) -> Iterator[bytes]:
    """The ways in which a text may lie in a file: plain, in wide characters, as JSON spells it, inside of base64."""
    plain = told.encode()
    yield from (plain, told.encode("utf-16-le"), told.encode("utf-16-be"), json.dumps(told).strip('"').encode())
    for shift in range(3):
        yield b64encode(b"\0" * shift + plain)[4:-4]


def found_in(content: bytes) -> list[str]:
    return [told for told in TOLD if any(look in content for look in looks(told))]


def at_rest(database: Database, folder: Path) -> dict[str, bytes]:
    """All that is on the disk: the database's files with its log, a backup, and each row as PostgreSQL spells it out."""
    backup = folder / "backup"
    write_snapshot(database, backup, now=MONDAY_MORNING)
    files = {file.name: file.read_bytes() for file in (backup, *files_of(database))}
    backup.unlink()
    return files | (rows_of(database) if database.file is None else {})


def files_of(database: Database) -> list[Path]:
    if database.file is not None:
        return [*database.file.parent.glob(f"{database.file.name}*")]
    with database.engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.scalar(text("SHOW data_directory")) or "")
        number = connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    files = [*(folder / "base" / str(number)).iterdir(), *(folder / "pg_wal").iterdir()]
    return [file for file in files if file.is_file()]


def rows_of(database: Database) -> dict[str, bytes]:
    """Its files may be compressed."""
    with database.reading() as session:
        rows = {name: session.scalars(text(f"SELECT t::text FROM {name} t")).all() for name in Base.metadata.tables}
    return {f"table {name}": "\n".join(found).encode() for name, found in rows.items()}


@pytest.mark.parametrize("told", TOLD)
def test_each_look_of_it_would_be_noticed(told: str) -> None:
    spelled = (told.encode(), told.encode("utf-16-le"), json.dumps({"a": told}).encode())
    packed = [b64encode(b"x" * before + told.encode() + b"tail") for before in range(3)]
    assert [found_in(content) for content in (*spelled, *packed)] == [[told]] * 6


@side_path
async def test_nothing_that_was_told_is_found_on_the_disk(stage: Stage, t: Translator, tmp_path: Path) -> None:
    with stage.database.transaction() as session:
        home = session.get_one(Household, stage.town.households["H001"].id)
        home.phone, home.address = PHONE, ADDRESS
    cadre = await stage.phone_of(stage.town.cadre)
    await cadre.keys(t.plain("words.button.log_visit"))
    await cadre.taps("张大山")
    await cadre.says(SAID)
    await stage.quiet()
    in_hand = at_rest(stage.database, tmp_path)  # the form is a draft now, and the update is in the inbox
    await cadre.taps(t.plain("words.button.save"))
    await stage.quiet()
    assert stage.row(select(Visit)).said == SAID
    assert any(json.dumps(SAID) in body for body in stage.rows(select(InboxLetter.body)))
    assert any(SAID in json.dumps(body, ensure_ascii=False) for body in stage.rows(select(OutboxMessage.body)))
    await cadre.says("/diary")
    assert await stage.received(cadre, SAID), "whoever may read it reads it"
    saved = at_rest(stage.database, tmp_path)
    assert sum(map(len, saved.values())) > 1000
    for moment in (in_hand, saved):
        assert {name: told for name, content in moment.items() if (told := found_in(content))} == {}
