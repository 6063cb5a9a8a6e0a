"""A cadre's phone in the small town."""

import pytest
from sqlalchemy.orm import Session

from services.office import Office
from tests.phone import Phone
from tests.town import FrozenClock, Town, build_town, make_office


@pytest.fixture
def town(session: Session) -> Town:
    return build_town(session)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def office(clock: FrozenClock) -> Office:
    return make_office(clock)


@pytest.fixture
def phone(session: Session, office: Office, town: Town) -> Phone:
    return Phone(session, office, 101)
