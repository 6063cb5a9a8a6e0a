"""Each invariant is seen to fail: what must not happen is done behind the course's back, and that one says it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.queries import actors
from models.session import Session
from services import households, outbox
from services.audit import Broken
from services.messages import Message
from services.notices import problems as problem_notices
from services.supervision.exceptions import Section
from tests.properties import invariants
from tests.properties.course import Course
from tests.properties.invariants import IN_TURN
from tests.properties.machine import AnyCourse, machine_in
from tests.properties.world import NewPlace

CADRE, OTHER_CADRE, SUPERVISOR, VILLAGE_SUPERVISOR, MEMBER = 101, 102, 201, 202, 401

on_sqlite = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)  # where the database makes no difference


@pytest.fixture
def course(new_place: NewPlace, tmp_path: Path) -> Iterator[AnyCourse]:
    """The town on its first morning; nothing has happened yet."""
    course = machine_in(new_place, tmp_path)()
    Course.begin(course)
    assert broken(course) == set()
    yield course
    course.world.close()


def broken(course: AnyCourse) -> set[str]:
    """The names of the invariants that fail now; some look at one part after the other."""
    names = set()
    for one in course.invariants * IN_TURN:
        try:
            one.function(course)
        except AssertionError:
            names.add(one.function.__name__)
    return names


def behind_its_back(course: AnyCourse, *statements: str) -> None:
    with course.world.database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_a_second_primary_cadre_is_seen(course: AnyCourse) -> None:
    behind_its_back(
        course,
        "DROP INDEX uq_pairings_one_active_primary",
        "INSERT INTO pairings (household_id, cadre_id, kind, started_on) SELECT h.id, p.id, 'primary', '2026-03-01'"
        " FROM households h, persons p WHERE h.code = 'H001' AND p.telegram_user_id = 102",
    )
    assert broken(course) == {"each_household_has_at_most_one_primary_cadre"}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE visits SET method = 'phone'",
        "UPDATE visits SET visited_on = '2026-03-01'",
        "UPDATE visit_corrections SET method = 'phone'",
        "DELETE FROM visit_corrections",
    ],
)
def test_a_visit_that_changes_without_its_history_is_seen(course: AnyCourse, change: str) -> None:
    assert course._corrects(CADRE, "H001")
    assert broken(course) == set()
    behind_its_back(course, change)
    assert broken(course) == {"a_visit_changes_only_with_its_history"}


@on_sqlite
def test_a_visit_that_is_gone_is_seen(course: AnyCourse) -> None:
    course.logs_a_visit(CADRE, "H001")
    assert broken(course) == set()
    behind_its_back(course, "DELETE FROM visits")
    assert broken(course) == {"a_visit_changes_only_with_its_history"}


@on_sqlite
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM inbox WHERE id = (SELECT max(id) FROM inbox)",
        "UPDATE inbox SET state = 'waiting' WHERE id = (SELECT max(id) FROM inbox)",
        "UPDATE inbox SET state = 'dead' WHERE id = (SELECT max(id) FROM inbox)",
        "DELETE FROM notes WHERE name LIKE 'seen-%'",  # marked as done, and nobody did anything
        "INSERT INTO notes (name, value, written_at) SELECT 'seen-again', value, written_at FROM notes"
        " WHERE name LIKE 'seen-%'",
    ],
)
def test_an_update_that_is_lost_or_done_twice_is_seen(course: AnyCourse, change: str) -> None:
    course.says_anything(CADRE, "/today")
    assert broken(course) == set()
    behind_its_back(course, change)
    assert broken(course) == {"every_update_is_done_exactly_once"}


@on_sqlite
@pytest.mark.parametrize("state", ["sent", "cancelled", "failed", "waiting"])
def test_an_answer_that_never_left_is_seen(course: AnyCourse, state: str) -> None:
    def act(session: Session) -> None:
        number = outbox.reply(session, course.world.office, CADRE, Message("好的"), person_id=None)
        session.execute(text(f"UPDATE outbox SET state = '{state}' WHERE id = {number}"))

    course.world.run(course.world.backroom.run(act))
    assert broken(course) == {"every_answer_has_left_or_had_a_reason_not_to"}


@on_sqlite
def test_a_household_missing_from_a_digest_is_seen(course: AnyCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    find = invariants.find

    def forgetful(*asked: Any) -> Any:
        found = find(*asked)
        assert found.lists[Section.OVERDUE], "there must be something to forget"
        return replace(found, lists={**found.lists, Section.OVERDUE: found.lists[Section.OVERDUE][1:]})

    monkeypatch.setattr(invariants, "find", forgetful)
    assert broken(course) == {"digests_say_what_plain_sql_counts"}


@on_sqlite
@pytest.mark.parametrize("list_", ["mine", "search"])
def test_a_household_missing_from_a_list_is_seen(
    course: AnyCourse, monkeypatch: pytest.MonkeyPatch, list_: str
) -> None:
    whole = getattr(households, list_)
    monkeypatch.setattr(households, list_, lambda *asked: list(whole(*asked))[1:])
    assert broken(course) == {"lists_and_finds_are_what_the_pairings_and_roles_say"}


@on_sqlite
def test_words_shown_to_who_may_not_read_them_are_seen(course: AnyCourse) -> None:
    course.logs_a_visit(CADRE, "H001")
    (tag,) = course.typed[CADRE]
    course._seen(CADRE, Message(f"走访记录：{tag}"))
    course._seen(SUPERVISOR, Message(f"走访记录：{tag}"))
    assert broken(course) == set()
    course._seen(OTHER_CADRE, Message(f"走访记录：{tag}"))
    assert broken(course) == {"nobody_reads_what_is_not_theirs"}


@on_sqlite
def test_a_gap_in_the_numbers_of_problems_is_seen(course: AnyCourse) -> None:
    course.reports_a_problem(MEMBER, "饮水")
    course.reports_a_problem(MEMBER, "道路")
    assert broken(course) == set()
    behind_its_back(course, "UPDATE problems SET number = 'P-2026-000009' WHERE number = 'P-2026-000002'")
    assert broken(course) == {"problems_are_numbered_without_gaps"}


@pytest.mark.parametrize("loss", ["revoked", "given away"])
@pytest.mark.parametrize("is_checked", [True, False], ids=["checked", "unchecked"])
def test_a_notice_that_outlives_its_right_is_seen(
    course: AnyCourse, monkeypatch: pytest.MonkeyPatch, loss: str, is_checked: bool
) -> None:
    """Queued at night for whoever is in charge, and by the morning they aren't any more."""
    if loss == "revoked":
        course.a_household_is_given_to_another("H001", None)
    in_charge = VILLAGE_SUPERVISOR if loss == "revoked" else CADRE
    course.world.night_falls()
    course.reports_a_problem(MEMBER, "饮水")
    with course.world.database.reading() as session:
        waiting = "SELECT chat_id FROM outbox WHERE kind = 'problems.reported' AND state = 'waiting'"
        assert session.execute(text(waiting)).scalars().all() == [in_charge]
    if loss == "revoked":
        course.a_role_is_revoked(VILLAGE_SUPERVISOR)
    else:
        course.a_household_is_given_to_another("H001", OTHER_CADRE)
    if not is_checked:
        monkeypatch.setattr(problem_notices, "_facts", with_the_eyes_of_a_supervisor(problem_notices._facts))
    course.world.next_day(hour=8)
    assert broken(course) == (set() if is_checked else {"nobody_reads_what_is_not_theirs"})


