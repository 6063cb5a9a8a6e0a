"""A cadre's phone in the small town."""

import pytest
from sqlalchemy.orm import Session

from services.office import Office
from tests.phone import Phone
from tests.town import Town


@pytest.fixture
def phone(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, 101)
