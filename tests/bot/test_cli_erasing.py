"""`erase`, `unlink`, and what a restore makes of a backup from before an erasure; on both databases."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url

from bot.commands import erasing, retention, storage
from bot.commands.console import Console
from bot.config import Settings
from bot.config.tables import Database as DatabaseTable
from bot.config.tables import Security
from models.audit import AuditEntry
from models.erasure_log import ErasureLog
from models.households import Household, Membership
from models.people import Person, WrongTry
from models.queries import actors
from models.session import Database
from services import erasure, register
from services.errors import Conflict, NotFound
from services.i18n import Language, translator
from services.rules.visits import HouseholdStatus
from tests.bot.commandline import operator_in
from tests.keys import write_key_file
from tests.town import Town, build_town


class Killed(Exception):
    """The process ended here."""


@pytest.fixture
def town(database: Database) -> Town:
    with database.transaction() as session:
        return build_town(session)


def at(url: str, folder: Path) -> Console:
    settings = Settings(database=DatabaseTable(url=url), security=Security(key_file=folder / "lianxin.key"))
    return Console(settings, translator(Language.ZH_CN))


@pytest.fixture
def console(database_url: str, town: Town, tmp_path: Path) -> Console:
    write_key_file(tmp_path)
    return at(database_url, tmp_path)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """An empty place of the same kind."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'restored.db'}"
        return
    server, name = make_url(request.getfixturevalue("postgresql_server")), f"restored_{uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def person(console: Console, person_id: int) -> Person:
    with console.database() as database, database.reading() as session:
        return session.get_one(Person, person_id)


def test_an_erasure_is_shown_first_and_done_when_told(
    console: Console, town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    named = f"id:{town.resident.id}"
    erasing.erase_person(console, named, apply=False)
    shown = capsys.readouterr().out
    assert "张大山" in shown
    assert "只是预览" in shown
    assert person(console, town.resident.id).telegram_user_id == 401
    erasing.erase_person(console, named, apply=True)
    assert "恢复旧备份时会自动再注销" in capsys.readouterr().out
    erased = person(console, town.resident.id)
    assert (erased.name, erased.telegram_user_id) == ("已注销人员", None)
    erasing.erase_person(console, named, apply=True)
    assert "之前已经注销过" in capsys.readouterr().out


def test_a_backup_from_before_brings_nobody_back(
    console: Console, town: Town, tmp_path: Path, empty_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    storage.backup(console, tmp_path / "before")
    erasing.erase_person(console, f"id:{town.resident.id}", apply=True)
    later = at(empty_url, tmp_path)
    storage.restore(later, tmp_path / "before")
    assert "已再次注销：1 条" in capsys.readouterr().out
    erased, neighbour = person(later, town.resident.id), person(later, town.neighbour.id)
    assert (erased.name, erased.telegram_user_id) == ("已注销人员", None)
    assert neighbour.telegram_user_id == 402


def test_a_kill_between_the_log_and_the_rows_is_made_good_by_migrate(console: Console, town: Town) -> None:
    with pytest.raises(Killed), console.database() as database, database.transaction() as session:
        erasure.erase_person(session, console.office(), None, town.resident.id)
        raise Killed  # what was remembered is on the disk, the rows were never committed
    assert person(console, town.resident.id).telegram_user_id == 401
    assert len(ErasureLog(console.settings.security.key_file).erasures()) == 1
    storage.migrate(console)
    assert person(console, town.resident.id).telegram_user_id is None


def test_an_official_with_households_is_refused(console: Console, town: Town) -> None:
    with pytest.raises(Conflict) as refused:
        erasing.erase_person(console, "C001", apply=False)
    assert refused.value.message_id == "rights.erase.has_households"


def test_a_household_that_moved_away_is_erased(
    console: Console, database: Database, town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    for apply in (False, True):
        with pytest.raises(Conflict):
            erasing.erase_household(console, "H001", apply=apply)
    assert capsys.readouterr().out == "", "nothing is announced that won't be done"
    with database.transaction() as session:
        supervisor = actors.actor_by_telegram_id(session, 201, language="zh_CN")
        moved = HouseholdStatus.MOVED
        register.take_off(session, console.office(), supervisor, town.households["H001"].id, moved)
    erasing.erase_household(console, "H001", apply=False)
    assert f"id:{town.resident.id}" in capsys.readouterr().out, "members have no code: here is their number"
    erasing.erase_household(console, "H001", apply=True)
    assert "已注销" in capsys.readouterr().out
    with database.reading() as session:
        assert session.scalars(select(Household.head).where(Household.code == "H001")).one() == "已注销农户"


def test_a_lost_phone_is_cut_off(console: Console, town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    erasing.unlink(console, "C001")
    assert "王联系" in capsys.readouterr().out
    assert person(console, town.cadre.id).telegram_user_id is None
    with pytest.raises(NotFound) as refused:
        erasing.unlink(console, "C001")
    assert refused.value.message_id == "operator.unlink.no_account"


@pytest.mark.parametrize("named", ["C999", "id:999999999999", "id:x", "id:0"])
def test_whoever_is_not_there_is_not_found(console: Console, named: str) -> None:
    for command in (lambda: erasing.erase_person(console, named, apply=True), lambda: erasing.unlink(console, named)):
        with pytest.raises(NotFound):
            command()


async def test_the_commands_speak_in_one_line(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    operator = operator_in(tmp_path)
    assert (await operator.runs("erase")).code == 2
    assert "没有找到“C999”" in (await operator.runs("erase", "--person", "C999", "--apply")).only_line


def test_a_sweep_is_shown_first_and_done_when_told(
    console: Console, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.transaction() as session:
        session.add(WrongTry(telegram_user_id=1, tried_at=datetime(2020, 1, 1, tzinfo=UTC)))
    for apply, left in ((False, 1), (True, 0)):
        retention.sweep(console, apply=apply)
        said = capsys.readouterr()
        assert re.search(r"输错的短码 +1\b", said.out)
        assert console.t.plain(f"operator.retention.{'done' if apply else 'not_done'}") in said.out + said.err
        with database.reading() as session:
            assert len(session.scalars(select(WrongTry)).all()) == left


def test_what_an_operator_sweeps_is_on_record_as_the_operators_doing(
    console: Console, database: Database, town: Town
) -> None:
    with database.transaction() as session:
        session.add(WrongTry(telegram_user_id=1, tried_at=datetime(2020, 1, 1, tzinfo=UTC)))
        (lived_there,) = session.scalars(select(Membership).where(Membership.person_id == town.resident.id))
        lived_there.ended_at = datetime(2010, 1, 1, tzinfo=UTC)
    retention.sweep(console, apply=False)
    assert audited(database) == [], "looking is no act"
    retention.sweep(console, apply=True)
    assert audited(database) == [("erased", "operator"), ("retention_swept", "operator")]


def audited(database: Database) -> list[tuple[str, str]]:
    """Each act with whose doing it was."""
    with database.reading() as session:
        return [(entry.act, entry.facts["by"]) for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
