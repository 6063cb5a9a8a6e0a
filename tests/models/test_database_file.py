"""Where a database is kept."""

from pathlib import Path

from models.session import Database
from tests.keys import KEYRING


def test_sqlite_names_its_file_whatever_options_follow(tmp_path: Path) -> None:
    assert Database(f"sqlite:///{tmp_path}/town.db", KEYRING).file == tmp_path / "town.db"
    assert Database(f"sqlite:///{tmp_path}/town.db?timeout=5", KEYRING).file == tmp_path / "town.db"


def test_postgresql_has_no_file() -> None:
    assert Database("postgresql+psycopg://somebody@localhost/town", KEYRING).file is None
