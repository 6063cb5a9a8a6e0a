"""What is sealed opens in its own place only, whoever asks, and nothing plain reaches a sealed column."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import JSON, String, insert, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import aliased

from models.envelope import BadSeal
from models.households import Household
from models.keyring import UnknownKey
from models.people import Person
from models.post import Draft, InboxLetter, OutboxMessage
from models.queries import inbox, outbox
from models.schema import Base
from models.sealed import SealedText, Unsealed
from models.session import Session
from models.visits import Visit
from tests.keys import KEY_ID
from tests.seals import stored
from tests.town import Town, build_town

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PHONE, SAID = "13912345678", "屋顶漏雨，\0 老人 \ud83d 没地方住"

# Text that stays readable, and why.
READABLE = {
    "units.path": "ids",
    "units.name": "names of units stay readable, for search",
    "persons.name": "names of people stay readable, for search",
    "persons.post": "an office, searched for the village secretary",
    "persons.unreachable_reason": "Telegram's own words",
    "households.head": "names of people stay readable, for search",
    "digests.findings": "ids and numbers",
    "audit_entries.facts": "ids, codes and numbers",
    "processes.signs": "signs of life of a process: moments and numbers",
    "notes.value": "what the process remembers: an offset, a name of the bot, a moment",
}


@pytest.fixture
def town(session: Session) -> Town:
    return build_town(session)


def test_every_column_of_free_text_is_sealed_or_named_with_a_reason() -> None:
    readable = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, JSON) or (isinstance(column.type, String) and (column.type.length or 999) > 160)
    }
    assert readable == READABLE.keys()


def test_a_seal_names_the_column_it_is_in() -> None:
    columns = [c for table in Base.metadata.sorted_tables for c in table.columns if isinstance(c.type, SealedText)]
    assert len(columns) > 15
    assert [f"{c.table.name}.{c.name}" for c in columns] == [c.type.place for c in columns]


def test_an_object_is_sealed_in_the_database_and_plain_in_python(session: Session, town: Town) -> None:
    home = town.households["H001"]
    home.phone, home.notes = PHONE, SAID
    visit = Visit(
        household_id=home.id,
        cadre_id=town.cadre.id,
        method="home",
        condition="steady",
        said=SAID,
        latitude=30.25,
        visited_on=NOW.date(),
        recorded_at=NOW,
    )
    session.add(visit)
    session.flush()
    assert (home.phone, home.notes, visit.said, visit.latitude) == (PHONE, SAID, SAID, 30.25)
    assert stored(session, "households.phone", home.id).startswith(f"lx1.{KEY_ID}.")
    assert stored(session, "visits.said", visit.id).startswith("lx1.")
    assert stored(session, "visits.latitude", visit.id).startswith("lx1.")
    session.expire_all()
    assert (home.phone, visit.latitude, visit.longitude) == (PHONE, 30.25, None)
    assert visit.said == "屋顶漏雨，\0 老人 \\ud83d 没地方住", "half a surrogate pair is spelled out"
    assert session.scalars(
        select(Household.phone).where(Household.phone.is_not(None), Household.code == "H001")
    ).all() == [PHONE]
    other = aliased(Household)
    assert session.execute(select(other.notes, other.id).where(other.id == home.id)).one() == (home.notes, home.id)


def test_what_is_null_stays_null_and_what_is_empty_stays_empty(session: Session, town: Town) -> None:
    home = town.households["H001"]
    home.phone, home.notes = None, ""
    session.flush()
    session.expire_all()
    assert (home.phone, home.notes) == (None, "")
    assert (stored(session, "households.phone", home.id), stored(session, "households.notes", home.id)) == ("None", "")


def test_the_post_is_sealed_too(session: Session) -> None:
    inbox.store_updates(session, [(7, 5, '{"text": "one"}'), (8, 5, '{"text": "two"}')], now=NOW)
    letters = session.scalars(select(InboxLetter).order_by(InboxLetter.id)).all()
    inbox.postpone(session, letters[0].id, until=NOW, error="Traceback: one")
    sent = outbox.add(
        session, chat_id=5, kind="send", body={"text": "三"}, lane="bulk", speech="answer", created_at=NOW,
        state="waiting", attempts=0, unknown_outcomes=0,
    )  # fmt: skip
    outbox.cancel_open(session, 5, reason="blocked", at=NOW)
    session.expire_all()
    assert [letter.body for letter in letters] == ['{"text": "one"}', '{"text": "two"}']
    assert letters[0].error == "Traceback: one"
    message = session.get_one(OutboxMessage, sent)
    assert (message.body, message.state, message.error) == ({"text": "三"}, "cancelled", "blocked")
    for column, row_id in (
        ("inbox.body", letters[0].id),
        ("inbox.error", letters[0].id),
        ("outbox.body", sent),
        ("outbox.error", sent),
    ):
        assert stored(session, column, row_id).startswith("lx1."), column


def test_new_rows_are_numbered_as_the_database_would(session: Session, town: Town) -> None:
    person = Person(name="甲", phone=PHONE, created_at=NOW)
    session.add(person)
    session.flush()
    native = insert(Person).values(name="乙", created_at=NOW).returning(Person.id)
    assert session.scalar(native) == person.id + 1


def test_a_deleted_draft_never_gives_its_number_to_the_next(session: Session, town: Town) -> None:
    def draft() -> Draft:
        one = Draft(person_id=town.cadre.id, journey="visits", data={"said": SAID}, updated_at=NOW)
        session.add(one)
        session.flush()
        return one

    first = draft()
    session.delete(first)
    session.flush()
    assert draft().id > first.id


MOVES: dict[str, Callable[[Session, Town], None]] = {
    "another row": lambda session, town: session.execute(
        text("UPDATE households SET phone = (SELECT phone FROM households WHERE code = 'H002') WHERE code = 'H001'")
    ),
    "another column": lambda session, town: session.execute(
        text("UPDATE households SET phone = address WHERE code = 'H001'")
    ),
    "a plain value": lambda session, town: session.execute(
        text("UPDATE households SET phone = '13800000000' WHERE code = 'H001'")
    ),
}


@pytest.mark.parametrize("move", MOVES)
def test_what_was_moved_is_refused(session: Session, town: Town, move: str) -> None:
    home_id = town.households["H001"].id
    for code in ("H001", "H002"):
        town.households[code].phone, town.households[code].address = PHONE, "云溪镇一组 1 号"
    session.flush()
    session.expire_all()
    MOVES[move](session, town)
    with pytest.raises(BadSeal, match=rf"^households\.phone of row {home_id}$"):
        session.execute(select(Household.phone).where(Household.code == "H001")).one()


def test_one_changed_byte_is_refused_wherever_it_is(session: Session, town: Town) -> None:
    home = town.households["H001"]
    home.phone = PHONE
    session.flush()
    whole = stored(session, "households.phone", home.id)
    for at in (len(f"lx1.{KEY_ID}."), len(whole) // 2, len(whole) - 4):
        changed = whole[:at] + ("A" if whole[at] != "A" else "B") + whole[at + 1 :]
        session.execute(text("UPDATE households SET phone = :it WHERE id = :id"), {"it": changed, "id": home.id})
        with pytest.raises(BadSeal):
            session.scalar(select(Household.phone).where(Household.id == home.id))


def test_an_unknown_key_is_named(session: Session, town: Town) -> None:
    home = town.households["H001"]
    home.phone = PHONE
    session.flush()
    foreign = stored(session, "households.phone", home.id).replace(KEY_ID, "0badc0de")
    session.execute(text("UPDATE households SET phone = :it WHERE id = :id"), {"it": foreign, "id": home.id})
    with pytest.raises(UnknownKey) as refused:
        session.scalar(select(Household.phone).where(Household.id == home.id))
    assert refused.value.key_id == "0badc0de"


def test_a_plain_value_is_refused_and_not_shown(session: Session, town: Town) -> None:
    with pytest.raises(StatementError) as refused:
        session.execute(update(Household).where(Household.code == "H001").values(phone=PHONE))
    assert isinstance(refused.value.orig, Unsealed)
    assert PHONE not in str(refused.value)
    with pytest.raises(StatementError):
        session.execute(select(Household.id).where(Household.phone == PHONE))


def test_a_failed_statement_does_not_show_what_it_was_to_write(session: Session) -> None:
    with pytest.raises(DBAPIError) as refused, session.begin_nested():
        session.execute(text("UPDATE nowhere SET phone = :phone"), {"phone": PHONE})
    assert "nowhere" in str(refused.value)
    assert PHONE not in str(refused.value)


def test_the_same_text_never_looks_the_same(session: Session, town: Town) -> None:
    homes = [town.households[code] for code in ("H001", "H002")]
    for home in homes:
        home.phone = PHONE
    session.flush()
    first = stored(session, "households.phone", homes[0].id)
    homes[0].phone = "1"
    session.flush()
    homes[0].phone = PHONE
    session.flush()
    assert len({first, *(stored(session, "households.phone", home.id) for home in homes)}) == 3


def test_a_failed_flush_leaves_the_objects_plain(session: Session, town: Town) -> None:
    double = Person(code=town.cadre.code, name="丙", phone=PHONE, created_at=NOW)
    with pytest.raises(Exception, match=r"UNIQUE|unique"), session.begin_nested():
        session.add(double)
        session.flush()
    assert double.phone == PHONE
