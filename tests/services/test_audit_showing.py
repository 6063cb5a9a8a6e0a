"""Which entries an operator is shown, and how objects are called there."""

from datetime import date
from typing import Any

import pytest

from models.queries.actors import actor_by_telegram_id
from models.session import Session
from services import audit
from services.audit import Line
from services.errors import NotFound
from tests.town import FrozenClock, Town, build_town, make_office

CLOCK = FrozenClock()
OFFICE = make_office(CLOCK)


@pytest.fixture
def town(session: Session) -> Town:
    """H001 read by its cadre on Monday; a visit of it and H003 looked at by the supervisor on Tuesday."""
    town, clock = build_town(session), FrozenClock()
    cadre, supervisor = (actor_by_telegram_id(session, one, language="zh_CN") for one in (101, 201))
    first, third = (town.households[code].id for code in ("H001", "H003"))
    audit.record(session, make_office(clock), cadre, "card_read", "household", first)
    clock.forward(days=1)
    audit.record(session, make_office(clock), supervisor, "visit_media_read", "visit", 9, household=first, n=2)
    audit.record(session, make_office(clock), supervisor, "card_read", "household", third)
    return town


def shown(session: Session, **options: Any) -> list[Line]:
    wanted = {"person": None, "household": None, "since": None, "limit": 50} | options
    return audit.show(session, OFFICE, **wanted)


def whose(lines: list[Line]) -> list[str]:
    return [f"{line.act} {line.whose}" for line in lines]


def test_the_newest_stand_last(session: Session, town: Town) -> None:
    assert whose(shown(session)) == ["card_read H001", "visit_media_read #9", "card_read H003"]


def test_only_the_newest_within_the_limit(session: Session, town: Town) -> None:
    assert whose(shown(session, limit=1)) == ["card_read H003"]


def test_what_one_person_did(session: Session, town: Town) -> None:
    lines = shown(session, person="S001")
    assert whose(lines) == ["visit_media_read #9", "card_read H003"]
    assert {line.who for line in lines} == {"S001"}


def test_what_was_done_with_one_household_and_its_visits(session: Session, town: Town) -> None:
    lines = shown(session, household="H001")
    assert whose(lines) == ["card_read H001", "visit_media_read #9"]
    assert lines[1].facts == (("household", "H001"), ("n", "2"))


def test_from_a_local_day_on(session: Session, town: Town) -> None:
    assert whose(shown(session, since=date(2026, 3, 3))) == ["visit_media_read #9", "card_read H003"]
    assert shown(session, since=date(2026, 3, 4)) == []


def test_who_is_no_longer_there_is_called_by_number(session: Session, town: Town) -> None:
    gone = actor_by_telegram_id(session, 401, language="zh_CN")
    audit.record(session, OFFICE, gone, "mydata_read", "person", gone.person_id)
    (line,) = shown(session, limit=1)
    assert line.who == line.whose == f"#{gone.person_id}"


@pytest.mark.parametrize("option", ["person", "household"])
def test_a_code_that_nobody_has_is_refused(session: Session, town: Town, option: str) -> None:
    with pytest.raises(NotFound) as refused:
        shown(session, **{option: "X999"})
    assert refused.value.params == {"code": "X999"}
