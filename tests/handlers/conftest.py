"""The town of the people who talk to the bot here, its office, and a clock that stands still until it is moved."""

import pytest
from sqlalchemy.orm import Session

from services.office import Office
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
