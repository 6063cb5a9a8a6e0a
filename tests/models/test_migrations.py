"""The migrations make exactly the tables that the models describe, on both databases."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from models.migrating import is_current, migrate
from models.schema import Base
from models.session import Database
from tests.keys import KEYRING


def test_migrated_schema_and_models_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    assert is_current(database)
    assert migrate(database) is False


def test_an_empty_database_is_not_current(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}", KEYRING)
    assert not is_current(database)
    assert migrate(database) is True
    assert is_current(database)
    database.dispose()
