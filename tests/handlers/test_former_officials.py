"""Officials whose access has ended: they hear so and whom to ask; nobody else hears of it."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.households import Membership
from models.people import RoleGrant
from services.office import Office
from tests.phone import Phone
from tests.town import Town

SUPERVISOR, ADMIN, NOBODY = 201, 301, 999


@pytest.fixture
def admin(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, ADMIN)


@pytest.mark.parametrize("act", ["revoke_yes:{person}:{grant}", "deactivate_yes:{person}"])
def test_a_former_official_is_told_that_the_access_has_ended(
    session: Session, admin: Phone, town: Town, office: Office, act: str
) -> None:
    grant_id = session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == town.supervisor.id)).one()
    admin.presses("administration." + act.format(person=town.supervisor.id, grant=grant_id))
    session.expire_all()
    former = Phone(session, office, SUPERVISOR)
    for written in ("/start", "/help", "在吗", "督办", "/import"):
        (answer,) = former.says(written)
        assert "工作权限已经结束" in answer.text
        assert answer.keyboard == (), "the big buttons go"
    former.presses("supervision.brief")
    assert "扫描家中爱心联系卡" not in former.toast()
    town.supervisor.language = "en"
    session.flush()
    assert "ask your supervisor or the township office" in former.says("/start")[0].text


def test_a_stranger_hears_nothing_of_access_that_ended(session: Session, office: Office, town: Town) -> None:
    for written in ("/start", "/help", "在吗", "督办"):
        (answer,) = Phone(session, office, NOBODY).says(written)
        assert "爱心联系卡" in answer.text
        assert "权限" not in answer.text


def test_a_former_official_with_a_household_is_a_member_of_it(
    session: Session, admin: Phone, town: Town, office: Office
) -> None:
    membership = {"state": "linked", "since": office.now(), "linked_at": office.now(), "linked_by": "phone"}
    session.add(Membership(household_id=town.households["H001"].id, person_id=town.supervisor.id, **membership))
    session.flush()
    admin.presses(f"administration.deactivate_yes:{town.supervisor.id}")
    session.expire_all()
    (answer, *_) = Phone(session, office, SUPERVISOR).says("/start")
    assert "反映问题" in str(answer.keyboard)
    assert "权限" not in answer.text


def test_whoever_only_was_a_member_of_a_household_is_asked_for_the_card(
    session: Session, office: Office, town: Town
) -> None:
    session.execute(update(Membership).values(state="ended", ended_at=office.now()))
    (answer,) = Phone(session, office, 401).says("在吗")
    assert "扫描家中爱心联系卡" in answer.text
    assert "权限" not in answer.text
