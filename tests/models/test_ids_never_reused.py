"""What was deleted keeps its id to itself: a button, a key or the audit never means the next one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import delete, func, select, text

from models import migrating, notice
from models.audit import AuditEntry
from models.base import Base
from models.people import Invitation, Person
from models.post import Draft, InboxLetter, OutboxMessage
from models.queries import actors
from models.session import Database, Session
from models.supervision import RosterCheck
from models.visits import Attachment, Visit
from services import audit, wrong_tries
from services.office import Office
from services.roster import checks
from services.rules.roster.values import CheckedRoster, HouseholdRow, Roster
from tests.keys import KEYRING
from tests.phone import Phone
from tests.test_deleted_rows import never_reused
from tests.town import MONDAY_MORNING, Town, build_town, make_office

BEFORE = "0012"
GONE = 900  # an id that only the audit still names
INVITATION = """
INSERT INTO invitations (id, token_hash, role, unit_id, created_at, expires_at)
VALUES (1, 'hash', 'cadre', :unit, '2026-03-02 01:00:00+00:00', '2026-03-05 01:00:00+00:00')
"""
VISIT = {
    "method": "home",
    "condition": "steady",
    "visited_on": MONDAY_MORNING.date(),
    "recorded_at": MONDAY_MORNING,
    "solved_on_spot": False,
}


def test_who_declines_is_named_by_the_audit_and_nobody_else_after_them(
    session: Session, office: Office, town: Town
) -> None:
    card, ids = f"/start h{town.households['H004'].card_code}", []
    for account in (7001, 7002):
        Phone(session, office, account).says(card)
        ids.append(session.scalar(select(Person.id).where(Person.telegram_user_id == account)))
        Phone(session, office, account).presses(f"onboarding.decline:{notice.VERSION}")
    assert session.scalar(select(func.count()).where(Person.id.in_(ids))) == 0
    declined = session.scalars(select(AuditEntry.object_id).where(AuditEntry.act == "consent_declined"))
    assert sorted(declined) == ids
    assert len(set(ids)) == 2


def test_the_button_of_a_roster_that_was_swept_applies_no_other(session: Session, office: Office, town: Town) -> None:
    admin = actors.actor_by_telegram_id(session, 301, language="zh_CN")
    assert admin is not None
    swept = checks.keep_check(session, office, admin, checked("旧户主")).id
    session.execute(delete(RosterCheck))
    newer = checks.keep_check(session, office, admin, checked("新户主")).id
    assert newer != swept
    Phone(session, office, 301).presses(f"administration.apply:{swept}")
    session.expire_all()
    assert town.households["H001"].head == "张大山"


def checked(head: str) -> CheckedRoster:
    return CheckedRoster(Roster(households=(HouseholdRow("农户", 2, "H001", head, "G1"),)))


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Database]:
    """A SQLite file of the version before, with a town in it from which somebody has gone."""
    database = Database(f"sqlite:///{tmp_path / 'lianxin.db'}", KEYRING)
    with database.schema_change() as connection:
        config = migrating._config()
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    yield database
    database.dispose()


def fill(database: Database) -> None:
    """A row at least in each table that is made anew; the newest person and invitation are known to the audit alone."""
    with database.transaction() as session:
        office, town = make_office(), build_town(session)
        admin = actors.actor_by_telegram_id(session, 301, language="zh_CN")
        assert admin is not None
        session.execute(text(INVITATION), {"unit": town.east.id})
        audit.record(session, office, admin, "invitation_made", "invitation", 1, role="cadre", unit=town.east.id)
        checks.keep_check(session, office, admin, checked("新户主"))
        wrong_tries.record(session, office, 7001)
        visit = Visit(household_id=town.households["H001"].id, cadre_id=town.cadre.id, **VISIT)
        session.add(visit)
        session.flush()
        session.add(Attachment(visit_id=visit.id, kind="photo", file_id="F"))
        audit.record(session, office, None, "consent_declined", "person", GONE, version=notice.VERSION)
        audit.record(session, office, None, "invitation_made", "invitation", GONE, role="cadre", unit=town.east.id)


def test_the_migration_keeps_every_row_and_no_id_is_given_out_again(older: Database, sqlite_template: Path) -> None:
    fill(older)
    assert older.file is not None
    columns = columns_of(older.file)
    rows = all_rows(older.file, columns)
    assert all(rows[model.__tablename__] for model in never_reused() - {Draft, InboxLetter, OutboxMessage})
    assert migrating.migrate(older) is True
    assert all_rows(older.file, columns) == rows
    assert schema(older.file) == schema(sqlite_template), "triggers, indices and constraints too"
    with closing(sqlite3.connect(older.file)) as file:
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        starts = dict(file.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    assert starts["persons"] == starts["invitations"] == GONE
    assert starts["memberships"] == max(row[0] for row in rows["memberships"])
    with older.transaction() as session:
        newcomer = Person(name="新人", created_at=make_office().now())
        session.add(newcomer)
        session.flush()
        assert newcomer.id == GONE + 1


def test_an_open_invitation_is_whose_the_audit_says(older: Database) -> None:
    fill(older)
    migrating.migrate(older)
    with older.reading() as session:
        inviter = session.scalars(select(Invitation.invited_by_id)).one()
        assert session.get_one(Person, inviter).telegram_user_id == 301


def test_exactly_the_tables_of_the_models_number_their_rows_for_good(sqlite_template: Path) -> None:
    found = {name for name, lines in schema(sqlite_template).items() if "AUTOINCREMENT" in " ".join(lines)}
    assert found == {model.__tablename__ for model in never_reused()}


def columns_of(file: Path) -> dict[str, list[str]]:
    """Of every table of ours, the id first."""
    with closing(sqlite3.connect(file)) as connection:
        found = {
            name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            for name, table in Base.metadata.tables.items()
            if "id" in table.columns
        }
    return {name: ["id", *sorted(set(columns) - {"id"})] for name, columns in found.items()}


def all_rows(file: Path, columns: dict[str, list[str]]) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as connection:
        return {
            name: connection.execute(f"SELECT {', '.join(names)} FROM {name} ORDER BY id").fetchall()
            for name, names in columns.items()
        }


def schema(file: Path) -> dict[str, list[str]]:
    """Of every object the lines that define it, in whatever order they stand."""
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: sorted(line.strip(" \t,") for line in sql.splitlines()) for name, sql in found}
