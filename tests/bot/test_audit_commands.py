"""`audit verify` and `audit show` at the console, on both databases."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from models.queries import actors
from models.session import WRITES, Database
from services import audit, cards
from tests.bot.commandline import Operator, operator_in
from tests.town import Town, build_town, make_office

OFFICE = make_office()  # the second of March 2026, 09:00 in Shanghai


@pytest.fixture
def operator(tmp_path: Path, database_url: str) -> Operator:
    return operator_in(tmp_path, database={"url": database_url}, telegram={"bot_username": "lianxin_bot"})


@pytest.fixture
def town(database: Database) -> Town:
    """With three entries: a card read by its cadre, another by the supervisor, a backup."""
    with database.transaction() as session:
        town = build_town(session)
        cadre, supervisor = (actors.actor_by_telegram_id(session, one, language="zh_CN") for one in (101, 201))
        cards.card_of(session, OFFICE, cadre, town.households["H001"].id)
        cards.card_of(session, OFFICE, supervisor, town.households["H003"].id)
        audit.record(session, OFFICE, None, "backed_up", "database", rows=7)
    return town


def tampered(database: Database) -> int:
    """The id of the second entry, whose person was changed by somebody who owns the database."""
    with database.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        if database.is_sqlite:
            connection.execute(text("DROP TRIGGER audit_entries_keep_changed"))
        else:
            connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))
        changed = "UPDATE audit_entries SET person_id = 7000 WHERE position = 2 RETURNING id"
        return int(connection.execute(text(changed)).scalar_one())


async def test_a_whole_chain_is_counted_and_its_end_can_be_written_down(operator: Operator, town: Town) -> None:
    ran = await operator.runs("audit", "verify")
    assert (ran.code, ran.err) == (0, "")
    assert "共 3 条" in ran.out
    (end,) = re.findall(r"^(3:[0-9a-f]{64})$", ran.out, re.MULTILINE)
    again = await operator.runs("audit", "verify", "--expect", end)
    assert again.code == 0
    other = await operator.runs("audit", "verify", "--expect", "9" + end[1:])
    assert (other.code, "被截断：第 4 条起" in other.only_line) == (1, True)


async def test_a_changed_entry_is_named_in_one_line(operator: Operator, town: Town, database: Database) -> None:
    entry_id = tampered(database)
    ran = await operator.runs("audit", "verify")
    assert ran.code == 1
    assert f"第 2 条（id {entry_id}）被改过" in ran.only_line


async def test_what_was_not_written_down_right_is_refused(operator: Operator, town: Town) -> None:
    ran = await operator.runs("audit", "verify", "--expect", "3:abc")
    assert ran.code == 2
    assert "audit verify" in ran.err


def rows(out: str) -> list[list[str]]:
    """The table below its heads; columns stand at least two spaces apart."""
    return [re.split(r"\s{2,}", line.strip()) for line in out.splitlines()[1:] if line.strip()]


async def test_entries_are_shown_with_codes_in_the_zone_of_the_site(
    operator: Operator, town: Town, database: Database
) -> None:
    with database.transaction() as session:
        audit.record(session, OFFICE, None, "flown", "moon", by="rocket")
    ran = await operator.runs("audit", "show")
    assert rows(ran.out) == [
        ["1", "2026-03-02 09:00:00", "C001", "看了联系卡", "农户 H001", "reader=cadre"],
        ["2", "2026-03-02 09:00:00", "S001", "看了联系卡", "农户 H003", "reader=overseer"],
        ["3", "2026-03-02 09:00:00", "运维", "做了备份", "数据库", "rows=7"],
        ["4", "2026-03-02 09:00:00", "rocket", "flown", "moon"],
    ]
    assert "张大山" not in ran.out


async def test_where_nothing_fits_it_says_so(operator: Operator, town: Town) -> None:
    ran = await operator.runs("audit", "show", "--person", "C001", "--since", "2026-03-03")
    assert (ran.code, ran.out) == (0, "没有符合条件的记录。\n")


async def test_an_unknown_code_is_called_so(operator: Operator, town: Town) -> None:
    ran = await operator.runs("audit", "show", "--household", "H999")
    assert ran.code == 1
    assert "H999" in ran.only_line
