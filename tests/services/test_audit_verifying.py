"""Whoever tampers with the audit's rows, with the triggers out of the way: the first wrong entry is named."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from sqlalchemy import text

from models.audit import AuditEntry
from models.audit_chain import BEFORE_THE_FIRST
from models.queries import audit as entries
from models.session import Group, Session
from services import audit
from services.audit import Broken, End
from services.audit.verifying import Fault
from tests.town import FrozenClock, make_office

ENTRIES = 7
BAD = 4  # the place that is tampered with

# What an attacker writes into one column of one row, as SQL. On the left of | for SQLite where they differ.
FORGED = {
    "id": "-99",
    "position": "99",
    "at": "'2026-03-02 01:00:01.000000'",
    "person_id": "7",
    "act": "'card_read'",
    "about": "'household'",
    "object_id": "5",
    "facts": """'{"by": "clock"}'""",
    "previous_hash": f"'{'0' * 64}'",
    "hash": f"'{'f' * 64}'",
}


@pytest.fixture
def chained(session: Session) -> Session:
    write(session, range(1, ENTRIES + 1))
    return session


def write(session: Session, numbers: Iterable[int]) -> None:
    """A group of its own, up to what comes before its commit: the whole test is one transaction, rolled back."""
    clock, group = FrozenClock(), Group(session.connection(), "a test")
    for number in numbers:
        with group.member() as member:
            audit.record(member, make_office(clock), None, "backed_up", "database", number, by="operator")
        clock.forward(seconds=1)
    group.conclude()


@pytest.fixture
def ids(chained: Session) -> list[int]:
    return list(chained.scalars(text("SELECT id FROM audit_entries ORDER BY position")))


def tamper(session: Session, *statements: str) -> None:
    """As somebody who has the file, or owns the table: no triggers, no constraints."""
    disarm(session, is_sqlite=session.get_bind().dialect.name == "sqlite")
    for statement in statements:
        session.execute(text(statement))


def disarm(session: Session, *, is_sqlite: bool) -> None:
    if not is_sqlite:
        session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))
        for name in ("ck_audit_entries_position", "ck_audit_entries_previous", "uq_audit_entries_position"):
            session.execute(text(f"ALTER TABLE audit_entries DROP CONSTRAINT {name}"))
        for column in ("at", "act", "about", "facts"):
            session.execute(text(f"ALTER TABLE audit_entries ALTER {column} DROP NOT NULL"))
        return
    rows = [dict(row) for row in session.execute(text("SELECT * FROM audit_entries")).mappings()]
    session.execute(text("DROP TABLE audit_entries"))
    names = ", ".join(FORGED)
    session.execute(text(f"CREATE TABLE audit_entries ({names})"))
    session.execute(text(f"INSERT INTO audit_entries ({names}) VALUES (:{names.replace(', ', ', :')})"), rows)


def verdict(session: Session, expected: End | None = None) -> End | tuple[Fault, int, int | None]:
    try:
        return audit.verify(session, expected)
    except Broken as broken:
        return broken.fault, broken.position, broken.entry_id


def end_of(session: Session) -> End:
    end = verdict(session)
    assert isinstance(end, End)
    return end


def test_a_chain_nobody_touched_is_whole(chained: Session) -> None:
    end = end_of(chained)
    assert end.position == ENTRIES
    assert verdict(chained, end) == end


def test_an_empty_chain_is_whole(session: Session) -> None:
    assert end_of(session) == End(0, BEFORE_THE_FIRST)


def test_an_earlier_end_is_still_on_the_way_when_the_chain_has_grown(chained: Session) -> None:
    earlier = end_of(chained)
    write(chained, [8])
    assert verdict(chained, earlier) == end_of(chained) != earlier


def test_every_column_is_tried() -> None:
    assert FORGED.keys() == {column.name for column in AuditEntry.__table__.columns}


@pytest.mark.parametrize("column", FORGED)
def test_one_changed_value_is_named(chained: Session, ids: list[int], column: str) -> None:
    tamper(chained, f"UPDATE audit_entries SET {column} = {FORGED[column]} WHERE position = {BAD}")
    fault = Fault.OUT_OF_ORDER if column == "position" else Fault.CHANGED
    assert verdict(chained) == (fault, BAD, -99 if column == "id" else ids[BAD - 1])


@pytest.mark.parametrize("column", sorted(FORGED.keys() - {"id", "person_id"}))
def test_a_value_that_is_gone_is_named(chained: Session, ids: list[int], column: str) -> None:
    tamper(chained, f"UPDATE audit_entries SET {column} = NULL WHERE position = {BAD}")
    fault = Fault.OUT_OF_ORDER if column == "position" else Fault.CHANGED
    assert verdict(chained) == (fault, BAD, ids[BAD - 1])


@pytest.mark.parametrize("column", sorted(FORGED.keys() - {"id"}))
def test_a_value_that_cannot_even_be_read_is_named(chained: Session, ids: list[int], column: str) -> None:
    """SQLite takes anything in any column."""
    if chained.get_bind().dialect.name != "sqlite":
        return
    tamper(chained, f"UPDATE audit_entries SET {column} = 'garbage' WHERE position = {BAD}")
    fault = Fault.OUT_OF_ORDER if column == "position" else Fault.CHANGED
    assert verdict(chained) == (fault, BAD, ids[BAD - 1])


def test_one_removed_from_the_middle_is_named(chained: Session) -> None:
    tamper(chained, f"DELETE FROM audit_entries WHERE position = {BAD}")
    assert verdict(chained) == (Fault.MISSING, BAD, None)


def test_one_removed_and_the_others_moved_up_is_named(chained: Session, ids: list[int]) -> None:
    tamper(
        chained,
        f"DELETE FROM audit_entries WHERE position = {BAD}",
        f"UPDATE audit_entries SET position = position - 1 WHERE position > {BAD}",
    )
    assert verdict(chained) == (Fault.CHANGED, BAD, ids[BAD])


def test_the_first_removed_is_named(chained: Session) -> None:
    tamper(chained, "DELETE FROM audit_entries WHERE position = 1")
    assert verdict(chained) == (Fault.MISSING, 1, None)


def test_two_that_changed_places_are_named(chained: Session, ids: list[int]) -> None:
    tamper(
        chained,
        f"UPDATE audit_entries SET position = 0 WHERE position = {BAD}",
        f"UPDATE audit_entries SET position = {BAD} WHERE position = {BAD + 2}",
        f"UPDATE audit_entries SET position = {BAD + 2} WHERE position = 0",
    )
    assert verdict(chained) == (Fault.OUT_OF_ORDER, BAD, ids[BAD - 1])


def test_a_cut_off_tail_is_found_by_what_was_written_down(chained: Session) -> None:
    written_down = end_of(chained)
    tamper(chained, f"DELETE FROM audit_entries WHERE position > {BAD}")
    assert end_of(chained).position == BAD, "nothing inside the chain tells"
    assert verdict(chained, written_down) == (Fault.CUT_OFF, BAD + 1, None)


def test_a_chain_written_anew_is_found_by_what_was_written_down(chained: Session, ids: list[int]) -> None:
    written_down = replace(end_of(chained), hash="a" * 64)
    assert verdict(chained, written_down) == (Fault.REWRITTEN, ENTRIES, ids[-1])


def forged(entry_id: int, position: str, previous: str, hash_: str) -> str:
    return (
        f"INSERT INTO audit_entries ({', '.join(FORGED)}) VALUES ({entry_id}, {position}, "
        f"'2026-03-02 01:00:01.000000', NULL, 'backed_up', 'database', 1, '{{}}', {previous}, {hash_})"
    )


@pytest.mark.parametrize("entry_id", [-1, 10_000_000], ids=["before", "behind"])
def test_a_forged_one_in_an_occupied_place_is_named(chained: Session, entry_id: int) -> None:
    tamper(chained, forged(entry_id, str(BAD), f"'{'0' * 64}'", f"'{'f' * 64}'"))
    assert verdict(chained) == (Fault.INSERTED, BAD, entry_id)


def test_a_forged_one_at_the_end_is_named(chained: Session) -> None:
    tamper(chained, forged(99, str(ENTRIES + 1), f"'{end_of(chained).hash}'", f"'{'f' * 64}'"))
    assert verdict(chained) == (Fault.CHANGED, ENTRIES + 1, 99)


def test_one_put_in_beside_the_chain_is_named_and_never_taken_into_it(chained: Session) -> None:
    """Without a place the database takes it, but no later commit gives it one."""
    chained.execute(text(forged(99, "NULL", "NULL", "NULL")))
    write(chained, [8])
    assert verdict(chained) == (Fault.INSERTED, ENTRIES + 2, 99)


@pytest.mark.parametrize("at_once", [1, 3, ENTRIES])
def test_a_long_chain_is_walked_a_page_at_a_time(
    chained: Session, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(entries, "AT_ONCE", at_once)
    assert end_of(chained).position == ENTRIES
    tamper(chained, f"UPDATE audit_entries SET at = {FORGED['at']} WHERE position = {ENTRIES}")
    assert verdict(chained)[:2] == (Fault.CHANGED, ENTRIES)


@pytest.mark.parametrize("most", [1, 3, ENTRIES, 100])
def test_the_newest_are_looked_at_alone(chained: Session, most: int) -> None:
    end = end_of(chained)
    assert audit.verify_newest(chained, most) == end
    tamper(chained, f"UPDATE audit_entries SET at = {FORGED['at']} WHERE position = {BAD}")
    if most <= ENTRIES - BAD:
        assert audit.verify_newest(chained, most) == end
    else:
        with pytest.raises(Broken, match="changed"):
            audit.verify_newest(chained, most)
