"""What an operator is shown of a town in which much went wrong: codes, kinds and numbers, and nobody's name or phone."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.backroom import BackRoom
from bot.desk import RETRY_AFTER, Desk
from bot.intake import store
from models.session import Database, Session
from services import outbox
from services.office import Office
from tests import canary
from tests.bot.commandline import Operator, operator_in
from tests.bot.tasks import Tasks, nothing
from tests.keys import KEYRING
from tests.phone import Phone
from tests.town import MONDAY_MORNING, NAMES, PHONES, Town, build_town, make_office

COMMANDS = (
    *(("doctor",), ("stats",), ("letters", "list"), ("letters", "show", "1")),
    *(("audit", "show"), ("audit", "verify")),
)


class Quoting:
    """A handler whose failure quotes what the person wrote."""

    def take_update(self, _session: Session, _office: Office, update: Any) -> None:
        raise ValueError(f"{update.effective_message.text} of {NAMES[5]}")

    def take_letter(self, *_: object) -> None:
        raise NotImplementedError


async def bury_a_letter(database: Database) -> None:
    """One that fails until it is dead."""
    backroom, tasks, moment = BackRoom(database), Tasks(), [MONDAY_MORNING]
    desk = Desk(
        backroom,
        make_office(),
        now=lambda: moment[0],
        spawn=tasks.spawn,
        handled=nothing,
        took=nothing,
        beat=nothing,
        handlers=Quoting(),
    )
    user = {"id": 401, "is_bot": False, "first_name": NAMES[5]}
    message = {"message_id": 1, "date": 1, "chat": {"id": 401, "type": "private"}, "from": user, "text": PHONES[5]}
    await store(backroom, [{"update_id": 1, "message": message}], now=moment[0])
    for _ in (*RETRY_AFTER, 1):
        desk._begin(await desk._next_letters())
        await tasks.done()
        moment[0] = moment[0].replace(year=moment[0].year + 1)
    backroom.close()


def live(session: Session, town: Town) -> None:
    """Visits, problems, searches, messages that failed and personal pages that were read."""
    office = make_office()
    cadre, resident = Phone(session, office, 101), Phone(session, office, 401)
    cadre.taps(cadre.says("记走访"), NAMES[5])
    cadre.says(f"{NAMES[5]} {PHONES[5]}")
    resident.taps(resident.says("/report"), "饮水")
    resident.says(f"{NAMES[5]} {PHONES[5]}")
    Phone(session, office, 201).says(f"/find {NAMES[5]}")
    failed = outbox.notice(session, office, town.cadre.id, "problems.reported", {"name": NAMES[5]})
    if failed:
        outbox.gave_up(session, failed, real_now=MONDAY_MORNING, error="Bad Request")


@pytest.fixture
async def operator(tmp_path: Path, sqlite_template: Path) -> Operator:
    shutil.copy(sqlite_template, tmp_path / "lianxin.db")
    database = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", KEYRING)
    with database.transaction() as session:
        live(session, build_town(session))
    await bury_a_letter(database)
    database.dispose()
    return operator_in(tmp_path, telegram={"bot_username": "lianxin_bot"})


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
async def test_a_command_shows_nobodys_name_or_phone(operator: Operator, command: tuple[str, ...]) -> None:
    ran = await operator.runs(*command)
    assert (ran.out + ran.err).strip()
    assert canary.EAR.songs(ran.out + ran.err) == []
    if command == ("letters", "show", "1"):
        assert "in take_update" in ran.out, "the place of the failure is shown"
    if command == ("doctor",):
        assert "database:" in ran.out
