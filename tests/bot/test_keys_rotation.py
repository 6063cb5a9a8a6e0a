"""`keys rotate`: killed anywhere and called again, it comes to one new key, and nothing becomes unreadable."""

import base64
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from models.households import Household
from models.key_file import add_key, end_rotation, read_key_file
from models.keyring import Keyring
from models.post import InboxLetter
from models.queries import inbox
from models.sealed_rows import AT_EACH_END, AT_ONCE, is_all_current, require_keys
from models.session import Database
from models.snapshots import read_snapshot
from tests.bot.commandline import Operator, operator_in
from tests.keys import KEY_ID
from tests.seals import ANOTHER_KEY, damage, under_another_key
from tests.town import build_town

LETTERS = 2 * AT_ONCE + 7
PHONE = "13912345678"
KILLED_IN_THE_SECOND_BATCH = """
import os, signal
from models import sealed_rows
write, batches = sealed_rows._write, []
def dying(session, database, table, rows):
    batches.extend([table.name] if table.name == "inbox" else [])
    write(session, database, table, rows)
    if len(batches) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
sealed_rows._write = dying
from bot.__main__ import main
import sys
sys.argv[0] = "bot"
main()
"""


@pytest.fixture
def town(database: Database, tmp_path: Path) -> tuple[Operator, Database]:
    """A database that the operator in `tmp_path` has the key to; its keyring reads that file."""
    operator = operator_in(tmp_path, database={"url": database.engine.url.render_as_string(hide_password=False)})
    own = Database(database.url, Keyring(operator.key_file))
    with own.transaction() as session:
        build_town(session).households["H001"].phone = PHONE
        now = datetime.now(UTC)
        inbox.store_updates(session, [(n, 5, json.dumps({"n": n})) for n in range(LETTERS)], now=now)
    return operator, own


def all_readable(database: Database) -> bool:
    with database.reading() as session:
        letters = [json.loads(body)["n"] for body in session.scalars(select(InboxLetter.body).order_by(InboxLetter.id))]
        phone = session.scalar(select(Household.phone).where(Household.code == "H001"))
    return letters == list(range(LETTERS)) and phone == PHONE


def under(database: Database, key_id: str) -> int:
    with database.reading() as session:
        count = text("SELECT count(*) FROM inbox WHERE body LIKE :beginning")
        return session.scalar(count, {"beginning": f"lx1.{key_id}.%"}) or 0


async def test_a_rotation_that_was_killed_goes_on_with_the_same_key(town: tuple[Operator, Database]) -> None:
    operator, database = town
    killed = await operator.starts("keys", "rotate", script=KILLED_IN_THE_SECOND_BATCH)
    await killed.communicate()
    assert killed.returncode == -9
    new = read_key_file(operator.key_file).current
    assert read_key_file(operator.key_file).is_rotating
    assert (under(database, KEY_ID), under(database, new)) == (LETTERS - AT_ONCE, AT_ONCE), "one batch was committed"
    assert all_readable(database)
    resumed = await operator.runs("keys", "rotate")
    assert resumed.code == 0
    assert f"接着用 {new} 做完" in resumed.out
    assert [key.id for key in read_key_file(operator.key_file).keys] == [KEY_ID, new]
    assert not read_key_file(operator.key_file).is_rotating
    assert (under(database, KEY_ID), under(database, new)) == (0, LETTERS)
    assert is_all_current(database)
    assert all_readable(database)
    database.dispose()


async def test_rows_of_an_older_key_do_not_keep_a_leaked_one_current(town: tuple[Operator, Database]) -> None:
    """As after a restore, or what a late transaction sealed with the key of before."""
    operator, database = town
    leaked = add_key(operator.key_file, on=date(2026, 3, 2)).current
    end_rotation(operator.key_file)
    assert under(database, KEY_ID) == LETTERS
    ran = await operator.runs("keys", "rotate")
    assert ran.code == 0
    after = read_key_file(operator.key_file)
    assert [key.id for key in after.keys][:2] == [KEY_ID, leaked]
    assert (after.current in (KEY_ID, leaked), after.is_rotating) == (False, False)
    assert f"新密钥已启用：{after.current}" in ran.out
    assert under(database, after.current) == LETTERS
    assert all_readable(database)
    database.dispose()


