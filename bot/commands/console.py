"""What every command has at hand, and how it ends: done, or one line on stderr and an exit code."""

import errno
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from bot.app import NotMigrated
from bot.commands.failures import NoDatabase, explain
from bot.commands.places import database_name
from bot.config import Settings, load_settings
from bot.logs import Redaction, configure_logs, tell_what_nobody_caught
from models.erasure_log import ErasureLog
from models.keyring import Keyring
from models.migrating import is_current
from models.sealed_rows import require_keys
from models.session import Database
from services.i18n import Language, Translator, translator
from services.office import Office
from services.tracebacks import told


@dataclass(frozen=True)
class Console:
    """Lives as long as one command; speaks the site's language. Results go to stdout, remarks to stderr."""

    settings: Settings
    t: Translator

    def say(self, message_id: str, **params: str | int) -> None:
        typer.echo(self.t.plain(message_id, **params))

    def remark(self, message_id: str, **params: str | int) -> None:
        typer.echo(self.t.plain(message_id, **params), err=True)

    def office(self, *, bot_username: str = "") -> Office:
        """`bot_username` stands in where the settings name none."""
        site = self.settings.site_value()
        return Office(
            replace(site, bot_username=site.bot_username or bot_username),
            self.settings.policy_value(),
            erasures=ErasureLog(self.settings.security.key_file),
            retention=self.settings.retention_value(),
        )

    @contextmanager
    def database(self) -> Iterator[Database]:
        """With all tables and its keys. Errors: NoDatabase, NotMigrated, KeyFileError."""
        with self.any_database() as database:
            if database.is_missing:
                raise NoDatabase
            if not is_current(database):
                raise NotMigrated
            require_keys(database)
            yield database

    @contextmanager
    def any_database(self) -> Iterator[Database]:
        """As it is, with or without tables."""
        database = Database(self.settings.database.url, Keyring(self.settings.security.key_file))
        try:
            yield database
        finally:
            database.dispose()


@contextmanager
def at_the_console(config: Path | None, *, debug: bool = False, logs: str = "ERROR") -> Iterator[Console]:
    """Around a whole command: nothing but `typer.Exit` and Ctrl-C leaves it. `logs`: from which level on."""
    console: Console | None = None
    try:
        settings = load_settings(config)
        configure_logs(settings.secrets(), level="INFO" if debug else logs)
        tell_what_nobody_caught()
        console = Console(settings, translator(settings.site.language))
        yield console
    except typer.Exit:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            raise  # the reader of our output went away, which Typer knows how to end
        raise typer.Exit(_fail(error, console, debug=debug)) from None


def _fail(error: Exception, console: Console | None, *, debug: bool) -> int:
    t = console.t if console else translator(Language.ZH_CN)
    database = database_name(console.settings.database.url) if console else ""
    secrets = console.settings.secrets() if console else ()
    failure = explain(error, t, database=database)
    if debug:
        typer.echo(without(secrets, told(error)), err=True)
    typer.echo(without(secrets, failure.text), err=True)
    sys.stderr.flush()
    return failure.code


def without(secrets: Iterable[str], text: str) -> str:
    return Redaction(secrets).strike(None, "", text)
