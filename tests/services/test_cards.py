"""Printed cards: for whom, with whose numbers, under which link."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.households import Household, Pairing
from models.people import Person, RoleGrant
from models.queries import actors
from services import cards
from services.errors import Conflict
from services.office import Site
from services.rendering.card import render_cards
from services.roster import apply, known_codes
from services.rules.roster.checking import check_roster
from tests.town import MONDAY_MORNING, build_town, make_office

OFFICE = make_office()
SAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "roster.xlsx"


def test_every_household_of_the_unit_gets_a_card_with_its_own_link(session: Session) -> None:
    town = build_town(session)
    printed = cards.printed_cards(session, OFFICE, unit_path=town.east.path)
    assert [card.household_code for card in printed] == ["H001", "H002"]
    first = printed[0]
    assert first.link == f"https://t.me/lianxin_bot?start=h{town.households['H001'].card_code}"
    assert first.short_code == town.households["H001"].card_code
    assert (first.cadre.name, first.cadre.phone, first.cadre.unit) == ("王联系", "13900000101", "东村")
    assert (first.issued_on, first.town_hotline) == (date(2026, 3, 2), "0000-12345")
    assert len({card.number for card in printed}) == 2


def test_single_households_are_printed_by_id(session: Session) -> None:
    town = build_town(session)
    printed = cards.printed_cards(session, OFFICE, household_ids=[town.households["H003"].id])
    assert [card.household_code for card in printed] == ["H003"]
    assert cards.printed_cards(session, OFFICE) == []


def test_a_reader_gets_only_the_cards_they_may_see_at_that_moment(session: Session) -> None:
    town = build_town(session)
    reader = actors.actor_by_telegram_id(session, 101, language="zh_CN")
    printed = cards.printed_cards(session, OFFICE, unit_path=town.town.path, reader=reader)
    assert [card.household_code for card in printed] == ["H001", "H002"]
    session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.cadre.id)).one().revoked_at = MONDAY_MORNING
    session.flush()
    revoked = actors.actor_by_telegram_id(session, 101, language="zh_CN")
    assert cards.printed_cards(session, OFFICE, unit_path=town.town.path, reader=revoked) == []


def test_a_household_without_a_cadre_is_given_the_hotline(session: Session) -> None:
    town = build_town(session)
    (card,) = cards.printed_cards(session, OFFICE, household_ids=[town.households["H004"].id])
    assert (card.cadre.name, card.cadre.phone) == ("云溪镇", "0000-12345")


@pytest.mark.parametrize(
    ("status", "is_printed"), [("active", True), ("away", True), ("moved", False), ("closed", False)]
)
def test_who_has_gone_gets_no_card(session: Session, status: str, is_printed: bool) -> None:
    town = build_town(session)
    town.households["H001"].status = status
    session.flush()
    printed = cards.printed_cards(session, OFFICE, household_ids=[town.households["H001"].id])
    assert bool(printed) is is_printed


def test_the_second_contact_is_the_second_pairing_or_the_villages_secretary(session: Session) -> None:
    town = build_town(session)
    household_id = town.households["H001"].id
    town.other_cadre.post, town.other_cadre.unit_id = "村党支部书记", town.east.id
    deputy = Person(code="B000", name="副职", unit_id=town.east.id, post="村党支部副书记", created_at=MONDAY_MORNING)
    session.add(deputy)
    session.flush()
    (card,) = cards.printed_cards(session, OFFICE, household_ids=[household_id])
    assert card.second and card.second.name == "李联系"
    session.add(
        Pairing(household_id=household_id, cadre_id=town.supervisor.id, kind="second", started_on=date(2026, 2, 1))
    )
    session.flush()
    (card,) = cards.printed_cards(session, OFFICE, household_ids=[household_id])
    assert card.second and card.second.name == "赵督导"


def test_the_cadre_is_not_named_twice(session: Session) -> None:
    town = build_town(session)
    town.cadre.post = "村党支部书记"
    session.flush()
    (card,) = cards.printed_cards(session, OFFICE, household_ids=[town.households["H001"].id])
    assert card.second is None


def test_without_the_bots_name_nothing_is_printed(session: Session) -> None:
    town = build_town(session)
    with pytest.raises(Conflict):
        cards.printed_cards(session, replace(OFFICE, site=Site()), unit_path=town.town.path)


def test_a_whole_town_takes_a_handful_of_statements(session: Session) -> None:
    data = check_roster([("roster.xlsx", SAMPLE.read_bytes())], known_codes(session))
    apply(session, OFFICE, data, by=None)
    statements: list[str] = []
    bind = session.get_bind()

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(bind, "before_cursor_execute", count)
    printed = cards.printed_cards(session, OFFICE, unit_path="/")
    event.remove(bind, "before_cursor_execute", count)
    assert len(printed) == 399
    assert len(statements) < 10


def test_the_values_make_a_pdf(session: Session) -> None:
    town = build_town(session)
    household = session.get_one(Household, town.households["H001"].id)
    pdf = render_cards(cards.printed_cards(session, OFFICE, household_ids=[household.id]), language="zh_CN")
    assert pdf.startswith(b"%PDF")
