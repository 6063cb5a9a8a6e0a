"""The commands that an operator runs a town with, on both databases."""

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pypdf
import pytest
from sqlalchemy import func, select, update

from bot.commands.failures import file_failure
from bot.commands.places import write_whole
from models.households import Household, Membership, Pairing
from models.people import Invitation, Person
from models.post import InboxLetter, OutboxMessage
from models.session import Database
from sandbox import Sandbox, serve
from sandbox.client import SandboxClient, words
from services.i18n import translator
from services.rules.card_codes import hash_token
from tests.bot.commandline import ROOT, TOKEN, Operator, operator_in
from tests.keys import KEYRING
from tests.town import build_town

ROSTER = ROOT / "docs/examples/roster.xlsx"
BAD_ROSTER = ROOT / "docs/examples/roster-with-errors.xlsx"


@pytest.fixture
def empty(tmp_path: Path, database_url: str) -> Operator:
    return operator_in(tmp_path, database={"url": database_url}, telegram={"bot_username": "lianxin_bot"})


@pytest.fixture
def in_town(empty: Operator, database: Database) -> Operator:
    """With the town of `tests.town`, on both databases."""
    with database.transaction() as session:
        build_town(session)
    return empty


@pytest.fixture
def operator(tmp_path: Path, sqlite_template: Path) -> Operator:
    """The same where the database makes no difference."""
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    database = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", KEYRING)
    with database.transaction() as session:
        build_town(session)
    database.dispose()
    return operator_in(tmp_path, telegram={"bot_username": "lianxin_bot"})


@asynccontextmanager
async def telegram() -> AsyncIterator[tuple[SandboxClient, dict[str, str]]]:
    """A sandbox, and the settings that lead to it."""
    async with serve(Sandbox(token=TOKEN, username="yunxi_bot")) as url, SandboxClient(url) as client:
        yield client, {"token": TOKEN, "api_url": url}


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_roster_with_errors_is_listed_and_refused(empty: Operator, database: Database) -> None:
    ran = await empty.runs("import-roster", BAD_ROSTER, "--apply")
    assert ran.code == 1
    assert "13 处错误" in ran.only_line
    assert "干部 第 6 行“角色”：角色“组长”认不出来" in ran.out
    assert count(database, Household) == 0


async def test_a_roster_is_shown_first_then_written_and_the_same_one_changes_nothing(
    empty: Operator, database: Database
) -> None:
    shown = await empty.runs("import-roster", ROSTER)
    assert (shown.code, count(database, Household)) == (0, 0)
    assert "农户：新增 399" in shown.out
    assert "--apply" in shown.out, "it says that nothing was written"
    written = await empty.runs("import-roster", ROSTER, "--apply")
    assert (written.code, count(database, Household)) == (0, 399)
    again = await empty.runs("import-roster", ROSTER, "--apply")
    assert again.code == 0
    assert "没有要改的" in again.out


async def test_a_roster_that_is_not_there_is_named(operator: Operator) -> None:
    ran = await operator.runs("import-roster", operator.folder / "nowhere.xlsx")
    assert ran.code == 1
    assert "nowhere.xlsx" in ran.only_line


async def test_pairing_is_shown_first_and_then_written(in_town: Operator, database: Database) -> None:
    before = count(database, Pairing)
    shown = await in_town.runs("pair")
    assert (shown.code, count(database, Pairing)) == (0, before)
    assert "可以结对 1 户" in shown.out
    assert "李联系" in shown.out
    written = await in_town.runs("pair", "--apply")
    assert (written.code, count(database, Pairing)) == (0, before + 1)
    again = await in_town.runs("pair")
    assert (again.code, again.out.strip()) == (0, "每一户都有联系干部了，不用结对。")


async def test_an_invitation_is_one_line_that_lets_its_person_in(in_town: Operator, database: Database) -> None:
    ran = await in_town.runs("invite", "--role", "supervisor", "--unit", "V1", "--person", "S002")
    assert ran.code == 0
    (link,) = ran.out.splitlines()
    address, _, token = link.partition("?start=i")
    assert address == "https://t.me/lianxin_bot"
    with database.reading() as session:
        invitation = session.scalars(select(Invitation)).one()
        assert (invitation.token_hash, invitation.role) == (hash_token(token), "supervisor")


async def test_an_invitation_for_an_unknown_unit_is_refused(operator: Operator) -> None:
    ran = await operator.runs("invite", "--role", "cadre", "--unit", "V9")
    assert (ran.code, ran.out) == (1, "")
    assert "V9" in ran.only_line


async def test_the_bots_name_is_asked_for_where_nobody_wrote_it_down(operator: Operator) -> None:
    async with telegram() as (_, table):
        operator.settings(telegram=table)
        ran = await operator.runs("invite", "--role", "admin", "--unit", "T")
    assert ran.out.startswith("https://t.me/yunxi_bot?start=i")


async def test_without_the_bots_name_no_link_is_made(operator: Operator) -> None:
    operator.settings()
    ran = await operator.runs("invite", "--role", "admin", "--unit", "T")
    assert ran.code == 1
    assert "bot_username" in ran.only_line


