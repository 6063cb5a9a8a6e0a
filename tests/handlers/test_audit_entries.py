"""What officials see and change leaves entries in the audit; what a household sees of itself doesn't."""

import re
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.households import Membership
from models.people import RoleGrant
from models.problems import Problem
from models.visits import Attachment, Visit
from services.i18n import translator
from services.problem_register import register_problem
from tests.phone import Phone
from tests.town import MONDAY_MORNING, Town, make_office

OFFICE = make_office()
T = translator("zh_CN").plain


@pytest.fixture
def visit(session: Session, town: Town) -> Visit:
    """Of H001 by its cadre today, with a photo."""
    visit = Visit(
        household_id=town.households["H001"].id,
        cadre_id=town.cadre.id,
        method="home",
        condition="steady",
        said="屋顶漏雨",
        visited_on=date(2026, 3, 2),
        recorded_at=MONDAY_MORNING,
    )
    session.add(visit)
    session.flush()
    session.add(Attachment(visit_id=visit.id, kind="photo", file_id="p1"))
    session.flush()
    return visit


def report(session: Session, town: Town, *, confidential: bool = False) -> Problem:
    problem = register_problem(
        session,
        OFFICE,
        household_id=town.households["H001"].id,
        source="household",
        reporter_id=town.resident.id,
        entered_by_id=town.resident.id,
        category="water",
        summary="井水浑了",
    )
    problem.confidential = confidential
    problem.owner_id = town.supervisor.id if confidential else town.cadre.id
    session.flush()
    return problem


Told = tuple[int | None, str, str, int | None, dict[str, object]]


def told(session: Session) -> list[Told]:
    """Everything recorded so far and forgotten by the next call: who, what, about what, facts."""
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    new = rows[session.info.get("told", 0) :]
    session.info["told"] = len(rows)
    return [(one.person_id, one.act, one.about, one.object_id, one.facts) for one in new]


def phone(session: Session, user_id: int) -> Phone:
    return Phone(session, OFFICE, user_id)


def test_a_card_read_by_an_official_is_recorded_and_the_households_own_is_not(session: Session, town: Town) -> None:
    household_id = town.households["H001"].id
    for user_id in (101, 201, 401):
        assert "张大山" in phone(session, user_id).presses(f"cards.open:{household_id}")[0].text
    assert told(session) == [
        (town.cadre.id, "card_read", "household", household_id, {"reader": "cadre"}),
        (town.supervisor.id, "card_read", "household", household_id, {"reader": "overseer"}),
    ]


def test_a_card_that_was_refused_is_not_recorded(session: Session, town: Town) -> None:
    phone(session, 102).presses(f"cards.open:{town.households['H001'].id}")
    assert told(session) == []


def test_a_household_found_by_its_code_and_opened_is_recorded(session: Session, town: Town) -> None:
    phone(session, 201).says("/card H003")
    assert told(session) == [
        (town.supervisor.id, "card_read", "household", town.households["H003"].id, {"reader": "overseer"})
    ]


def test_photos_of_a_visit_are_recorded_when_they_are_opened(session: Session, town: Town, visit: Visit) -> None:
    assert phone(session, 201).presses(f"visits.media:{visit.id}:0")
    facts = {"household": visit.household_id, "n": 1}
    assert told(session) == [(town.supervisor.id, "visit_media_read", "visit", visit.id, facts)]


def test_the_diary_is_recorded_page_by_page(session: Session, town: Town, visit: Visit) -> None:
    assert "屋顶漏雨" in phone(session, 101).says("/diary")[0].text
    assert told(session) == [(town.cadre.id, "diary_read", "person", town.cadre.id, {"page": 0, "n": 1})]


def test_a_corrected_visit_is_recorded(session: Session, town: Town, visit: Visit) -> None:
    cadre = phone(session, 101)
    form = cadre.presses(f"visits.correct:{visit.id}")
    cadre.taps(cadre.taps(form, T("words.method.phone")), T("words.button.save"))
    assert visit.method == "phone"
    facts = {"household": visit.household_id}
    assert told(session) == [(town.cadre.id, "visit_corrected", "visit", visit.id, facts)]


def test_a_problem_is_recorded_for_whoever_is_not_its_household(session: Session, town: Town) -> None:
    problem = report(session, town)
    for user_id in (401, 101):
        assert "井水浑了" in phone(session, user_id).presses(f"problems.open:{problem.id}")[0].text
    facts = {"household": problem.household_id, "confidential": 0}
    assert told(session) == [(town.cadre.id, "problem_read", "problem", problem.id, facts)]


