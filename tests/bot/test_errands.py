"""Errands end in a file, a letter or a plain word, and never in somebody else's hands."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from telegram.error import BadRequest, NetworkError

from bot.backroom import BackRoom
from bot.errands import Errands
from bot.outcomes import Outcome, Refused, Sent, TryLater
from models.audit import AuditEntry
from models.people import RoleGrant
from models.post import InboxLetter
from models.session import Database
from services import audit
from services.outbox import Parcel
from tests.town import Town, build_town, make_office

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples"


@dataclass
class RecordingSender:
    """Keeps the files it is given; `fetch` answers from `files` or fails as the network does."""

    files: dict[str, bytes] = field(default_factory=dict)
    sent: list[tuple[int, bytes, str]] = field(default_factory=list)

    async def send_document(self, chat_id: int, content: bytes, file_name: str, _caption: str) -> Outcome:
        self.sent.append((chat_id, content, file_name))
        return Sent(1)

    async def fetch(self, file_id: str) -> bytes:
        if file_id not in self.files:
            raise NetworkError("away")
        return self.files[file_id]


@dataclass
class Running:
    database: Database
    backroom: BackRoom
    sender: RecordingSender
    errands: Errands
    town: Town

    async def run(self, name: str, chat: int, **body: Any) -> Outcome:
        return await self.errands.run(Parcel(1, chat, "person", f"errand.{name}", body))

    def letter(self) -> dict[str, Any]:
        with self.database.reading() as session:
            letter: dict[str, Any] = json.loads(session.scalars(select(InboxLetter.body)).one())["lianxin"]
            return letter

    def revoke_everything(self) -> None:
        with self.database.transaction() as session:
            for grant in session.scalars(select(RoleGrant)):
                grant.revoked_at = grant.granted_at


@pytest.fixture
def running(database: Database) -> Iterator[Running]:
    with database.transaction() as session:
        town = build_town(session)
    backroom, sender = BackRoom(database), RecordingSender()
    yield Running(database, backroom, sender, Errands(backroom, sender, make_office()), town)  # type: ignore[arg-type]  # a fake
    backroom.close()


async def test_a_ledger_goes_to_the_supervisor_who_asked(running: Running) -> None:
    assert await running.run("export", 201, unit_id=running.town.town.id) == Sent(1)
    ((chat, content, name),) = running.sender.sent
    assert chat == 201
    assert content.startswith(b"PK")
    assert name.endswith(".xlsx")


async def test_a_ledger_asked_for_before_the_role_was_revoked_does_not_leave(running: Running) -> None:
    running.revoke_everything()
    assert isinstance(await running.run("export", 201, unit_id=running.town.town.id), Refused)
    assert running.sender.sent == []


async def test_cards_are_printed_for_the_reader_only(running: Running) -> None:
    own, foreign = running.town.households["H001"].id, running.town.households["H003"].id
    assert await running.run("cards", 101, household_ids=[own]) == Sent(1)
    assert running.sender.sent[0][1].startswith(b"%PDF")
    assert isinstance(await running.run("cards", 101, household_ids=[foreign]), Refused)
    running.revoke_everything()
    assert isinstance(await running.run("cards", 101, household_ids=[own]), Refused)
    assert len(running.sender.sent) == 1


async def test_a_checked_roster_comes_back_as_a_letter(running: Running) -> None:
    running.sender.files["f"] = (SAMPLE / "roster.xlsx").read_bytes()
    assert await running.run("check_roster", 301, file_ids=["f"], names=["roster.xlsx"]) == Sent()
    letter = running.letter()
    assert letter["kind"] == "administration.roster_checked"
    assert len(letter["checked"]["roster"]["households"]) == 399


async def test_an_unreadable_file_comes_back_as_a_refusal_in_words(running: Running) -> None:
    running.sender.files["f"] = b"not a workbook"
    assert await running.run("check_roster", 301, file_ids=["f"], names=["roster.xlsx"]) == Sent()
    assert running.letter()["refused"].startswith("roster.refused.")


async def test_an_errand_waits_while_the_network_is_away(running: Running) -> None:
    assert isinstance(await running.run("check_roster", 301, file_ids=["gone"], names=["x.xlsx"]), TryLater)


async def test_a_file_that_telegram_no_longer_gives_is_not_asked_for_again(running: Running) -> None:
    async def refuses(_file_id: str) -> bytes:
        raise BadRequest("file is too big")

    running.sender.fetch = refuses  # type: ignore[method-assign]  # as Telegram does with more than 20 MB
    assert isinstance(await running.run("check_roster", 301, file_ids=["f"], names=["x.xlsx"]), Refused)


async def test_an_unknown_errand_is_refused(running: Running) -> None:
    assert isinstance(await running.run("dance", 301), Refused)


def recorded(running: Running) -> list[tuple[int | None, str, str, int | None]]:
    with running.database.reading() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.position))
        return [(one.person_id, one.act, one.about, one.object_id) for one in rows]


async def test_files_that_leave_are_recorded_and_those_refused_are_not(running: Running) -> None:
    town = running.town
    own, foreign = town.households["H001"].id, town.households["H003"].id
    await running.run("export", 201, unit_id=town.town.id)
    await running.run("cards", 101, household_ids=[own])
    await running.run("cards", 101, household_ids=[foreign])
    assert await running.run("cards", 301, unit_path=town.west.path) == Sent(1)
    assert recorded(running) == [
        (town.supervisor.id, "ledger_exported", "unit", town.town.id),
        (town.cadre.id, "cards_exported", "household", own),
        (town.admin.id, "cards_exported", "unit", town.west.id),
    ]


async def test_what_cannot_be_recorded_does_not_leave(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_facts: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(audit, "record", full)
    with pytest.raises(OSError, match="no space"):
        await running.run("export", 201, unit_id=running.town.town.id)
    assert running.sender.sent == []
