"""Bringing a database to the present schema, and asking whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from models.session import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database, *, to: str = "head") -> bool:
    """Run what is missing, all of it or nothing; False where the schema was up to date."""
    if is_current(database):
        return False
    is_new = not present_revisions(database)
    with database.schema_change() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    if not is_new:
        database.compact()
    return True


def is_current(database: Database) -> bool:
    """Whether every migration has been run. Errors: SQLAlchemy's where the database can't be reached."""
    return present_revisions(database) == set(ScriptDirectory.from_config(_config()).get_heads())


def present_revisions(database: Database) -> set[str]:
    """What the tables there are; nothing where there are none."""
    with database.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads())


def is_known(revision: str) -> bool:
    """Whether this version has that migration: a newer one has others."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def write_migration(database: Database, message: str) -> None:
    """For developers: a new file under `versions` with what the models have and the database has not."""
    with database.schema_change() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