async def test_a_bot_beside_seals_with_the_new_key_and_reads_what_was_resealed(
    town: tuple[Operator, Database],
) -> None:
    operator, running = town
    assert all_readable(running)
    assert (await operator.runs("keys", "rotate")).code == 0
    assert all_readable(running), "it learns the new key when it meets it"
    with running.transaction() as session:
        inbox.write_letter(session, 5, "{}", now=datetime.now(UTC))
    new = read_key_file(operator.key_file).current
    assert under(running, new) == LETTERS + 1
    running.dispose()


async def test_a_backup_from_before_is_read_with_the_same_file(town: tuple[Operator, Database], tmp_path: Path) -> None:
    operator, database = town
    assert (await operator.runs("backup", tmp_path / "before")).code == 0
    assert (await operator.runs("keys", "rotate")).code == 0
    if database.is_sqlite:
        place = Database(f"sqlite:///{tmp_path / 'restored.db'}", Keyring(operator.key_file))
        read_snapshot(place, tmp_path / "before")
        assert under(place, KEY_ID) == LETTERS
        assert all_readable(place)
        place.dispose()
    database.dispose()


@pytest.fixture
def small(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Operator, Database]]:
    """A town with one sealed phone, and whoever runs it."""
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    operator = operator_in(tmp_path, telegram={"token": "1:never-used-in-these-tests"})
    own = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", Keyring(operator.key_file))
    with own.transaction() as session:
        build_town(session).households["H001"].phone = PHONE
    yield operator, own
    own.dispose()


async def test_a_key_file_with_the_right_number_and_another_secret_is_noticed_too(
    small: tuple[Operator, Database],
) -> None:
    operator, _ = small
    key = json.loads(operator.key_file.read_text())
    key["keys"][KEY_ID]["key"] = base64.b64encode(bytes(32)).decode()
    operator.key_file.write_text(json.dumps(key))
    ran = await operator.runs("run")
    assert (ran.code, KEY_ID in ran.only_line, "打不开" in ran.only_line) == (78, True, True)
    assert ran.only_line in (await operator.runs("doctor")).out


async def test_one_damaged_value_is_not_taken_for_a_wrong_key(small: tuple[Operator, Database]) -> None:
    _, own = small
    with own.transaction() as session:
        homes = {code: number for code, number in session.execute(select(Household.code, Household.id))}
        session.get_one(Household, homes["H002"]).phone = PHONE
        session.flush()
        damage(session, "households.phone", min(homes["H001"], homes["H002"]))
    require_keys(own)


async def test_the_doctor_names_the_key_of_a_row_in_the_midst(small: tuple[Operator, Database]) -> None:
    operator, own = small
    now = datetime.now(UTC)
    with own.transaction() as session:
        inbox.store_updates(session, [(n, 5, "{}") for n in range(3 * AT_EACH_END)], now=now)
        under_another_key(session, "inbox.body", AT_EACH_END + AT_EACH_END // 2)
    require_keys(own)
    out = (await operator.runs("doctor")).out
    assert any("✗" in line and ANOTHER_KEY in line for line in out.splitlines()), out


async def test_a_foreign_key_file_is_noticed_before_anything_starts(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    operator = operator_in(tmp_path, telegram={"token": "1:never-used-in-these-tests"})
    own = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", Keyring(operator.key_file))
    with own.transaction() as session:
        build_town(session).households["H001"].phone = PHONE
    own.dispose()
    operator.key_file.unlink()
    refused = await operator.runs("migrate")
    assert (refused.code, operator.key_file.exists()) == (78, False), "a new key could open nothing"
    (tmp_path / "elsewhere").mkdir()
    foreign = operator_in(tmp_path / "elsewhere")
    foreign.key_file.unlink()
    await foreign.runs("migrate")
    shutil.copy(foreign.key_file, operator.key_file)
    ran = await operator.runs("run")
    assert (ran.code, KEY_ID in ran.only_line) == (78, True)
