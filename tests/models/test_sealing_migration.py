"""The migration that seals what an older version wrote: nothing is lost, and nothing plain is left in the file."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from models import migrating
from models.households import Household
from models.post import InboxLetter, OutboxMessage
from models.session import Database
from models.visits import Visit
from tests.keys import KEYRING

BEFORE = "0007"
PHONE, SAID, UPDATE = "13912345678", "屋顶漏雨，老人没地方住", '{"message": {"text": "屋顶漏雨"}}'
LETTERS = 1_203  # more than two batches
NOW = "2026-03-02 00:00:00+00:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of the version before the seals, with rows in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'lianxin.db'}"
    else:
        server, name = make_url(request.getfixturevalue("postgresql_server")), f"older_{uuid4().hex[:12]}"
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        url = server.set(database=name).render_as_string(hide_password=False)
    database = Database(url, KEYRING)
    with database.schema_change() as connection:
        config = migrating._config()
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    fill(database)
    yield database
    database.dispose()


def fill(database: Database) -> None:
    with database.transaction() as session:
        run = session.execute
        run(text("INSERT INTO units (id, code, name, kind, path) VALUES (1, 'T', '云溪镇', 'town', '/1/')"))
        run(text("INSERT INTO persons (id, name, is_active, created_at) VALUES (1, '甲', true, :now)"), {"now": NOW})
        home = (
            "INSERT INTO households (id, code, head, unit_id, address, phone, tier, status, card_code, created_at)"
            " VALUES (4, 'H1', '乙', 1, NULL, :phone, 'red', 'active', 'AAAA', :now)"
        )
        run(text(home), {"phone": PHONE, "now": NOW})
        visit = (
            "INSERT INTO visits (id, household_id, cadre_id, method, condition, said, latitude, solved_on_spot,"
            " visited_on, recorded_at) VALUES (9, 4, 1, 'home', 'steady', :said, 30.25, false, '2026-03-02', :now)"
        )
        run(text(visit), {"said": SAID, "now": NOW})
        letter = "INSERT INTO inbox (chat_id, body, received_at, state, attempts) VALUES (5, :body, :now, 'done', 1)"
        run(text(letter), [{"body": UPDATE, "now": NOW}] * LETTERS)
        message = (
            "INSERT INTO outbox (id, chat_id, kind, body, lane, speech, created_at, state, attempts, unknown_outcomes)"
            " VALUES (3, 5, 'send', :body, 'bulk', 'answer', :now, 'sent', 1, 0)"
        )
        run(text(message), {"body": json.dumps({"text": SAID}), "now": NOW})


def test_what_an_older_version_wrote_is_sealed_and_reads_the_same(older: Database) -> None:
    assert migrating.migrate(older) is True
    with older.reading() as session:
        home = session.get_one(Household, 4)
        assert (home.phone, home.address, home.notes) == (PHONE, None, None)
        visit = session.get_one(Visit, 9)
        assert (visit.said, visit.latitude, visit.longitude) == (SAID, 30.25, None)
        assert session.get_one(OutboxMessage, 3).body == {"text": SAID}
        assert list(session.scalars(select(InboxLetter.body))) == [UPDATE] * LETTERS
        assert session.scalar(text("SELECT count(*) FROM inbox WHERE body LIKE 'lx1.%'")) == LETTERS


def test_nothing_plain_is_left_on_the_disk(older: Database) -> None:
    migrating.migrate(older)
    files = files_of(older)
    assert files
    for file in files:
        content = file.read_bytes()
        assert [plain for plain in (PHONE, SAID, "屋顶漏雨") if plain.encode() in content] == [], file


def files_of(database: Database) -> list[Path]:
    """Of all tables, as they are on the disk."""
    if database.file is not None:
        database.dispose()  # its log goes with the last connection
        return list(database.file.parent.glob("lianxin.db*"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.scalar(text("SHOW data_directory")) or "")
        paths = "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 't') AND relfilenode > 0"
        return [folder / path for path in connection.scalars(text(paths))]