def test_a_confidential_problem_is_recorded_as_one(session: Session, town: Town) -> None:
    problem = report(session, town, confidential=True)
    phone(session, 101).presses(f"problems.open:{problem.id}")
    assert "井水浑了" in phone(session, 201).presses(f"problems.open:{problem.id}")[0].text
    facts = {"household": problem.household_id, "confidential": 1}
    assert told(session) == [(town.supervisor.id, "problem_read", "problem", problem.id, facts)]


def test_photos_of_a_problem_are_recorded_likewise(session: Session, town: Town) -> None:
    problem = report(session, town)
    for user_id in (401, 101):
        phone(session, user_id).presses(f"problems.media:{problem.id}:0")
    assert [one[:2] for one in told(session)] == [(town.cadre.id, "problem_media_read")]


def test_what_is_kept_about_oneself_is_recorded(session: Session, town: Town) -> None:
    phone(session, 401).says("/mydata")
    assert told(session) == [(town.resident.id, "mydata_read", "person", town.resident.id, {})]


def test_another_cadre_by_hand_is_recorded_for_the_household(session: Session, town: Town) -> None:
    household_id, before, after = town.households["H001"].id, town.cadre.id, town.other_cadre.id
    phone(session, 301).presses(f"administration.pair_yes:{household_id}:{after}:{before}")
    assert told(session) == [
        (town.admin.id, "pairing_ended", "household", household_id, {"cadre": before}),
        (town.admin.id, "pairing_begun", "household", household_id, {"cadre": after}),
    ]


def test_a_role_that_is_revoked_is_recorded(session: Session, town: Town) -> None:
    grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.east_supervisor.id)).one()
    phone(session, 301).presses(f"administration.revoke_yes:{town.east_supervisor.id}:{grant.id}")
    facts = {"role": "supervisor", "unit": town.east.id}
    assert told(session) == [(town.admin.id, "role_revoked", "person", town.east_supervisor.id, facts)]


def test_whoever_is_closed_and_opened_again_is_recorded(session: Session, town: Town) -> None:
    admin, person_id = phone(session, 301), town.east_supervisor.id
    admin.presses(f"administration.deactivate_yes:{person_id}")
    admin.presses(f"administration.reactivate:{person_id}")
    assert [(who, act) for who, act, *_ in told(session)] == [
        (town.admin.id, "official_deactivated"),
        (town.admin.id, "role_revoked"),
        (town.admin.id, "official_reactivated"),
    ]


def test_a_newcomer_by_card_is_recorded_from_the_account_to_the_cadres_word(session: Session, town: Town) -> None:
    household = town.households["H001"]
    newcomer, cadre = phone(session, 999), phone(session, 101)
    notice = newcomer.says(f"/start h{household.card_code}")
    newcomer.taps(notice, T("onboarding.button.agree"))
    membership = session.scalars(select(Membership).where(Membership.state == "pending")).one()
    cadre.presses(f"onboarding.confirm:{membership.id}")
    person_id = membership.person_id
    assert [one[:4] for one in told(session)] == [
        (None, "account_linked", "person", person_id),
        (person_id, "consent_agreed", "person", person_id),
        (town.cadre.id, "claim_confirmed", "household", household.id),
    ]


def test_a_claim_that_is_refused_or_proved_by_phone_is_recorded(session: Session, town: Town) -> None:
    session.execute(update(Membership).values(state="pending", linked_at=None, linked_by=None))
    first, second = session.scalars(select(Membership).order_by(Membership.id)).all()
    phone(session, 101).presses(f"onboarding.refuse:{first.id}")
    phone(session, 402).sends(contact={"phone_number": "13800000003", "first_name": "人", "user_id": 402})
    assert [one[:4] for one in told(session)] == [
        (town.cadre.id, "claim_refused", "household", first.household_id),
        (town.neighbour.id, "claim_linked", "household", second.household_id),
    ]


def test_an_invitation_is_recorded_when_made_and_when_used(session: Session, town: Town) -> None:
    town.east_supervisor.telegram_user_id = None
    session.flush()
    grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == town.east_supervisor.id)).one()
    made = phone(session, 301).presses(f"administration.invite_one:{town.east_supervisor.id}:{grant.id}")
    (token,) = {found for message in made for found in re.findall(r"start=([\w-]+)", message.text)}
    phone(session, 998).says(f"/start {token}")
    person_id = town.east_supervisor.id
    acts = [(who, act) for who, act, *_ in told(session)]
    assert acts == [(town.admin.id, "invitation_made"), (None, "account_linked"), (None, "invitation_used")]
    (facts,) = [entry.facts for entry in session.scalars(select(AuditEntry)) if entry.act == "invitation_used"]
    assert facts == {"by": "self", "person": person_id, "role": "supervisor", "unit": town.east.id}
