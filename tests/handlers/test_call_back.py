"""请干部联系我, while the cadre changes phones."""

from sqlalchemy.orm import Session

from models import notice
from services.accounts import let_go
from services.office import Office
from tests.phone import Phone
from tests.town import MONDAY_MORNING, Town

OLD_PHONE, NEW_PHONE, RESIDENT = 101, 900, 401


def test_a_request_that_went_to_the_old_phone_may_be_made_again_to_the_new_one(
    session: Session, office: Office, town: Town
) -> None:
    household = Phone(session, office, RESIDENT)
    household.says("请干部联系我")
    let_go(session, office, town.cadre)
    town.cadre.telegram_user_id, town.cadre.consented_at, town.cadre.consent_version = (
        NEW_PHONE,
        MONDAY_MORNING,
        notice.VERSION,
    )
    session.flush()
    (answer,) = household.says("请干部联系我")
    assert "王联系" in answer.text
    (asked,) = Phone(session, office, NEW_PHONE).receives()
    assert "张大山" in asked.text