async def test_cards_are_printed_one_page_a_household_of_the_unit(operator: Operator) -> None:
    out = operator.folder / "cards.pdf"
    assert (await operator.runs("cards", out)).code == 0
    assert len(pypdf.PdfReader(out).pages) == 4
    ran = await operator.runs("cards", "--unit", "V1", out)
    assert len(pypdf.PdfReader(out).pages) == 2
    assert "已被替换" in ran.only_line, "it says that the earlier file is gone"
    assert {file.name for file in operator.folder.glob("cards*")} == {"cards.pdf"}


async def test_cards_into_a_folder_that_is_not_there_name_it(operator: Operator) -> None:
    ran = await operator.runs("cards", operator.folder / "nowhere" / "cards.pdf")
    assert ran.code == 1
    assert "nowhere/cards.pdf" in ran.only_line


def test_a_full_disk_names_the_file_and_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "cards.pdf"
    out.write_bytes(b"the earlier cards")

    def half(part: Path, content: bytes) -> int:
        with part.open("wb") as opened:
            opened.write(content[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="No space") as full:
        write_whole(out, b"the new cards")
    assert file_failure(full.value, translator("en")).startswith(f"The disk is full and {out} ")
    assert out.read_bytes() == b"the earlier cards"
    assert list(tmp_path.iterdir()) == [out]


async def test_a_pipe_is_written_to_and_stays_a_pipe(operator: Operator) -> None:
    pipe = operator.folder / "pipe"
    os.mkfifo(pipe)
    reading = asyncio.create_task(asyncio.to_thread(pipe.read_bytes))
    assert (await operator.runs("export", "--unit", "T", pipe)).code == 0
    assert (await reading).startswith(b"PK"), "a workbook"
    assert pipe.is_fifo()


async def test_a_backup_into_a_folder_that_is_not_there_names_it(operator: Operator) -> None:
    ran = await operator.runs("backup", operator.folder / "nowhere" / "backup")
    assert ran.code == 1
    assert ran.only_line.partition("。")[0].endswith("nowhere")


async def test_a_ledger_is_a_workbook(in_town: Operator) -> None:
    out = in_town.folder / "ledger.xlsx"
    ran = await in_town.runs("export", "--unit", "T", out)
    assert ran.code == 0, ran.err
    assert openpyxl.load_workbook(out).sheetnames


async def test_a_tick_delivers_what_is_due_exactly_once(in_town: Operator, database_url: str) -> None:
    async with telegram() as (people, table):
        in_town.settings(telegram=table, database={"url": database_url})
        cadre = await people.add("王联系", id=101)
        await cadre.says("/start")
        early = await in_town.runs("tick", "--at", "2026-03-02T08:00")
        assert (early.code, await cadre.messages()) == (0, []), "a naive time is the site's"
        ran = await in_town.runs("tick", "--at", "2026-03-02T08:30")
        assert ran.code == 0, ran.err
        (reminder,) = await cadre.messages()
        assert "张大山" in words(reminder)
        assert (await in_town.runs("tick", "--at", "2026-03-02T00:31Z")).code == 0
        assert len(await cadre.messages()) == 1


async def test_a_tick_at_a_mistyped_year_takes_nothing_away(
    in_town: Operator, database_url: str, database: Database
) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        done = {"state": "done", "finished_at": now, "attempts": 0}
        session.add(InboxLetter(chat_id=401, body="屋顶漏雨", received_at=now, **done))
        session.execute(update(Membership).values(state="ended", ended_at=now))
    async with telegram() as (_, table):
        in_town.settings(telegram=table, database={"url": database_url})
        await in_town.runs("tick", "--at", (now + timedelta(days=4 * 366)).isoformat())
    with database.reading() as session:
        assert session.scalars(select(InboxLetter.body)).all() == ["屋顶漏雨"]
        assert session.scalars(select(Person).where(Person.erased_at.is_not(None))).all() == []


async def test_a_damaged_backup_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    operator = operator_in(tmp_path)
    (tmp_path / "backup").write_bytes(b"lianxin-backup-1\n" + b"and then nothing of the kind" * 50)
    ran = await operator.runs("restore", tmp_path / "backup")
    assert ran.code == 1
    assert "不能用" in ran.only_line
    assert not (tmp_path / "lianxin.db").exists()


async def test_a_restore_beside_the_remains_of_another_database_is_refused(tmp_path: Path) -> None:
    operator = operator_in(tmp_path)
    (tmp_path / "lianxin.db-wal").write_bytes(b"of an earlier database")
    (tmp_path / "backup").write_bytes(b"any")
    assert "lianxin.db-wal" in (await operator.runs("restore", tmp_path / "backup")).only_line


async def test_statistics_count_what_there_is(in_town: Operator, database: Database) -> None:
    with database.transaction() as session:
        session.add(
            OutboxMessage(
                chat_id=101, kind="send", body={}, lane="bulk", speech="notice", created_at=func.now(), state="failed"
            )
        )
    ran = await in_town.runs("stats")
    assert ran.code == 0
    numbers = {line.rsplit(maxsplit=1)[0].strip(): line.rsplit(maxsplit=1)[1] for line in ran.out.splitlines() if line}
    assert (
        numbers
        | {
            "在册农户": "4",
            "其中已结对": "3",
            "其中有家人已认证": "2",
            "联系干部": "2",
            "其中已加入": "2",
            "发送失败的消息": "1",
            "等待处理的来信": "0",
        }
        == numbers
    )
