"""Where a town may live: files, or databases of the tests' own server."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.properties.world import NewPlace


@pytest.fixture(params=["sqlite", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewPlace]:
    """Places of one kind: with tables, or empty."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")

        def on_sqlite(with_tables: bool) -> str:
            path = tmp_path / f"{uuid4().hex[:12]}.db"
            if with_tables:
                shutil.copy(template, path)
            return f"sqlite:///{path}"

        yield on_sqlite
        return
    server = make_url(request.getfixturevalue("postgresql_server"))
    admin, names = create_engine(server, isolation_level="AUTOCOMMIT"), list[str]()

    def on_postgresql(with_tables: bool) -> str:
        names.append(f"lianxin_{uuid4().hex[:12]}")
        with admin.connect() as connection:
            template = " TEMPLATE lianxin_template" if with_tables else ""
            connection.execute(text(f"CREATE DATABASE {names[-1]}{template}"))
        return server.set(database=names[-1]).render_as_string(hide_password=False)

    yield on_postgresql
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()
