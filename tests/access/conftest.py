"""The world that the cells of the matrix share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.erasure_log import ErasureLog
from models.session import WRITES, Database, Session
from services.office import Office
from services.rules.policy import Policy
from tests.access.cell import Stage
from tests.access.places import build_world
from tests.town import FrozenClock, make_office


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On PostgreSQL only in the long run: scope is the same SQL on both."""
    for item in items:
        if item.path.parent == Path(__file__).parent and "[postgresql" in item.name:
            item.add_marker(pytest.mark.torture)


@pytest.fixture(scope="module")  # an open transaction: another module's tests would wait for it
def stage(kept_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The world, built once; each cell is undone."""
    office = make_office(FrozenClock())
    erasures = ErasureLog(tmp_path_factory.mktemp("keys") / "lianxin.key")
    office = Office(office.site, Policy(messages_per_minute=0), office.clock, erasures)
    with kept_database.engine.connect().execution_options(**WRITES) as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield Stage(session, office, build_world(session))
        transaction.rollback()