def with_the_eyes_of_a_supervisor(facts: Any) -> Any:
    """Notices no longer ask whether their reader may still read them."""

    def unasked(session: Session, _reader: object, params: dict[str, Any]) -> Any:
        return facts(session, actors.actor_by_telegram_id(session, SUPERVISOR, language="zh_CN"), params)

    return unasked


# --- at the end


@pytest.fixture
def ended(new_place: NewPlace, tmp_path: Path) -> Iterator[AnyCourse]:
    """A course with corrected visits, about to be examined."""
    course = machine_in(new_place, tmp_path)()
    course.begin()
    yield course
    course.world.close()


@on_sqlite
def test_what_is_whole_is_found_whole(ended: AnyCourse) -> None:
    ended.teardown()


def test_a_changed_entry_of_the_audit_is_seen(ended: AnyCourse) -> None:
    is_sqlite = ended.world.database.is_sqlite
    behind_its_back(
        ended,
        "DROP TRIGGER audit_entries_keep_changed" if is_sqlite else "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "UPDATE audit_entries SET act = 'household_read' WHERE position = 1",
    )
    with pytest.raises(Broken, match="changed"):
        ended.teardown()


@on_sqlite
def test_an_audit_without_the_corrections_is_seen(ended: AnyCourse) -> None:
    is_sqlite = ended.world.database.is_sqlite
    behind_its_back(
        ended,
        "DROP TRIGGER audit_entries_keep_removed" if is_sqlite else "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "DELETE FROM audit_entries",
    )
    with pytest.raises(AssertionError, match="the corrections"):
        ended.teardown()


@on_sqlite
def test_a_row_that_hangs_in_the_air_is_seen(ended: AnyCourse) -> None:
    with ended.world.database.schema_change() as connection:  # no foreign keys meanwhile
        connection.execute(text("UPDATE pairings SET cadre_id = 999999"))
    with pytest.raises(AssertionError, match="pairings"):
        ended.teardown()


@on_sqlite
@pytest.mark.parametrize("index", ["ix_pairings_cadre_id", "ix_inbox_waiting"])
def test_a_damaged_page_is_seen(ended: AnyCourse, index: str) -> None:
    database = ended.world.database
    with database.engine.connect() as connection:
        page = connection.execute(
            text("SELECT rootpage FROM sqlite_master WHERE name = :index"), {"index": index}
        ).scalar_one()
        size = connection.execute(text("PRAGMA page_size")).scalar_one()
    database.dispose()  # the last one to leave writes everything into the one file
    assert database.file is not None
    with database.file.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))
    with pytest.raises(AssertionError, match="malformed"):
        ended.teardown()
