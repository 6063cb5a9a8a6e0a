"""Officials whose access has ended: they hear so and whom to ask; nobody else hears of it."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.corrections import CorrectionRequest
from models.households import Membership
from models.people import RoleGrant
from services.office import Office
from tests.phone import Phone
from tests.town import Town

SUPERVISOR, ADMIN, NOBODY = 201, 301, 999
ENDINGS = ("revoke_yes:{person}:{grant}", "deactivate_yes:{person}")


@pytest.fixture
def admin(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, ADMIN)


@pytest.mark.parametrize("act", ENDINGS)
def test_a_former_official_is_told_that_the_access_has_ended(
    session: Session, admin: Phone, town: Town, office: Office, act: str
) -> None:
    ends_the_role(session, admin, town, act)
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


def ends_the_role(session: Session, admin: Phone, town: Town, act: str) -> None:
    grant_id = session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == town.supervisor.id)).one()
    admin.presses("administration." + act.format(person=town.supervisor.id, grant=grant_id))
    session.expire_all()


@pytest.mark.parametrize("act", ENDINGS)
@pytest.mark.parametrize(
    ("language", "button", "corrected", "to_erase"),
    [
        ("zh_CN", "有错，要更正", "已经改好", "要注销，请告诉管理员"),
        ("en", "Something is wrong", "Corrected", "To be erased, talk to"),
    ],
)
def test_what_is_kept_of_a_former_official_is_corrected_by_the_administrators_and_erased_on_asking_them(
    session: Session, admin: Phone, town: Town, act: str, language: str, button: str, corrected: str, to_erase: str
) -> None:
    town.supervisor.language = town.admin.language = language
    session.flush()
    ends_the_role(session, admin, town, act)
    former = Phone(session, admin.office, SUPERVISOR)
    shown = former.says("/mydata")
    assert to_erase in shown[0].text
    assert "onboarding.erase" not in str(shown[0].buttons), "nothing is offered that is refused"
    former.taps(shown, button)
    assert former.says("职务写错了") != []
    (asked,) = admin.receives()
    assert "职务写错了" in asked.text
    admin.taps([asked], corrected)
    assert "职务写错了" in former.receives()[-1].text


def test_a_former_official_can_leave_the_request_unsaid(session: Session, admin: Phone, town: Town) -> None:
    ends_the_role(session, admin, town, ENDINGS[0])
    former = Phone(session, admin.office, SUPERVISOR)
    (left,) = former.taps(former.taps(former.says("/mydata"), "有错，要更正"), "取消")
    assert "已取消" in left.text
    former.says("在吗")
    assert session.scalars(select(CorrectionRequest)).all() == []


def test_a_former_official_who_lives_in_a_household_is_offered_no_erasure_that_is_refused(
    session: Session, admin: Phone, town: Town
) -> None:
    membership = {"state": "linked", "since": town.admin.created_at, "linked_at": town.admin.created_at}
    session.add(Membership(household_id=town.households["H001"].id, person_id=town.supervisor.id, **membership))
    ends_the_role(session, admin, town, ENDINGS[0])
    (shown,) = Phone(session, admin.office, SUPERVISOR).says("/mydata")
    assert "onboarding.erase" not in str(shown.buttons)


def test_of_whom_nobody_is_in_charge_no_correction_is_offered(session: Session, office: Office, town: Town) -> None:
    session.execute(update(Membership).values(state="ended", ended_at=office.now()))
    phone = Phone(session, office, 401)
    (shown,) = phone.says("/mydata")
    assert "onboarding.correction" not in str(shown.buttons)
    assert "onboarding.erase" in str(shown.buttons)
    assert "有错要改，请打电话：0000-12345" in shown.text
    assert phone.presses("onboarding.correction") == []


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
